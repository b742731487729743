// How points of a currency expire, from the graph down to the record.
import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runSettleDue } from '#src/jobs/settle-due.ts';

import { aShop, PURCHASE_RULE } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCustomer, balanceAt, balanceNow } from '../support/ledger.ts';
import { asCustomer, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-02T10:00:00Z');
const deps = testDeps(url, { clock: () => now });

/** No law is broken. That work is overdue by the database's clock means nothing here: the tests have their own. */
async function expectNoErrors(): Promise<void> {
  expect((await checkInvariants(deps.reads)).filter(({ severity }) => severity === 'ERROR')).toEqual([]);
}

const at = (instant: string): void => {
  now = new Date(instant);
};

async function run(program: TestProgram, document: string, input: object): Promise<Record<string, unknown>> {
  const result = await execute(deps, asOwner(program), document, { input: { idempotencyKey: randomUUID(), ...input } });
  expect(result.errors).toBeUndefined();
  return Object.values(result.data ?? {})[0] as Record<string, unknown>;
}

const UPDATE = `mutation ($input: PointCurrencyUpdateInput!) { pointCurrencyUpdate(input: $input) { __typename
  ... on PointCurrencyUpdatePayload { pointCurrency { expiryMonths expiryDays expiryNoticeDays expiry { __typename
    ... on ExpiryAfter { months days roundUpTo } ... on ExpiryOnDates { dates minDays }
    ... on ExpiryByInactivity { months days earning spending activityTypes } } } }
  ... on UserError { code path } } }`;
const TRACK = `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) { __typename
  ... on ActivityTrackPayload { activity { effects { ... on PointsEarned { points expiresAt } } } } ... on UserError { code } } }`;
const SPEND = `mutation ($input: PointsSpendInput!) { pointsSpend(input: $input) { __typename
  ... on PointsSpendPayload { transaction { entries { lotId amount } } } ... on UserError { code } } }`;
const SEEN = `query ($id: ID!) { lots(customerId: $id, first: 50) { nodes { amount remaining expiresAt } }
  customer(id: $id) { expiringPoints(withinDays: 11) { points lots { expiresAt } } } pointsExpiring { within30Days months { month points } } }`;

const update = (program: TestProgram, fields: object) =>
  run(program, UPDATE, { pointCurrencyId: publicId('PointCurrency', program.currencyId), ...fields });
const purchase = (program: TestProgram, customerId: string, amount: number, fields: object = {}) =>
  run(program, TRACK, {
    ...{ customerId: publicId('Customer', customerId), type: 'purchase', properties: { amount: String(amount) } },
    ...fields,
  });
const visit = (program: TestProgram, customerId: string) =>
  run(program, TRACK, { customerId: publicId('Customer', customerId), type: 'visit' });

async function seen(program: TestProgram, customerId: string) {
  const result = await execute(deps, asOwner(program), SEEN, { id: publicId('Customer', customerId) });
  expect(result.errors).toBeUndefined();
  return result.data as {
    lots: { nodes: { amount: number; remaining: number; expiresAt: string | null }[] };
    customer: { expiringPoints: { points: number; lots: { expiresAt: string }[] } };
    pointsExpiring: { within30Days: number; months: { month: string; points: number }[] };
  };
}

const expiries = async (program: TestProgram, customerId: string): Promise<(string | undefined)[]> =>
  (await seen(program, customerId)).lots.nodes.map(({ expiresAt }) => expiresAt?.slice(0, 13));

const INACTIVITY = { inactivity: { days: 10, activityTypes: ['visit'] } };

describe('a point currency', () => {
  it('takes every way to expire and tells it back, one in place of the other', async () => {
    const program = await aShop(deps);
    const told = async (fields: object) => (await update(program, fields))['pointCurrency'];
    expect(await told({ expiry: { after: { months: 12, roundUpTo: 'MONTH' } } })).toMatchObject({
      expiryMonths: 12,
      expiry: { __typename: 'ExpiryAfter', months: 12, days: null, roundUpTo: 'MONTH' },
    });
    expect(await told({ expiry: { onDates: { dates: ['02-29', '12-31'], minDays: 30 } } })).toMatchObject({
      expiryMonths: null,
      expiry: { __typename: 'ExpiryOnDates', dates: ['02-29', '12-31'], minDays: 30 },
    });
    expect(await told({ expiry: INACTIVITY, expiryNoticeDays: [3, 7] })).toMatchObject({
      expiryDays: null,
      expiryNoticeDays: [3, 7],
      expiry: { __typename: 'ExpiryByInactivity', days: 10, earning: true, spending: true, activityTypes: ['visit'] },
    });
    expect(await told({ name: 'Coins', expiryDays: null })).toMatchObject({
      expiry: { __typename: 'ExpiryByInactivity' },
    });
    expect(await told({ expiryDays: 90 })).toMatchObject({ expiryDays: 90, expiry: { roundUpTo: null } });
    expect(await told({ expiry: null })).toMatchObject({ expiry: null, expiryDays: null });
  });

  it.each([
    ['a date that no year has', { expiry: { onDates: { dates: ['02-30'] } } }, ['expiry', 'dates', '0']],
    ['months and days', { expiry: { after: { months: 1, days: 1 } } }, ['expiry']],
    ['two ways at once', { expiry: { after: { months: 1 } }, expiryDays: 1 }, ['expiryDays']],
    ['activity of no kind', { expiry: { inactivity: { days: 3, earning: false, spending: false } } }, ['expiry']],
    [
      'an unknown activity type',
      { expiry: { inactivity: { days: 3, activityTypes: ['nap'] } } },
      ['expiry', 'activityTypes'],
    ],
    ['notices that do not rise', { expiryNoticeDays: [30, 7] }, ['expiryNoticeDays']],
    ['a notice before the last activity', { expiry: INACTIVITY, expiryNoticeDays: [10] }, ['expiryNoticeDays']],
  ])('refuses %s', async (_title, fields, path) => {
    expect(await update(await aShop(deps), fields)).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('dates points by its zone and leaves those alone that were earned before a change', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps, { timeZone: 'Europe/Berlin' });
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: { after: { months: 1, roundUpTo: 'QUARTER' } } });
    await purchase(program, customerId, 1);
    await update(program, { expiry: { onDates: { dates: ['03-28'], minDays: 5 } } });
    await purchase(program, customerId, 2);
    await update(program, { expiry: null });
    await purchase(program, customerId, 3);
    // The night of 29 March 2026 is an hour shorter in Berlin, which its midnight is not.
    expect(await expiries(program, customerId)).toEqual(['2026-03-28T23', '2026-06-30T22', undefined]);
  });

  it('lets rules and milestones date their points by other styles', async () => {
    at('2026-03-02T10:00:00Z');
    const { currency: _none, ...rule } = PURCHASE_RULE;
    const program = await aShop(deps, {}, [
      { ...rule, currency: null, expiry: { kind: 'ON_DATES', dates: ['12-31'], minDays: 0 } },
    ]);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    await purchase(program, customerId, 5);
    await visit(program, customerId);
    expect(await expiries(program, customerId)).toEqual(['2027-01-01T00']);
    const draft = await execute(
      deps,
      asOwner(program),
      `mutation ($input: EarningRuleSaveInput!) { earningRuleSave(input: $input) { __typename ... on EarningRuleSavePayload {
        draft { earningRules { expiryMonths expiry { ... on ExpiryAfter { months roundUpTo } } } } } ... on UserError { code message } } }`,
      {
        input: {
          idempotencyKey: randomUUID(),
          rule: {
            ...{ code: rule.code, name: 'x', activityType: 'purchase', award: { fixed: { points: 1 } } },
            expiry: { after: { months: 2, roundUpTo: 'YEAR' } },
          },
        },
      },
    );
    expect(draft.data).toMatchObject({
      earningRuleSave: {
        draft: { earningRules: [{ expiryMonths: 2, expiry: { months: 2, roundUpTo: 'YEAR' } }] },
      },
    });
  });
});

