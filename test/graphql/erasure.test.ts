import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, it } from 'vitest';

import { resolveCaller } from '#app/caller/resolve.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { badgeKeys } from '#redis/keys.ts';
import { startRelay } from '#src/relay.ts';

import { runSweepErasures } from '../../src/jobs/sweep-erasures.ts';
import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, until, type TestBoard } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { aCommand, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { moveTo, runOf } from '../support/season.ts';
import { aStreak } from '../support/streak.ts';
import { aLadder, aTier } from '../support/tier.ts';
import { tracesOf } from '../support/traces.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

/** By any of these Zelda can be told. */
const WORDS = ['zelda', 'gl-ES', 'Chatham', '1984-02-29'];
const WORDY_TABLES = [
  ...['activity', 'activity_message', 'activity_reversal', 'audit_entry', 'badge_award', 'board_privacy', 'customer'],
  ...['enrolment', 'hold', 'idempotency', 'leaderboard_entry', 'ledger_transaction', 'streak_period', 'team'],
  'tier_membership',
];
const SEALED_WEEK = '2026-W47';
const IN_IT = '2026-11-18T12:00:00Z';
const LATER = '2026-11-24T12:00:00Z';
const MUCH_LATER = '2026-12-05T12:00:00Z';

type Caller = Parameters<typeof execute>[1];
type Reply = Record<string, unknown> & { __typename: string };

/** Sends one mutation under a key that names Zelda, and gives its payload or refusal. */
async function send(caller: Caller, name: string, input: object, fields = 'replayed'): Promise<Reply> {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const { data, errors } = await execute<Record<string, Reply>>(
    deps,
    caller,
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message } ... on ${type}Payload { ${fields} } } }`,
    { input: { idempotencyKey: `zelda-${randomUUID()}`, ...input } },
  );
  expect(errors).toBeUndefined();
  return data![name]!;
}

async function done(caller: Caller, name: string, input: object, fields?: string): Promise<Reply> {
  const reply = await send(caller, name, input, fields);
  expect(reply).toMatchObject({ __typename: expect.stringMatching(/Payload$/) });
  return reply;
}

const erase = (program: TestProgram, input: object, caller: Caller = asOwner(program)): Promise<Reply> =>
  send(
    caller,
    'customerErase',
    { idempotencyKey: randomUUID(), reason: 'Asked for by letter', ...input },
    'erasedAt wasErased customer { id externalId displayName erasedAt enrolmentState }',
  );

type World = {
  program: TestProgram;
  weekly: TestBoard;
  total: TestBoard;
  cities: TestBoard;
  zelda: string;
  others: string[];
};

const cus = (id: string): string => publicId('Customer', id);
const relayed = (): Promise<unknown> =>
  until(
    async () => (await deps.reads.query('select from outbox')).length,
    (left) => left === 0,
  );

const ZELDA = {
  externalId: 'zelda-1',
  displayName: 'Zelda Quince',
  email: 'zelda@example.test',
  locale: 'gl-ES',
  timeZone: 'Pacific/Chatham',
  birthday: '1984-02-29',
  attributes: { city: 'Zeldaville' },
  accountExternalId: 'acme',
  enrol: true,
};

async function buy({ program, zelda, others }: Pick<World, 'program' | 'zelda' | 'others'>, amounts: string[]) {
  const ids: string[] = [];
  for (const [index, amount] of amounts.entries()) {
    const customerId = cus([zelda, ...others][index] ?? '');
    const properties = { amount, quantity: 2, order: `order of zelda ${index}` };
    const lines = index === 0 ? [{ id: 'zelda-line', amounts: { amount: '1' } }] : [];
    const input = { type: 'purchase', customerId, properties, lines };
    const words = { messageId: `zelda-${randomUUID()}` };
    // Of the calls about others nobody says that they have to do with Zelda.
    const none = { idempotencyKey: randomUUID(), properties: { amount } };
    const { activity } = await done(
      asOwner(program),
      'activityTrack',
      { ...input, ...(index === 0 ? words : none) },
      'activity { id }',
    );
    ids.push((activity as { id: string }).id);
  }
  return ids;
}

/** A program in which Zelda has left words wherever somebody can, with one week sealed and the next one running. */
async function aWorld(): Promise<World> {
  const program = await aShop(deps, { mode: 'TEST' }, []);
  await moveTo(deps, program, IN_IT);
  const attributes = { attributes: [{ name: 'city', type: 'STRING' as const, required: false, oneOf: null }] };
  await setAttributeSchema(deps, program.scope, aCommand('attributeSchemaSet', attributes), attributes);
  await publishSet(deps, program, {
    earningRules: [PURCHASE_RULE],
    badges: [
      aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['1'] }] }),
      aBadge({ code: 'kind', criteria: [] }),
    ],
    streaks: [aStreak()],
    ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('gold', null, { manualOnly: true })] })],
  });
  const weekly = await aLeaderboard(deps, program, { period: 'WEEK' });
  const total = await aLeaderboard(deps, program, {
    metric: 'PROPERTY_SUM',
    activityType: 'purchase',
    property: 'amount',
  });
  const cities = await aLeaderboard(deps, program, { scope: 'ATTRIBUTE', scopeKey: 'city' });
  const { customer } = await done(asOwner(program), 'customerUpsert', ZELDA, 'customer { id }');
  const zelda = uuidOf('Customer', (customer as { id: string }).id) ?? '';
  const others = await someCustomers(deps, program, 3);
  const bought = await buy({ program, zelda, others }, ['30', '40', '20', '10']);
  await leaveWords({ program, zelda, others }, bought[0] ?? '');
  await moveTo(deps, program, LATER);
  await buy({ program, zelda, others }, ['30', '40', '20', '10']);
  await relayed();
  return { program, weekly, total, cities, zelda, others };
}

/** A program with Zelda in it, who has done nothing yet. */
async function aPlainWorld(): Promise<{ program: TestProgram; zelda: string; customerId: string }> {
  const program = await aShop(deps);
  const { customer } = await done(
    asOwner(program),
    'customerUpsert',
    { externalId: 'zelda-1', enrol: true },
    'customer { id }',
  );
  const customerId = (customer as { id: string }).id;
  return { program, zelda: uuidOf('Customer', customerId) ?? '', customerId };
}

async function leaveWords({ program, zelda, others }: Pick<World, 'program' | 'zelda' | 'others'>, activityId: string) {
  const [owner, herself] = [asOwner(program), asCustomer(program, zelda)];
  const [customerId, reason] = [cus(zelda), 'Because Zelda rang'];
  await done(owner, 'customerPause', { customerId, reason });
  await done(owner, 'customerResume', { customerId, reason });
  await done(owner, 'customerUpsert', { externalId: 'zelda-1', displayName: 'Zelda Q.' });
  await done(owner, 'pointsAdjust', { customerId, amount: 50, reason });
  await done(owner, 'pointsSpend', { customerId, amount: 5, reason });
  await done(owner, 'pointsHold', { customerId, amount: 3, reason, ttlSeconds: 86_400 * 30 });
  await done(owner, 'activityReverse', { activityId, lineIds: ['zelda-line'], reason });
  await done(owner, 'badgeGive', { customerId, badge: 'kind', reason });
  await done(owner, 'tierAssign', { customerId, ladder: 'status', tier: 'gold', reason });
  await done(herself, 'boardAppearanceSet', { appearance: 'ALIAS', alias: 'zelda99' });
  await done(herself, 'teamCreate', { name: 'The team of Zelda' });
  await done(herself, 'friendRequest', { friendId: cus(others[0] ?? '') });
  await done(asCustomer(program, others[0] ?? ''), 'friendAccept', { friendId: customerId });
  await done(asCustomer(program, others[1] ?? ''), 'friendRequest', { friendId: customerId });
}

/** All that must not move: points by account kind, bucket and cause, and how much was done. */
const totalsOf = ({ program }: World): Promise<unknown> =>
  deps.reads.query(
    `select a.kind, e.bucket, t.kind as cause, sum(e.amount) as points, count(*) as entries, (
       select jsonb_build_array(count(*), sum((properties ->> 'amount')::numeric), sum((properties ->> 'quantity')::integer))
       from activity where program_id = $1) as done,
       (select jsonb_agg(jsonb_build_array(remaining, held, expires_at) order by id) from lot where program_id = $1) as lots,
       (select sum(available + pending + held) from ledger_account where program_id = $1) as liability
     from ledger_entry e
     join ledger_account a on a.program_id = e.program_id and a.id = e.account_id
     join ledger_transaction t on t.program_id = e.program_id and t.id = e.transaction_id
     where e.program_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
    [program.programId],
  );

