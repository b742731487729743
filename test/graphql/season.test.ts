import { describe, expect, it } from 'vitest';

import { setAppearance } from '#app/appearance/set.ts';
import { publicId } from '#domain/ids.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';
import { buy, moveTo } from '../support/season.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const CREATE = `mutation ($input: LeaderboardCreateInput!) { leaderboardCreate(input: $input) {
  __typename ... on LeaderboardCreatePayload { leaderboard { id code period cron league { levels } } } ... on UserError { code message } } }`;
const PLAN = `mutation ($input: SeasonPlanSetInput!) { seasonPlanSet(input: $input) {
  __typename ... on UserError { code message path }
  ... on SeasonPlanSetPayload { leaderboard { seasonPlan { graceMinutes prizes { ties budget claimDays bands { name kind from to points } } } } } } }`;
const CLAIM = `mutation ($input: PrizeClaimInput!) { prizeClaim(input: $input) {
  __typename ... on UserError { code message } ... on PrizeClaimPayload { prize { state points granted band rank } } } }`;

const NOON = '2026-11-18T12:00:00Z';
const AFTER = '2026-11-19T12:00:00Z';

const BANDS = [
  { name: 'First', from: '1', to: '1', points: 100 },
  { name: 'Upper half', kind: 'PERCENT', from: '0', to: '50.5', points: 10 },
];

type Made = { leaderboardCreate: { __typename: string; leaderboard: { id: string } } };

async function aProgramAtNoon(): Promise<{ program: TestProgram; customers: string[] }> {
  const program = await aShop(deps, { mode: 'TEST' });
  await moveTo(deps, program, NOON);
  return { program, customers: await someCustomers(deps, program, 4) };
}

/** Asks as the owner and gives the data, which must be there. */
async function ask<Data>(program: TestProgram, document: string, variables: object = {}): Promise<Data> {
  const result = await execute(deps, asOwner(program), document, variables as Record<string, unknown>);
  if (result.errors !== undefined) throw new Error(JSON.stringify(result.errors));
  return result.data as Data;
}

async function aDailyBoard(program: TestProgram): Promise<string> {
  const input = { idempotencyKey: 'board', code: 'daily', name: 'Daily', metric: 'POINTS_EARNED', period: 'DAY' };
  return (await ask<Made>(program, CREATE, { input })).leaderboardCreate.leaderboard.id;
}

const plan = (leaderboardId: string, overrides: object = {}) => ({
  ...{ idempotencyKey: 'plan', leaderboardId, graceMinutes: 60 },
  prizes: { bands: BANDS, ties: 'BETTER_BAND', budget: 500, claimDays: 2 },
  ...overrides,
});

describe('a season', () => {
  it('is planned, previewed, played, sealed, read for ever and claimed through the graph', async () => {
    const { program, customers } = await aProgramAtNoon();
    const id = await aDailyBoard(program);
    expect(await ask(program, PLAN, { input: plan(id) })).toEqual({
      seasonPlanSet: {
        __typename: 'SeasonPlanSetPayload',
        leaderboard: {
          seasonPlan: {
            graceMinutes: 60,
            prizes: {
              ...{ ties: 'BETTER_BAND', budget: 500, claimDays: 2 },
              bands: [
                { name: 'First', kind: 'RANK', from: '1', to: '1', points: 100 },
                { name: 'Upper half', kind: 'PERCENT', from: '0', to: '50.5', points: 10 },
              ],
            },
          },
        },
      },
    });
    expect(
      await ask(
        program,
        '{ seasonPrizePreview(code: "daily", entrants: 10) { withoutTies worstCase uncapped places { band places } } }',
      ),
    ).toEqual({
      seasonPrizePreview: {
        ...{ withoutTies: 150, worstCase: 500, uncapped: '1000' },
        places: [
          { band: 'First', places: 1 },
          { band: 'Upper half', places: 5 },
        ],
      },
    });
    await moveTo(deps, program, NOON);
    await buy(
      deps,
      program,
      customers.map((customerId, index) => ({ customerId, amount: 40 - 10 * index, at: NOON })),
    );
    await moveTo(deps, program, AFTER);
    await buy(deps, program, [{ customerId: customers[3] ?? '', amount: 99, at: NOON }]);
    const { seasonStandings } = await ask<{ seasonStandings: { hash: string } }>(
      program,
      `{ seasonStandings(code: "daily", season: "2026-11-18") {
        hash count ruleRevision
        page(first: 2) { nodes { rank position tied score part customerId } pageInfo { hasNextPage } }
        corrections { nodes { kind change } } } }`,
    );
    expect(seasonStandings).toMatchObject({
      ...{ count: 4, ruleRevision: 1 },
      page: {
        nodes: [0, 1].map((index) => ({
          ...{ rank: index + 1, position: index + 1, tied: 1, score: String(40 - 10 * index), part: '' },
          customerId: publicId('Customer', customers[index] ?? ''),
        })),
        pageInfo: { hasNextPage: true },
      },
      corrections: { nodes: [{ kind: 'LATE_ACTIVITY', change: '99' }] },
    });
    const { leaderboard } = await ask<{ leaderboard: { seasons: { nodes: { id: string; key: string }[] } } }>(
      program,
      '{ leaderboard(code: "daily") { seasons(first: 5) { nodes { id key stage lateUntil } } } }',
    );
    expect(leaderboard.seasons.nodes.map(({ key }) => key)).toEqual(['2026-11-20', '2026-11-19', '2026-11-18']);
    const { seasonVerification } = await ask<{ seasonVerification: object }>(
      program,
      'query ($id: ID!) { seasonVerification(id: $id) { isProven sealedHash recomputedHash differences { customerId } } }',
      { id: leaderboard.seasons.nodes[2]?.id },
    );
    expect(seasonVerification).toEqual({
      ...{ isProven: true, sealedHash: seasonStandings.hash, recomputedHash: seasonStandings.hash },
      differences: [],
    });

    // The winner sees the prize and claims it; somebody else cannot.
    const winner = asCustomer(program, customers[0] ?? '');
    const mine = await execute(deps, winner, '{ prizes { nodes { id state points band season { key } } } }');
    expect(mine.errors).toBeUndefined();
    const [prize] = (mine.data as { prizes: { nodes: { id: string }[] } }).prizes.nodes;
    expect(prize).toMatchObject({ state: 'CLAIMABLE', points: 100, band: 'First', season: { key: '2026-11-18' } });
    const input = { idempotencyKey: 'claim', prizeId: prize?.id };
    const other = await execute(deps, asCustomer(program, customers[1] ?? ''), CLAIM, { input });
    expect(other.data).toMatchObject({ prizeClaim: { __typename: 'NotFoundError', code: 'NOT_FOUND' } });
    const claimed = await execute(deps, winner, CLAIM, { input });
    expect(claimed.data).toEqual({
      prizeClaim: {
        __typename: 'PrizeClaimPayload',
        prize: { state: 'GIVEN', points: 100, granted: 100, band: 'First', rank: 1 },
      },
    });
    const again = await execute(deps, winner, CLAIM, { input: { ...input, idempotencyKey: 'again' } });
    expect(again.data).toMatchObject({ prizeClaim: { __typename: 'StateConflictError' } });
  });

  it('shows customers no ids of others and no corrections in what is sealed', async () => {
    const { program, customers } = await aProgramAtNoon();
    await aDailyBoard(program);
    await buy(deps, program, [
      { customerId: customers[0] ?? '', amount: 20, at: NOON },
      { customerId: customers[1] ?? '', amount: 10, at: NOON },
    ]);
    await moveTo(deps, program, '2026-11-20T00:00:00Z');
    const seal = (fields: string) =>
      execute(
        deps,
        asCustomer(program, customers[1] ?? ''),
        `{ seasonStandings(code: "daily", season: "2026-11-18") { ${fields} } }`,
      );
    expect((await seal('rank { rank customerId } page { nodes { rank customerId } }')).data).toEqual({
      seasonStandings: {
        rank: { rank: 2, customerId: publicId('Customer', customers[1] ?? '') },
        page: {
          nodes: [
            { rank: 1, customerId: null },
            { rank: 2, customerId: publicId('Customer', customers[1] ?? '') },
          ],
        },
      },
    });
    expect((await seal('corrections { nodes { id } }')).errors?.[0]?.originalError).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('names nobody in what is sealed otherwise than live boards do, whenever that was chosen', async () => {
    const { program, customers } = await aProgramAtNoon();
    await aDailyBoard(program);
    const [named = '', aliased = '', anonymous = '', hidden = ''] = customers;
    await deps.postgres.query(`update customer set display_name = 'Name of ' || external_id where id = any($1)`, [
      customers,
    ]);
    const appear = async (customerId: string, appearance: 'ALIAS' | 'ANONYMOUS' | 'HIDDEN'): Promise<void> => {
      const alias = appearance === 'ALIAS' ? 'Owl' : null;
      const input = { customer: { id: customerId, externalId: null }, appearance, alias };
      await setAppearance(deps, program.scope, aCommand('boardAppearanceSet', input), input);
    };
    await appear(aliased, 'ALIAS');
    await buy(
      deps,
      program,
      customers.map((customerId, index) => ({ customerId, amount: 40 - index, at: NOON })),
    );
    await moveTo(deps, program, '2026-11-20T00:00:00Z');
    await appear(anonymous, 'ANONYMOUS');
    await appear(hidden, 'HIDDEN');
    const names = async (caller: Parameters<typeof execute>[1]): Promise<(string | null)[]> => {
      const { data } = await execute<{ seasonStandings: { page: { nodes: { displayName: string | null }[] } } }>(
        deps,
        caller,
        '{ seasonStandings(code: "daily", season: "2026-11-18") { page { nodes { displayName } } } }',
      );
      return data!.seasonStandings.page.nodes.map(({ displayName }) => displayName);
    };
    const own = (index: number): string => `Name of c${index + 1}`;
    expect(await names(asCustomer(program, named))).toEqual([own(0), 'Owl', null, null]);
    expect(await names(asCustomer(program, hidden))).toEqual([own(0), 'Owl', null, own(3)]);
    expect(await names(asOwner(program))).toEqual([own(0), 'Owl', null, own(3)]);
  });

  it('is refused with a plan that could cost without limit, that names nothing, or of a board without end', async () => {
    const { program } = await aProgramAtNoon();
    const id = await aDailyBoard(program);
    const refused = async (input: object): Promise<unknown> =>
      (await ask<{ seasonPlanSet: object }>(program, PLAN, { input })).seasonPlanSet;
    const prizes = { bands: BANDS, ties: 'BETTER_BAND' };
    expect(await refused(plan(id, { prizes }))).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['prizes', 'budget'],
    });
    const badge = [{ name: 'x', from: '1', to: '1', badge: 'nowhere' }];
    expect(await refused(plan(id, { prizes: { ...prizes, bands: badge } }))).toMatchObject({ code: 'NOT_FOUND' });
    const half = [{ name: 'x', from: '1.5', to: '2', points: 1 }];
    expect(await refused(plan(id, { prizes: { ...prizes, bands: half } }))).toMatchObject({ code: 'INVALID_INPUT' });
    const input = { idempotencyKey: 'ever', code: 'ever', name: 'Ever', metric: 'POINTS_EARNED' };
    const { leaderboardCreate } = await ask<Made>(program, CREATE, { input });
    expect(await refused(plan(leaderboardCreate.leaderboard.id))).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

it('makes leagues, and tells customers where they stand', async () => {
  const { program, customers } = await aProgramAtNoon();
  const zone = { kind: 'COUNT', value: 1 };
  const league = { levels: ['bronze', 'silver'], cohortSize: 10, promote: zone, relegate: zone };
  const base = { code: 'league', name: 'League', metric: 'POINTS_EARNED' };
  const create = (input: object) => ask<{ leaderboardCreate: object }>(program, CREATE, { input });
  expect(await create({ ...base, idempotencyKey: 'a', period: 'WEEK', scope: 'LEAGUE' })).toMatchObject({
    leaderboardCreate: { code: 'INVALID_INPUT' },
  });
  expect(await create({ ...base, idempotencyKey: 'b', period: 'WEEK', scope: 'LEAGUE', league })).toMatchObject({
    leaderboardCreate: { leaderboard: { league: { levels: ['bronze', 'silver'] } } },
  });
  await buy(
    deps,
    program,
    customers.map((customerId, index) => ({ customerId, amount: 40 - 10 * index, at: NOON })),
  );
  await moveTo(deps, program, '2026-11-24T12:00:00Z');
  const { data } = await execute(
    deps,
    asCustomer(program, customers[0] ?? ''),
    '{ customerLeagues { level cohort season { key } leaderboard { code } history { seasonKey from to outcome position } } }',
  );
  expect(data).toEqual({
    customerLeagues: [
      {
        ...{ level: 'silver', cohort: 'bronze:1', season: { key: '2026-W47' }, leaderboard: { code: 'league' } },
        history: [{ seasonKey: '2026-W47', from: 'bronze', to: 'silver', outcome: 'PROMOTED', position: 1 }],
      },
    ],
  });
});