describe('points that last with activity', () => {
  it('last ten days longer with each purchase, spending and visit, in every reading alike', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    const first = await purchase(program, customerId, 100);
    expect(first).toMatchObject({ activity: { effects: [{ points: 100, expiresAt: '2026-03-13T00:00:00.000Z' }] } });
    at('2026-03-05T10:00:00Z');
    await purchase(program, customerId, 40);
    expect(await expiries(program, customerId)).toEqual(['2026-03-16T00', '2026-03-16T00']);
    at('2026-03-09T23:59:00Z');
    await run(program, SPEND, { customerId: publicId('Customer', customerId), amount: 20 });
    expect(await expiries(program, customerId)).toEqual(['2026-03-20T00', '2026-03-20T00']);
    at('2026-03-19T12:00:00Z');
    await visit(program, customerId);
    const until = '2026-03-30T00:00:00.000Z';
    expect(await seen(program, customerId)).toMatchObject({
      lots: {
        nodes: [
          { remaining: 80, expiresAt: until },
          { remaining: 40, expiresAt: until },
        ],
      },
      customer: { expiringPoints: { points: 120, lots: [{ expiresAt: until }, { expiresAt: until }] } },
      pointsExpiring: { within30Days: 120, months: [{ month: '2026-03', points: 120 }] },
    });
    await expectNoErrors();

    // The job looks when the first date had been, and finds nothing to do.
    at('2026-03-20T00:00:00Z');
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 120 });
    await runSettleDue(deps);
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 120 });
    at('2026-03-29T23:59:59Z');
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 120 });
    at('2026-03-30T00:00:00Z');
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 0 });
    expect(await run(program, SPEND, { customerId: publicId('Customer', customerId), amount: 1 })).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
    });
    await runSettleDue(deps);
    const past = async (instant: string) => balanceAt(deps, program, customerId, new Date(instant), 'EFFECTIVE');
    at('2026-04-10T00:00:00Z');
    expect(await past('2026-03-20T00:00:00Z')).toMatchObject({ available: 120 });
    expect(await past('2026-03-30T00:00:00Z')).toMatchObject({ available: 0 });
    await visit(program, customerId);
    await purchase(program, customerId, 7);
    expect(await expiries(program, customerId)).toEqual(['2026-04-21T00']);
    await expectNoErrors();
  });

  it('move once a day, whatever is done that day, and without a row of any lot being written', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    for (let count = 0; count < 3; count += 1) await purchase(program, customerId, 10);
    const rows = async () => {
      const [row] = await deps.reads.query<{ lots: string[]; account: string }>(
        `select (select jsonb_agg(l.xmin::text) from lot l where program_id = $1) as lots,
          (select a.xmin::text from ledger_account a where program_id = $1 and customer_id = $2) as account`,
        [program.programId, customerId],
      );
      return row;
    };
    const before = await rows();
    await visit(program, customerId);
    expect(await rows()).toEqual(before);
    at('2026-03-03T10:00:00Z');
    await visit(program, customerId);
    const after = await rows();
    expect(after?.lots).toEqual(before?.lots);
    expect(after?.account).not.toBe(before?.account);
    expect(new Set(await expiries(program, customerId))).toEqual(new Set(['2026-03-14T00']));
    await expectNoErrors();
  });

  it('last with activities of a currency that is not the default one, and adjustments with them', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await run(
      program,
      'mutation ($input: PointCurrencyCreateInput!) { pointCurrencyCreate(input: $input) { __typename } }',
      { code: 'gems', name: 'Gems', expiry: INACTIVITY },
    );
    const whose = { customerId: publicId('Customer', customerId), currency: 'gems' };
    await run(
      program,
      'mutation ($input: PointsAdjustInput!) { pointsAdjust(input: $input) { __typename ... on UserError { code } } }',
      { ...whose, amount: 5, reason: 'A gift' },
    );
    at('2026-03-08T10:00:00Z');
    await visit(program, customerId);
    const lots = await execute(
      deps,
      asOwner(program),
      'query ($customerId: ID!, $currency: String) { lots(customerId: $customerId, currency: $currency) { nodes { remaining expiresAt } } }',
      whose,
    );
    expect(lots.data).toEqual({ lots: { nodes: [{ remaining: 5, expiresAt: '2026-03-19T00:00:00.000Z' }] } });
    await expectNoErrors();
  });

  it('are explained as what they are, in words and for the team', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    await purchase(program, customerId, 100);
    const [{ id } = { id: '' }] = await deps.reads.query<{ id: string }>(
      'select id from ledger_transaction where program_id = $1',
      [program.programId],
    );
    const result = await execute(
      deps,
      asOwner(program),
      'query ($id: ID!) { explain(id: $id) { text trace { kind text } } }',
      { id: publicId('LedgerTransaction', id) },
    );
    expect(result.data).toMatchObject({
      explain: {
        text: expect.stringContaining('and longer while you stay active'),
        trace: expect.arrayContaining([
          {
            kind: 'EXPIRY',
            text: 'expires at 2026-03-13T00:00:00.000Z, by the currency, later with activity before then',
          },
        ]),
      },
    });
  });

  it('pay a debt first, which never expires', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    await purchase(program, customerId, 100);
    await run(program, SPEND, { customerId: publicId('Customer', customerId), amount: 100 });
    const [{ id } = { id: '' }] = await deps.reads.query<{ id: string }>(
      'select id from activity where program_id = $1',
      [program.programId],
    );
    await run(
      program,
      'mutation ($input: ActivityReverseInput!) { activityReverse(input: $input) { __typename ... on UserError { code } } }',
      { activityId: publicId('Activity', id), reason: 'returned' },
    );
    at('2026-06-01T00:00:00Z');
    await runSettleDue(deps);
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: -100 });
    await purchase(program, customerId, 130);
    expect(await seen(program, customerId)).toMatchObject({
      lots: { nodes: [{ amount: 130, remaining: 30, expiresAt: '2026-06-12T00:00:00.000Z' }] },
    });
    await expectNoErrors();
  });
});