type Row = { customerId: string | null; displayName: string | null; rank: number; position: number };

/** Who is on a board and where, as it is shown from the ranked copy once it has the wanted size. */
async function topOf({ program }: World, board: TestBoard, size: number): Promise<unknown[]> {
  const read = async (): Promise<{ state: string; top: Row[] }> => {
    const { data } = await execute<{ leaderboard: { state: string; top: Row[] } }>(
      deps,
      asOwner(program),
      'query ($id: ID!) { leaderboard(id: $id) { state top(first: 10) { customerId displayName rank position } } }',
      { id: board.publicId },
    );
    return data!.leaderboard;
  };
  const { top } = await until(read, ({ state, top: rows }) => state === 'LIVE' && rows.length === size);
  return top.map(({ customerId, position }) => [customerId, position]);
}

/** Which entries Zelda has on a board. */
async function entriesOf({ zelda }: World, board: TestBoard): Promise<unknown[]> {
  return deps.reads.query(
    `select e.part, e.score from leaderboard_entry e join season s on s.program_id = e.program_id and s.id = e.season_id
     where e.customer_id = $1 and s.leaderboard_id = $2`,
    [zelda, board.id],
  );
}

async function verificationOf({ program, weekly }: World, key: string): Promise<Record<string, unknown>> {
  const { id } = await runOf(deps, program, weekly, key);
  const { data, errors } = await execute<{ seasonVerification: Record<string, unknown> }>(
    deps,
    asOwner(program),
    'query ($id: ID!) { seasonVerification(id: $id) { isProven count recomputedCount } }',
    { id: publicId('Season', id) },
  );
  expect(errors).toBeUndefined();
  return data!.seasonVerification;
}

