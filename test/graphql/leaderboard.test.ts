import { afterAll, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { boardKeys } from '#redis/keys.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen, type TestBoard } from '../support/leaderboard.ts';
import {
  aCommand,
  asCustomer,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { testRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

/** Buys for the customers in turn and waits for the ranked copy. */
async function score(
  program: TestProgram,
  board: TestBoard,
  customers: readonly string[],
  amounts: readonly string[],
  size = customers.length,
): Promise<void> {
  const reports = amounts.map((amount, index) =>
    aPurchase(customers[index]!, { properties: { amount }, occurredAt: new Date(Date.UTC(2026, 0, 1, 0, index)) }),
  );
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
  const season = await seasonIn(deps, program, board);
  await viewWhen(deps, season, (view) => view.state === 'LIVE' && view.size === size);
}

const cus = (id: string): string => publicId('Customer', id);

describe('a board', () => {
  it('answers top, a window of constant size, one rank and pages, all of one moment', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program, {
      metric: 'PROPERTY_SUM',
      activityType: 'purchase',
      property: 'amount',
      scoreDecimals: 2,
    });
    const customers = await someCustomers(deps, program, 7);
    await deps.postgres.query("update customer set display_name = 'Ada' where id = $1", [customers[6]]);
    await score(program, board, customers, ['5', '30.5', '20', '20', '20.00', '1', '29.33']);
    const { data, errors } = await execute(deps, asOwner(program), ROWS, {
      code: board.code,
      last: cus(customers[5]!),
    });
    expect(errors).toBeUndefined();
    const row = (place: number, rank: number, index: number, value: string) => ({
      position: place,
      rank,
      customerId: cus(customers[index]!),
      score: value,
    });
    const whole = [
      row(1, 1, 1, '30.50'),
      row(2, 2, 6, '29.33'),
      row(3, 3, 2, '20.00'),
      row(4, 3, 3, '20.00'),
      row(5, 3, 4, '20.00'),
      row(6, 6, 0, '5.00'),
      row(7, 7, 5, '1.00'),
    ];
    expect(data).toMatchObject({
      leaderboard: {
        state: 'LIVE',
        entryCount: 7,
        top: [
          { ...whole[0], displayName: null },
          { ...whole[1], displayName: 'Ada' },
        ],
        around: whole.slice(2),
        rank: whole[6],
        nobody: null,
        page: { nodes: whole.slice(0, 3), pageInfo: { hasNextPage: true, hasPreviousPage: false } },
        back: { nodes: whole.slice(4), pageInfo: { hasNextPage: false, hasPreviousPage: true } },
        season: { key: 'all', startsOn: null, top: whole.slice(0, 1) },
      },
    });
    expect((data as { leaderboard: { version: number } }).leaderboard.version).toBeGreaterThan(1e15);
  });

  it('is walked page by page, forwards and backwards, without a gap or a double', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 23);
    await score(
      program,
      board,
      customers,
      customers.map((_, index) => String((index * 7) % 5)),
      18,
    );
    // An amount of zero earns nothing: those customers are not on the board.
    const walk = async (
      args: (cursor: string | null) => string,
      cursorOf: 'endCursor' | 'startCursor',
      more: string,
    ): Promise<number[]> => {
      const positions: number[] = [];
      for (let cursor: string | null = null; ;) {
        const { data, errors } = await execute<{
          leaderboard: { page: { nodes: { position: number }[]; pageInfo: Record<string, unknown> } };
        }>(
          deps,
          asOwner(program),
          `{ leaderboard(code: "${board.code}") { page(${args(cursor)}) { nodes { position } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
        );
        expect(errors).toBeUndefined();
        const { nodes, pageInfo } = data!.leaderboard.page;
        positions.push(...(more === 'hasNextPage' ? nodes : nodes.toReversed()).map((node) => node.position));
        if (pageInfo[more] !== true) return positions;
        cursor = pageInfo[cursorOf] as string;
      }
    };
    const size = 18;
    const forwards = Array.from({ length: size }, (_, index) => index + 1);
    expect(
      await walk((cursor) => `first: 4${cursor === null ? '' : `, after: "${cursor}"`}`, 'endCursor', 'hasNextPage'),
    ).toEqual(forwards);
    expect(
      await walk(
        (cursor) => `last: 5${cursor === null ? '' : `, before: "${cursor}"`}`,
        'startCursor',
        'hasPreviousPage',
      ),
    ).toEqual(forwards.toReversed());
  });

  it('has seasons that are found by key and by instant, and knows its current one', async () => {
    const program = await aShop(deps, { timeZone: 'Europe/Berlin' });
    const board = await aLeaderboard(deps, program, { period: 'WEEK' });
    const [customer] = await someCustomers(deps, program, 1);
    const now = new Date();
    const reports = [
      aPurchase(customer!, { occurredAt: new Date('2026-10-25T22:59:59.999Z') }),
      aPurchase(customer!, { occurredAt: new Date('2026-10-25T23:00:00Z') }),
      aPurchase(customer!, { occurredAt: now, properties: { amount: '3' } }),
    ];
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
    const { data } = await until(
      () =>
        execute<{ leaderboard: Record<string, unknown> }>(
          deps,
          asOwner(program),
          `query ($code: String!) { leaderboard(code: $code) {
            top { score }
            byKey: season(key: "2026-W43") { key startsOn endsOn top { score } }
            byInstant: season(at: "2026-10-26T00:00:00+01:00") { key top { score } }
            none: season(key: "2020-W01") { key }
          } }`,
          { code: board.code },
        ),
      (answer) => (answer.data?.leaderboard['top'] as unknown[] | undefined)?.length === 1,
    );
    expect(data?.leaderboard).toEqual({
      top: [{ score: '3' }],
      byKey: { key: '2026-W43', startsOn: '2026-10-19', endsOn: '2026-10-26', top: [{ score: '10' }] },
      byInstant: { key: '2026-W44', top: [{ score: '10' }] },
      none: null,
    });
  });
});

describe('who may see what', () => {
  it('customers and publishable keys see public boards, and no customers', async () => {
    const program = await aShop(deps);
    const open = await aLeaderboard(deps, program);
    const hidden = await aLeaderboard(deps, program, { isPublic: false });
    const customers = await someCustomers(deps, program, 2);
    await score(program, open, customers, ['5', '7']);
    const season = await seasonIn(deps, program, hidden);
    const document = `query ($hidden: ID!, $season: ID!) {
      leaderboards { code }
      leaderboard(code: "${open.code}") { top { customerId score customer { externalId } } }
      secret: leaderboard(id: $hidden) { code }
      node(id: $season) { id }
    }`;
    const variables = { hidden: hidden.publicId, season: publicId('Season', season.id) };
    for (const caller of [asPublishable(program), asCustomer(program, customers[0]!)]) {
      const { data, errors } = await execute(deps, caller, document, variables);
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        leaderboards: [{ code: open.code }],
        leaderboard: {
          top: [
            { customerId: cus(customers[1]!), score: '7', customer: null },
            { customerId: cus(customers[0]!), score: '5', customer: null },
          ],
        },
        secret: null,
        node: null,
      });
    }
    const { data } = await execute(deps, asOwner(program), document, variables);
    expect(data).toMatchObject({
      secret: { code: hidden.code },
      node: { id: variables.season },
      leaderboard: { top: [{ customer: { externalId: 'c2' } }, {}] },
    });
  });

  it('a customer token asks for itself without saying who it is', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 3);
    await score(program, board, customers, ['5', '7', '6']);
    const document = `{ leaderboard(code: "${board.code}") { rank { rank score } around(radius: 0) { position } } }`;
    expect((await execute(deps, asCustomer(program, customers[2]!), document)).data).toEqual({
      leaderboard: { rank: { rank: 2, score: '6' }, around: [{ position: 2 }] },
    });
    expect((await execute(deps, asPublishable(program), document)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('another program sees nothing of it', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 1);
    await score(program, board, customers, ['5']);
    const season = await seasonIn(deps, program, board);
    const other = await aShop(deps);
    const mine = await aLeaderboard(deps, other);
    const { data } = await execute(
      deps,
      asOwner(other),
      `query ($board: ID!, $season: ID!, $customer: ID!) {
        leaderboard(id: $board) { code }
        a: node(id: $board) { id }
        b: node(id: $season) { id }
        leaderboardCheck(id: $board) { drift }
        mine: leaderboard(code: "${mine.code}") { rank(customerId: $customer) { rank } around(customerId: $customer) { rank } }
      }`,
      { board: board.publicId, season: publicId('Season', season.id), customer: cus(customers[0]!) },
    );
    expect(data).toEqual({
      leaderboard: null,
      a: null,
      b: null,
      leaderboardCheck: null,
      mine: { rank: null, around: [] },
    });
    for (const [mutation, input] of [
      ['leaderboardUpdate', { name: 'Mine' }],
      ['leaderboardArchive', {}],
      ['leaderboardRebuild', {}],
    ] as const) {
      const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
      const answer = await execute(
        deps,
        asOwner(other),
        `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`,
        {
          input: { idempotencyKey: mutation, id: board.publicId, ...input },
        },
      );
      expect(answer.data).toEqual({ [mutation]: { __typename: 'NotFoundError' } });
    }
  });
});

describe('managing boards', () => {
  const CREATE = `mutation ($input: LeaderboardCreateInput!) { leaderboardCreate(input: $input) {
    ... on LeaderboardCreatePayload { replayed leaderboard { code metric currency { code } activityType { code } property scoreDecimals direction period isPublic isArchived } }
    ... on UserError { __typename path }
  } }`;

  it('makes one by codes, once for one key', async () => {
    const program = await aShop(deps);
    const input = {
      idempotencyKey: 'k',
      code: 'spend',
      name: 'Spend',
      metric: 'PROPERTY_SUM',
      activityType: 'purchase',
      property: 'amount',
      scoreDecimals: 2,
      period: 'MONTH',
    };
    const board = {
      code: 'spend',
      metric: 'PROPERTY_SUM',
      currency: null,
      activityType: { code: 'purchase' },
      property: 'amount',
      scoreDecimals: 2,
      direction: 'DESCENDING',
      period: 'MONTH',
      isPublic: true,
      isArchived: false,
    };
    expect((await execute(deps, asOwner(program), CREATE, { input })).data).toEqual({
      leaderboardCreate: { replayed: false, leaderboard: board },
    });
    expect((await execute(deps, asOwner(program), CREATE, { input })).data).toEqual({
      leaderboardCreate: { replayed: true, leaderboard: board },
    });
    expect((await execute(deps, asOwner(program), CREATE, { input: { ...input, name: 'Other' } })).data).toMatchObject({
      leaderboardCreate: { __typename: 'IdempotencyMismatchError' },
    });
    expect(
      (await execute(deps, asOwner(program), CREATE, { input: { ...input, idempotencyKey: 'l' } })).data,
    ).toMatchObject({ leaderboardCreate: { __typename: 'StateConflictError' } });
  });

  it.each([
    ['a bad code', { code: 'Bad Code' }, 'InvalidInputError', ['code']],
    ['no name', { name: ' ' }, 'InvalidInputError', ['name']],
    ['an unknown currency', { currency: 'gold' }, 'NotFoundError', ['currency']],
    ['a property of points', { property: 'amount' }, 'InvalidInputError', ['property']],
    ['decimals of points', { scoreDecimals: 2 }, 'InvalidInputError', ['scoreDecimals']],
    [
      'an unknown activity type',
      { metric: 'ACTIVITY_COUNT', activityType: 'nothing' },
      'NotFoundError',
      ['activityType'],
    ],
    ['no activity type', { metric: 'ACTIVITY_COUNT' }, 'NotFoundError', ['activityType']],
    [
      'an undeclared property',
      { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'nothing' },
      'InvalidInputError',
      ['property'],
    ],
    [
      'a property that is no number',
      { metric: 'PROPERTY_BEST', activityType: 'purchase', property: 'order' },
      'InvalidInputError',
      ['property'],
    ],
    [
      'seven decimals',
      { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'amount', scoreDecimals: 7 },
      'InvalidInputError',
      ['scoreDecimals'],
    ],
  ])('refuses %s', async (_name, wrong, type, path) => {
    const program = await aShop(deps);
    const input = { idempotencyKey: 'k', code: 'board', name: 'Board', metric: 'POINTS_EARNED', ...wrong };
    expect((await execute(deps, asOwner(program), CREATE, { input })).data).toEqual({
      leaderboardCreate: { __typename: type, path },
    });
    expect(await deps.reads.query('select from leaderboard where program_id = $1', [program.programId])).toEqual([]);
  });

  it('renames, hides and archives; an archived board takes no more scores', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 1);
    await score(program, board, customers, ['5']);
    const update = await execute(
      deps,
      asOwner(program),
      'mutation ($input: LeaderboardUpdateInput!) { leaderboardUpdate(input: $input) { ... on LeaderboardUpdatePayload { leaderboard { name isPublic } } } }',
      { input: { idempotencyKey: 'u', id: board.publicId, name: 'Renamed', isPublic: false } },
    );
    expect(update.data).toEqual({ leaderboardUpdate: { leaderboard: { name: 'Renamed', isPublic: false } } });
    const archive = (key: string) =>
      execute(
        deps,
        asOwner(program),
        'mutation ($input: LeaderboardArchiveInput!) { leaderboardArchive(input: $input) { __typename ... on LeaderboardArchivePayload { leaderboard { isArchived } } } }',
        { input: { idempotencyKey: key, id: board.publicId } },
      );
    expect((await archive('a')).data).toMatchObject({ leaderboardArchive: { leaderboard: { isArchived: true } } });
    expect((await archive('b')).data).toMatchObject({ leaderboardArchive: { __typename: 'StateConflictError' } });
    await score(program, board, customers, ['5']);
    const { data } = await execute(
      deps,
      asOwner(program),
      `{ leaderboard(code: "${board.code}") { top { score } } leaderboards { code } }`,
    );
    expect(data).toEqual({ leaderboard: { top: [{ score: '5' }] }, leaderboards: [] });
  });

  it('rebuilds on demand and reports drift until then', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 3);
    await score(program, board, customers, ['5', '6', '7']);
    const season = await seasonIn(deps, program, board);
    // Somebody meddles with Redis.
    const { scores } = boardKeys(program.programId, season.id);
    const [last] = await deps.redis.zrange(scores, '2', '2');
    await deps.redis.zadd(scores, -99, String(last));
    const check = () =>
      execute<{ leaderboardCheck: { drift: number } }>(
        deps,
        asOwner(program),
        'query ($id: ID!) { leaderboardCheck(id: $id) { state drift recordedCount cachedCount examples { customerId recorded { score version } cached { score } } previous { drift } season { key } } }',
        { id: board.publicId },
      );
    expect((await check()).data?.leaderboardCheck).toEqual({
      state: 'LIVE',
      drift: 1,
      recordedCount: 3,
      cachedCount: 3,
      examples: [{ customerId: cus(customers[0]!), recorded: { score: '5', version: 1 }, cached: { score: '5' } }],
      previous: null,
      season: { key: 'all' },
    });
    const rebuild = await execute(
      deps,
      asRole(program, 'TECHNICAL_SUPPORT'),
      'mutation ($input: LeaderboardRebuildInput!) { leaderboardRebuild(input: $input) { ... on LeaderboardRebuildPayload { seasons } } }',
      { input: { idempotencyKey: 'r', id: board.publicId } },
    );
    expect(rebuild.data).toEqual({ leaderboardRebuild: { seasons: 1 } });
    const after = await until(check, ({ data }) => data?.leaderboardCheck.drift === 0);
    expect(after.data?.leaderboardCheck).toMatchObject({ state: 'LIVE', previous: { drift: 1 } });
  });
});

describe('a request that breaks a rule', () => {
  it.each([
    ['leaderboard { name }', 'Give id or code.'],
    ['leaderboard(code: "x", id: "y") { name }', 'Give id or code.'],
    ['leaderboard(code: "B") { top(first: 0) { rank } }', 'first is 1 to 100.'],
    ['leaderboard(code: "B") { top(first: 101) { rank } }', 'first is 1 to 100.'],
    ['leaderboard(code: "B") { around(customerId: "x", radius: 51) { rank } }', 'radius is 0 to 50.'],
    ['leaderboard(code: "B") { page(first: 101) { nodes { rank } } }', 'first is 1 to 100.'],
    ['leaderboard(code: "B") { page(after: "nonsense") { nodes { rank } } }', 'This is not a cursor of this service.'],
    ['leaderboard(code: "B") { season(key: "all", at: "2026-01-01T00:00:00Z") { key } }', 'Give key or at, not both.'],
  ])('{ %s } is told so', async (field, message) => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const { errors } = await execute(deps, asOwner(program), `{ ${field.replace('"B"', `"${board.code}"`)} }`);
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });
});

const ROWS = `query ($code: String!, $last: ID!) {
  leaderboard(code: $code) {
    state version asOf entryCount
    top(first: 2) { ...row displayName }
    around(customerId: $last, radius: 2) { ...row }
    rank(customerId: $last) { ...row }
    nobody: rank(customerId: "cus_nobody") { ...row }
    page(first: 3) { nodes { ...row } pageInfo { hasNextPage hasPreviousPage } }
    back: page(last: 3) { nodes { ...row } pageInfo { hasNextPage hasPreviousPage } }
    season { key startsOn top(first: 1) { ...row } }
  }
}
fragment row on Standing { position rank customerId score }`;