const MOVE = `mutation ($input: PointsExpiryMoveInput!) { pointsExpiryMove(input: $input) { __typename
  ... on PointsExpiryMovePayload { replayed points balance { available }
    transaction { id kind amount reason actor entries { amount } expiryMoves { points from to } } }
  ... on UserError { code path } } }`;

describe('pointsExpiryMove', () => {
  async function anEarner() {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiryDays: 10 });
    await purchase(program, customerId, 100);
    at('2026-03-04T10:00:00Z');
    await purchase(program, customerId, 40);
    await update(program, { expiry: null });
    await purchase(program, customerId, 3);
    const whose = { customerId: publicId('Customer', customerId), reason: 'A gesture' };
    return { program, customerId, whose };
  }

  it('moves all that expires before an instant, creates no points, and stands in ledger, audit and explanation', async () => {
    const { program, customerId, whose } = await anEarner();
    const input = { ...whose, expiresBefore: '2026-04-01T00:00:00Z', expiresAt: '2026-06-01T00:00:00Z' };
    const key = { ...input, idempotencyKey: randomUUID() };
    const moved = await run(program, MOVE, key);
    expect(moved).toMatchObject({
      ...{ replayed: false, points: 140, balance: { available: 143 } },
      transaction: {
        ...{ kind: 'EXPIRY_MOVE', amount: 0, reason: 'A gesture', actor: program.scope.actor, entries: [] },
        expiryMoves: [
          { points: 100, from: '2026-03-13T00:00:00.000Z', to: '2026-06-01T00:00:00.000Z' },
          { points: 40, from: '2026-03-15T00:00:00.000Z', to: '2026-06-01T00:00:00.000Z' },
        ],
      },
    });
    expect(await run(program, MOVE, key)).toMatchObject({ replayed: true, points: 140 });
    expect(await expiries(program, customerId)).toEqual(['2026-06-01T00', '2026-06-01T00', undefined]);
    const { id } = moved['transaction'] as { id: string };
    const told = await execute(
      deps,
      asCustomer(program, customerId),
      'query ($id: ID!) { explain(id: $id) { text } ledgerTransaction(id: $id) { expiryMoves { points } } }',
      { id },
    );
    expect(told.data).toMatchObject({
      explain: { text: expect.stringMatching(/^Our team changed how long 140 Points are valid: until /u) },
      ledgerTransaction: { expiryMoves: [{ points: 100 }, { points: 40 }] },
    });
    const audit = await execute(deps, asOwner(program), '{ auditEntries(first: 50) { nodes { action subject } } }');
    expect(audit.data).toMatchObject({
      auditEntries: { nodes: expect.arrayContaining([{ action: 'points.expiry_moved', subject: id }]) },
    });
    at('2026-05-31T23:59:59Z');
    await runSettleDue(deps);
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 143 });
    at('2026-06-01T00:00:00Z');
    await runSettleDue(deps);
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 3 });
    await expectNoErrors();
  });

  it('moves one lot to an earlier instant, and what lasted with activity is dated from then on', async () => {
    at('2026-03-02T10:00:00Z');
    const program = await aShop(deps);
    const customerId = await aCustomer(deps, program);
    await update(program, { expiry: INACTIVITY });
    await purchase(program, customerId, 100);
    await purchase(program, customerId, 10);
    const [lot] = await deps.reads.query<{ id: string }>('select id from lot where program_id = $1 and amount = 100', [
      program.programId,
    ]);
    const lotId = publicId('Lot', lot?.id ?? '');
    expect(await run(program, MOVE, { lotId, expiresAt: '2026-03-06T12:00:00Z', reason: 'A mistake' })).toMatchObject({
      points: 100,
    });
    at('2026-03-05T10:00:00Z');
    await visit(program, customerId);
    expect(await expiries(program, customerId)).toEqual(['2026-03-06T12', '2026-03-16T00']);
    at('2026-03-06T12:00:00Z');
    expect(await balanceNow(deps, program, customerId)).toMatchObject({ available: 10 });
    await runSettleDue(deps);
    await expectNoErrors();
  });

  it.each([
    ['an instant that has passed', { expiresAt: '2026-03-04T10:00:00Z' }, 'INVALID_INPUT', ['expiresAt']],
    ['neither a lot nor a date', { expiresBefore: null }, 'INVALID_INPUT', ['expiresBefore']],
    ['a lot beside a customer', { lotId: 'lot_x' }, 'INVALID_INPUT', ['lotId']],
    ['an empty reason', { reason: ' ' }, 'INVALID_INPUT', ['reason']],
    ['what changes nothing', { expiresBefore: '2026-03-05T00:00:00Z' }, 'STATE_CONFLICT', ['expiresBefore']],
    ['an unknown currency', { currency: 'gems' }, 'NOT_FOUND', ['currency']],
    ['a customer who is not there', { customerId: publicId('Customer', randomUUID()) }, 'NOT_FOUND', ['customerId']],
  ])('refuses %s', async (_title, fields, code, path) => {
    const { program, whose } = await anEarner();
    const input = { ...whose, expiresBefore: '2026-04-01T00:00:00Z', expiresAt: '2026-06-01T00:00:00Z', ...fields };
    expect(await run(program, MOVE, input)).toMatchObject({ code, path });
  });

  it('refuses a lot of nothing and an empty one', async () => {
    const { program, customerId } = await anEarner();
    const move = (lotId: string) =>
      run(program, MOVE, { lotId: publicId('Lot', lotId), expiresAt: '2026-06-01T00:00:00Z', reason: 'x' });
    expect(await move(randomUUID())).toMatchObject({ code: 'NOT_FOUND', path: ['lotId'] });
    await run(program, SPEND, { customerId: publicId('Customer', customerId), amount: 143 });
    const [lot] = await deps.reads.query<{ id: string }>('select id from lot where program_id = $1', [
      program.programId,
    ]);
    expect(await move(lot?.id ?? '')).toMatchObject({ code: 'STATE_CONFLICT', path: ['lotId'] });
  });
});