/** The sealed rows of the first week, as a caller sees them. */
async function sealedOf({ weekly }: World, caller: Caller): Promise<Row[]> {
  const { data, errors } = await execute<{ seasonStandings: { page: { nodes: Row[] } } }>(
    deps,
    caller,
    `query ($id: ID!, $season: String!) { seasonStandings(id: $id, season: $season) {
      page { nodes { rank position displayName customerId } } } }`,
    { id: weekly.publicId, season: SEALED_WEEK },
  );
  expect(errors).toBeUndefined();
  return data!.seasonStandings.page.nodes;
}

describe('an erased customer', () => {
  it('leaves no word in the record or in Redis, while all sums, ranks and sealed seasons stay true', async () => {
    const world = await aWorld();
    const { program, zelda, others, weekly, total, cities } = world;
    // Words lie about everywhere before, so that finding none later means something.
    const before = Object.keys(await tracesOf(deps, WORDS)).map((name) => name.replace('public.', ''));
    expect(before).toEqual(expect.arrayContaining(WORDY_TABLES));
    const totals = await totalsOf(world);
    const reply = await erase(program, { externalId: 'zelda-1' });
    expect(reply).toMatchObject({
      wasErased: false,
      customer: { id: cus(zelda), externalId: `erased:${zelda}`, displayName: null, enrolmentState: 'LEFT' },
    });
    await relayed();
    expect(await tracesOf(deps, WORDS)).toEqual({});
    expect(await totalsOf(world)).toEqual(totals);
    for (const board of [weekly, total])
      expect(await topOf(world, board, 3)).toEqual(others.map((id, index) => [cus(id), index + 1]));
    expect(await entriesOf(world, cities)).toEqual([{ part: null, score: null }]);
    const keys = badgeKeys(program.programId);
    await until(
      () => Promise.all([deps.redis.zcard(keys.feed), deps.redis.exists(keys.shelf(zelda))]),
      ([fed, shelved]) => fed === others.length && shelved === 0,
    );
    expect(await verificationOf(world, SEALED_WEEK)).toEqual({ isProven: true, count: 4, recomputedCount: 4 });
    // In what is sealed she stays as somebody, in the row that the hash stands for.
    const anybody = asCustomer(program, others[0] ?? '');
    expect((await sealedOf(world, anybody))[1]).toEqual({ rank: 2, position: 2, displayName: null, customerId: null });
    expect((await sealedOf(world, asOwner(program)))[1]).toMatchObject({ displayName: null, customerId: cus(zelda) });
    await expectNoOffences(deps);
    // The week that was running is sealed without her, and counted anew without her.
    await moveTo(deps, program, MUCH_LATER);
    expect(await verificationOf(world, '2026-W48')).toEqual({ isProven: true, count: 3, recomputedCount: 3 });
    expect(await runSweepErasures(deps, new Date(Date.now() + 60_000))).toBe(1);
    expect(await runSweepErasures(deps, new Date(Date.now() + 60_000))).toBe(0);
    expect(await tracesOf(deps, WORDS)).toEqual({});
    await expectNoOffences(deps);
  });

  it('does not exist to any later write or token, and may come back as somebody new', async () => {
    const { program, zelda, customerId } = await aPlainWorld();
    const owner = asOwner(program);
    const { token } = await done(owner, 'customerTokenMint', { customerId }, 'token');
    expect(await resolveCaller(deps, token as string)).toMatchObject({ customerId: zelda });
    const revoked: (string | null)[] = [];
    const listening = deps.live.listen('revoked', null, (message) => void revoked.push(message.customerId));
    await listening.ready;
    await erase(program, { externalId: 'zelda-1' });
    // What closes open sockets, in every process.
    await until(
      () => revoked,
      (customers) => customers.includes(zelda),
    );
    listening.stop();
    await expect(resolveCaller(deps, token as string)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const [name, input] of [
      ['activityTrack', { type: 'purchase', customerId, properties: { amount: '1' } }],
      ['customerEnrol', { customerId }],
      ['pointsAdjust', { customerId, amount: 5, reason: 'More' }],
      ['customerTokenMint', { customerId }],
      ['customerErase', { externalId: 'zelda-1', reason: 'Again' }],
    ] as const)
      expect([name, await send(owner, name, input)]).toMatchObject([name, { code: 'NOT_FOUND' }]);
    expect(await send(owner, 'customerUpsert', { externalId: `erased:${zelda}` })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    const { status, customer } = await done(
      owner,
      'customerUpsert',
      { externalId: 'zelda-1' },
      'status customer { id }',
    );
    expect(status).toBe('CREATED');
    expect((customer as { id: string }).id).not.toBe(customerId);
  });

  it('is erased once: a second call changes nothing and says so, and needs the permission and the program', async () => {
    const { program, customerId } = await aPlainWorld();
    const stranger = await aShop(deps);
    expect(await erase(stranger, { customerId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await erase(program, { customerId, reason: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
    const { errors } = await execute(
      deps,
      asRole(program, 'CUSTOMER_SUCCESS'),
      'mutation ($input: CustomerEraseInput!) { customerErase(input: $input) { __typename } }',
      { input: { idempotencyKey: randomUUID(), customerId, reason: 'Asked for' } },
    );
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    const first = await erase(program, { customerId });
    expect(first).toMatchObject({ wasErased: false });
    expect(await erase(program, { customerId })).toEqual({ ...first, wasErased: true });
    const audits = await deps.reads.query(
      `select actor, after from audit_entry where subject = $1 and action = 'customer.erased'`,
      [customerId],
    );
    expect(audits).toEqual([{ actor: program.scope.actor, after: { reason: 'Asked for by letter', points: 'KEEP' } }]);
  });

  it('whose points are to expire loses them by transactions of the ledger, but for what is held', async () => {
    const { program, zelda, customerId } = await aPlainWorld();
    const owner = asOwner(program);
    await done(owner, 'pointsAdjust', { customerId, amount: 50, reason: 'A gift' });
    await done(owner, 'pointsHold', { customerId, amount: 3 });
    await erase(program, { customerId, points: 'EXPIRE' });
    const accounts = await deps.reads.query(
      `select available, pending, held,
         (select sum(amount) from ledger_transaction where customer_id = $1 and kind = 'EXPIRE')::integer as expired
       from ledger_account where customer_id = $1`,
      [zelda],
    );
    expect(accounts).toEqual([{ available: 0, pending: 0, held: 3, expired: 47 }]);
    await expectNoOffences(deps);
  });

  it('is gone with all that was reported of it at that very moment', async () => {
    const { program, zelda, customerId } = await aPlainWorld();
    const track = (index: number) =>
      send(asOwner(program), 'activityTrack', {
        ...{ idempotencyKey: `yolanda ${index}`, type: 'purchase', customerId, messageId: `yolanda ${index}` },
        properties: { amount: '1', order: 'for yolanda' },
      });
    const [erased, ...tracked] = await Promise.all([
      erase(program, { customerId }),
      ...Array.from({ length: 40 }, (_, index) => track(index)),
    ]);
    expect(erased).toMatchObject({ wasErased: false });
    const counts = Map.groupBy(tracked, (reply) => reply['code'] ?? 'TRACKED');
    expect([...counts.keys()].filter((outcome) => outcome !== 'TRACKED' && outcome !== 'NOT_FOUND')).toEqual([]);
    const rows = await deps.reads.query('select from activity where customer_id = $1', [zelda]);
    expect(rows).toHaveLength(counts.get('TRACKED')?.length ?? 0);
    await relayed();
    await runSweepErasures(deps, new Date(Date.now() + 60_000));
    expect(await tracesOf(deps, ['yolanda'])).toEqual({});
    await expectNoOffences(deps);
  });
});
