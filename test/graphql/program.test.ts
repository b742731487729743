import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { may, ROLES } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import {
  anonymous,
  aProgram,
  asCustomer,
  asOperator,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const CREATE = `mutation ($input: ProgramCreateInput!) { programCreate(input: $input) {
  __typename
  ... on ProgramCreatePayload { replayed ownerSecret program {
    id name timeZone currency mode state liveRevision testClock archivedAt
    policies { clawbackPolicy lateActivityDays futureActivityMinutes dailyPointsCap rejoinPolicy rejoinAfterDays }
    pointCurrencies { code kind isDefault } } }
  ... on UserError { code path } } }`;

const UPDATE = `mutation ($input: ProgramUpdateInput!) { programUpdate(input: $input) {
  __typename
  ... on ProgramUpdatePayload { replayed program { name timeZone policies { lateActivityDays dailyPointsCap rejoinPolicy rejoinAfterDays futureActivityMinutes } } }
  ... on UserError { code path }
  ... on StateConflictError { state } } }`;

const CLOCK = `mutation ($input: ProgramClockSetInput!) { programClockSet(input: $input) {
  __typename ... on ProgramClockSetPayload { program { testClock } } ... on UserError { code path } ... on StateConflictError { state } } }`;

const CURRENCY_CREATE = `mutation ($input: PointCurrencyCreateInput!) { pointCurrencyCreate(input: $input) {
  __typename ... on PointCurrencyCreatePayload { pointCurrency { id code kind isDefault balanceCap expiryMonths expiryDays } } ... on UserError { code path } } }`;

const CURRENCY_UPDATE = `mutation ($input: PointCurrencyUpdateInput!) { pointCurrencyUpdate(input: $input) {
  __typename ... on PointCurrencyUpdatePayload { pointCurrency { name isDefault balanceCap expiryMonths expiryDays } } ... on UserError { code path } } }`;

const input = { name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' };
const keyed = (fields: object): { input: object } => ({ input: { idempotencyKey: randomUUID(), ...fields } });

async function catalogueVersion({ programId }: TestProgram): Promise<number> {
  const [row] = await deps.reads.query<{ version: number }>(
    'select catalogue_version as version from program where id = $1',
    [programId],
  );
  return row?.version ?? 0;
}

/** Something that a calendar decided: the customer's first activity. */
async function withHistory({ programId }: TestProgram): Promise<void> {
  const [customerId, typeId] = [deps.newId(), deps.newId()];
  await deps.reads.query('insert into customer (program_id, id, external_id) values ($1, $2, $3)', [
    programId,
    customerId,
    'c1',
  ]);
  await deps.reads.query("insert into activity_type (program_id, id, code, name) values ($1, $2, 'visit', 'Visit')", [
    programId,
    typeId,
  ]);
  await deps.reads.query(
    `insert into activity (program_id, id, customer_id, activity_type_id, message_id, occurred_at, recorded_at, channel, rule_revision, actor)
     values ($1, $2, $3, $4, 'm1', now(), now(), 'WEB', 0, 'test')`,
    [programId, deps.newId(), customerId, typeId],
  );
}

describe('programCreate', () => {
  it('answers the program with the stated defaults and the secret of its owner key', async () => {
    const result = await execute(deps, asOperator(), CREATE, keyed(input));
    expect(result).toEqual({
      data: {
        programCreate: {
          __typename: 'ProgramCreatePayload',
          replayed: false,
          ownerSecret: expect.stringMatching(/^lsk_/),
          program: {
            id: expect.stringMatching(/^prg_/),
            ...input,
            mode: 'LIVE',
            state: 'ACTIVE',
            liveRevision: 0,
            testClock: null,
            archivedAt: null,
            policies: {
              clawbackPolicy: 'UNLIMITED',
              lateActivityDays: null,
              futureActivityMinutes: 10,
              dailyPointsCap: null,
              rejoinPolicy: 'ALLOWED',
              rejoinAfterDays: null,
            },
            pointCurrencies: [{ code: 'points', kind: 'SPENDABLE', isDefault: true }],
          },
        },
      },
    });
  });

  it('answers the same program without the secret when it is repeated', async () => {
    const variables = keyed(input);
    const first = await execute(deps, asOperator(), CREATE, variables);
    const again = await execute(deps, asOperator(), CREATE, variables);
    const payload = (first.data as { programCreate: object }).programCreate;
    expect(again.data).toEqual({ programCreate: { ...payload, replayed: true, ownerSecret: null } });
  });

  it.each([
    ['a currency that is none', { ...input, currency: 'XXY' }, 'INVALID_INPUT', ['currency']],
    [
      'contradicting policies',
      { ...input, policies: { rejoinAfterDays: 3 } },
      'INVALID_INPUT',
      ['policies', 'rejoinAfterDays'],
    ],
  ])('refuses %s with the place in the input', async (_title, bad, code, path) => {
    const result = await execute(deps, asOperator(), CREATE, keyed(bad));
    expect(result.data).toMatchObject({ programCreate: { code, path } });
  });

  it('is refused to everybody but the operator', async () => {
    const program = await aProgram(deps);
    const callers = [
      anonymous(),
      asPublishable(program),
      asCustomer(program, randomUUID()),
      ...ROLES.map((role) => asRole(program, role)),
    ];
    for (const caller of callers) {
      const result = await execute(deps, caller, CREATE, keyed(input));
      const code = caller.kind === 'ANONYMOUS' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      expect(result.data ?? null, caller.kind).toBeNull();
      expect(
        result.errors?.map((error) => error.originalError),
        caller.kind,
      ).toMatchObject([{ code }]);
    }
  });
});

describe('programUpdate', () => {
  it('changes what is named, lifts a limit with null, and leaves the rest', async () => {
    const program = await aProgram(deps, { policies: { lateActivityDays: 30, dailyPointsCap: 500 } });
    const before = await catalogueVersion(program);
    const result = await execute(
      deps,
      asOwner(program),
      UPDATE,
      keyed({
        name: ' New ',
        policies: {
          lateActivityDays: null,
          futureActivityMinutes: null,
          rejoinPolicy: 'AFTER_DAYS',
          rejoinAfterDays: 7,
        },
      }),
    );
    expect(result.data).toEqual({
      programUpdate: {
        __typename: 'ProgramUpdatePayload',
        replayed: false,
        program: {
          name: 'New',
          timeZone: 'UTC',
          policies: {
            lateActivityDays: null,
            dailyPointsCap: 500,
            rejoinPolicy: 'AFTER_DAYS',
            rejoinAfterDays: 7,
            futureActivityMinutes: 10,
          },
        },
      },
    });
    expect(await catalogueVersion(program)).toBe(before + 1);
  });

  it('moves the zone of a program without history, and of no other', async () => {
    const program = await aProgram(deps);
    const first = await execute(deps, asOwner(program), UPDATE, keyed({ timeZone: 'Asia/Tokyo' }));
    expect(first.data).toMatchObject({ programUpdate: { program: { timeZone: 'Asia/Tokyo' } } });
    await withHistory(program);
    const second = await execute(deps, asOwner(program), UPDATE, keyed({ timeZone: 'UTC' }));
    expect(second.data).toMatchObject({
      programUpdate: { code: 'STATE_CONFLICT', state: 'HAS_HISTORY', path: ['timeZone'] },
    });
    const same = await execute(deps, asOwner(program), UPDATE, keyed({ timeZone: 'Asia/Tokyo', name: 'Kept' }));
    expect(same.data).toMatchObject({ programUpdate: { program: { name: 'Kept', timeZone: 'Asia/Tokyo' } } });
  });
});

describe('programs', () => {
  it('are listed to the operator page by page, and a page back leads to the same rows', async () => {
    const made = [];
    for (const name of ['one', 'two', 'three']) made.push((await aProgram(deps, { name })).publicId);
    const LIST = `query ($first: Int, $after: String, $last: Int, $before: String) {
      programs(first: $first, after: $after, last: $last, before: $before) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    type Page = {
      programs: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; startCursor: string; endCursor: string } };
    };
    const ids: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { data }: { data?: Page | null } = await execute<Page>(deps, asOperator(), LIST, { first: 2, after });
      ids.push(...(data?.programs.nodes.map(({ id }) => id) ?? []));
      after = data?.programs.pageInfo.endCursor ?? null;
      more = data?.programs.pageInfo.hasNextPage === true;
    }
    expect(ids.slice(-3)).toEqual(made);
    expect(new Set(ids).size).toBe(ids.length);
    const { data } = await execute<Page>(deps, asOperator(), LIST, { last: 2 });
    expect(data?.programs.nodes.map(({ id }) => id)).toEqual(made.slice(1));
  });

  it('are not listed to a program', async () => {
    const program = await aProgram(deps);
    const result = await execute(deps, asOwner(program), '{ programs { nodes { id } } }');
    expect(result.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('an archived program', () => {
  const ARCHIVE = `mutation ($input: ProgramArchiveInput!) { programArchive(input: $input) {
    __typename ... on ProgramArchivePayload { replayed program { id state } } ... on UserError { code } ... on StateConflictError { state } } }`;

  it('still reads, refuses writes with its state, and can have keys taken away', async () => {
    const program = await aProgram(deps);
    const variables = keyed({ programId: program.publicId });
    const first = await execute(deps, asOperator(), ARCHIVE, variables);
    const again = await execute(deps, asOperator(), ARCHIVE, variables);
    const other = await execute(deps, asOperator(), ARCHIVE, keyed({ programId: program.publicId }));
    expect(first.data).toMatchObject({ programArchive: { replayed: false, program: { state: 'ARCHIVED' } } });
    expect(again.data).toMatchObject({ programArchive: { replayed: true, program: { state: 'ARCHIVED' } } });
    expect(other.data).toMatchObject({ programArchive: { code: 'STATE_CONFLICT', state: 'ARCHIVED' } });

    const read = await execute(deps, asOwner(program), '{ program { state } }');
    const write = await execute(deps, asOwner(program), UPDATE, keyed({ name: 'Later' }));
    const revoke = await execute(
      deps,
      asOwner(program),
      `mutation ($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { __typename } }`,
      keyed({ apiKeyId: publicId('ApiKey', program.ownerKeyId) }),
    );
    expect(read.data).toEqual({ program: { state: 'ARCHIVED' } });
    expect(write.data).toMatchObject({ programUpdate: { code: 'STATE_CONFLICT', state: 'ARCHIVED' } });
    expect(revoke.data).toEqual({ apiKeyRevoke: { __typename: 'ApiKeyRevokePayload' } });
  });
});

describe('programClockSet', () => {
  it('is refused to a LIVE program', async () => {
    const result = await execute(deps, asOwner(await aProgram(deps)), CLOCK, keyed({ now: '2026-03-01T00:00:00Z' }));
    expect(result.data).toMatchObject({ programClockSet: { code: 'STATE_CONFLICT', state: 'LIVE' } });
  });

  it('moves a TEST program anywhere while nothing is on record, and then only forward', async () => {
    const program = await aProgram(deps, { mode: 'TEST' });
    const set = async (now: string | null) =>
      (await execute(deps, asOwner(program), CLOCK, keyed({ now }))).data?.['programClockSet'];
    expect(await set('2030-01-01T00:00:00Z')).toMatchObject({ program: { testClock: '2030-01-01T00:00:00.000Z' } });
    expect(await set('1997-01-01T00:00:00Z')).toMatchObject({ program: { testClock: '1997-01-01T00:00:00.000Z' } });
    await withHistory(program);
    expect(await set('1996-12-31T00:00:00Z')).toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'HAS_HISTORY',
      path: ['now'],
    });
    expect(await set('1997-01-02T00:00:00Z')).toMatchObject({ program: { testClock: '1997-01-02T00:00:00.000Z' } });
    expect(await set(null)).toMatchObject({ program: { testClock: null } });
  });

  it('is what the next decisions see', async () => {
    const program = await aProgram(deps, { mode: 'TEST' });
    await deps.catalogues.current(program.programId);
    await execute(deps, asOwner(program), CLOCK, keyed({ now: '2030-01-01T00:00:00Z' }));
    const catalogue = await deps.catalogues.at(deps.reads, program.programId);
    expect(catalogue.program.testClock).toEqual(new Date('2030-01-01T00:00:00Z'));
  });
});

describe('point currencies', () => {
  it('come with counterparties, take the place of the default, and are told to every process', async () => {
    const program = await aProgram(deps);
    const before = await catalogueVersion(program);
    const result = await execute(
      deps,
      asOwner(program),
      CURRENCY_CREATE,
      keyed({ code: 'gems', name: 'Gems', isDefault: true, expiryDays: 30, balanceCap: 1000 }),
    );
    expect(result.data).toMatchObject({
      pointCurrencyCreate: {
        pointCurrency: { code: 'gems', isDefault: true, expiryDays: 30, expiryMonths: null, balanceCap: 1000 },
      },
    });
    const all = await execute(deps, asOwner(program), '{ program { pointCurrencies { code isDefault } } }');
    expect(all.data).toEqual({
      program: {
        pointCurrencies: [
          { code: 'points', isDefault: false },
          { code: 'gems', isDefault: true },
        ],
      },
    });
    const [accounts] = await deps.reads.query<{ count: number }>(
      'select count(*) from ledger_account where program_id = $1',
      [program.programId],
    );
    expect(accounts?.count).toBe(8);
    expect(await catalogueVersion(program)).toBe(before + 1);
  });

  it.each([
    [
      'a status currency as the default',
      { code: 'rank', name: 'Rank', kind: 'STATUS', isDefault: true },
      'INVALID_INPUT',
      ['isDefault'],
    ],
    ['two expiries', { code: 'gems', name: 'Gems', expiryDays: 3, expiryMonths: 3 }, 'INVALID_INPUT', ['expiryDays']],
    ['a code with capitals', { code: 'Gems', name: 'Gems' }, 'INVALID_INPUT', ['code']],
    ['a code that is taken', { code: 'points', name: 'Again' }, 'STATE_CONFLICT', ['code']],
    ['a cap of nothing', { code: 'gems', name: 'Gems', balanceCap: 0 }, 'INVALID_INPUT', ['balanceCap']],
  ])('refuse %s', async (_title, fields, code, path) => {
    const program = await aProgram(deps);
    const result = await execute(deps, asOwner(program), CURRENCY_CREATE, keyed(fields));
    expect(result.data).toMatchObject({ pointCurrencyCreate: { code, path } });
  });

  it('keep one default and one expiry through changes', async () => {
    const program = await aProgram(deps);
    const pointCurrencyId = publicId('PointCurrency', program.currencyId);
    const update = async (fields: object) =>
      (await execute(deps, asOwner(program), CURRENCY_UPDATE, keyed({ pointCurrencyId, ...fields }))).data?.[
        'pointCurrencyUpdate'
      ];
    expect(await update({ expiryMonths: 12 })).toMatchObject({ pointCurrency: { expiryMonths: 12, expiryDays: null } });
    expect(await update({ expiryDays: 90, name: 'Coins' })).toMatchObject({
      pointCurrency: { name: 'Coins', expiryMonths: null, expiryDays: 90 },
    });
    expect(await update({ expiryDays: null })).toMatchObject({
      pointCurrency: { expiryMonths: null, expiryDays: null },
    });
    expect(await update({ isDefault: false })).toMatchObject({ code: 'INVALID_INPUT', path: ['isDefault'] });
  });

  it('are refused beyond fifty', async () => {
    const program = await aProgram(deps);
    const create = (code: string) => execute(deps, asOwner(program), CURRENCY_CREATE, keyed({ code, name: code }));
    for (let number = 1; number < 50; number += 1) await create(`c${number}`);
    expect((await create('one_more')).data).toMatchObject({ pointCurrencyCreate: { code: 'LIMIT_EXCEEDED' } });
  });
});

describe('every role', () => {
  it('may change the program exactly when it holds program:write', async () => {
    const program = await aProgram(deps);
    for (const role of ROLES) {
      const caller = asRole(program, role);
      const result = await execute(deps, caller, UPDATE, keyed({ name: role }));
      expect(result.errors === undefined, role).toBe(may(caller, 'program:write'));
    }
  });
});
