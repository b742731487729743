import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { closeDays } from '#app/economy/close-days.ts';
import { readEconomy, type Economy } from '#app/economy/read-economy.ts';
import { adjustPoints } from '#app/ledger/adjust-points.ts';
import { captureHold } from '#app/ledger/capture-hold.ts';
import { holdPoints } from '#app/ledger/hold-points.ts';
import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { cancelLot } from '#app/ledger/settle-lot.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { transferPoints } from '#app/ledger/transfer-points.ts';
import { closingOf } from '#domain/economy/roll-forward.ts';
import { UserError } from '#domain/errors.ts';
import { localDay } from '#domain/time.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { closeDaysOfAll } from '#src/jobs/close-days.ts';
import { runSettleDue } from '#src/jobs/settle-due.ts';
import { listClosingPrograms, readMonthSums } from '#storage/ledger-day-store.ts';

import { testDatabase } from '../../support/database.ts';
import { aCustomer, earn } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../../support/program.ts';

const { url } = await testDatabase();
const START = Date.parse('2026-03-06T12:00:00Z');
const HOUR = 3_600_000;
let now = new Date(START);
const deps = testDeps(url, { clock: () => now });
/** Its clocks go forward on 8 March 2026. */
const ZONE = 'America/New_York';

async function economyOf(
  program: TestProgram,
  from: string,
  to: string,
  basis: 'RECORDED' | 'EFFECTIVE' = 'RECORDED',
): Promise<Economy> {
  const catalogue = await deps.catalogues.current(program.programId);
  return readEconomy(deps, catalogue, { currencyId: program.currencyId, from, to, basis });
}

async function close(program: TestProgram): Promise<Date | null> {
  const found = (await listClosingPrograms(deps.reads)).find(({ programId }) => programId === program.programId);
  return found === undefined ? null : closeDays(deps, found);
}

const KINDS = [
  'earn',
  'late',
  'pending',
  'spend',
  'hold',
  'capture',
  'cancel',
  'reverse',
  'transfer',
  'adjust',
  'settle',
  'close',
] as const;
type Step = { kind: (typeof KINDS)[number]; customer: number; amount: number; choice: number; hours: number };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  customer: fc.nat(1),
  amount: fc.integer({ min: 1, max: 60 }),
  choice: fc.nat(1_000),
  hours: fc.integer({ min: 0, max: 9 }),
});

async function take(
  program: TestProgram,
  customers: readonly [string, string],
  { kind, customer, amount, choice }: Step,
): Promise<unknown> {
  const { scope } = program;
  const id = customers[customer === 0 ? 0 : 1];
  const points = { customer: { id, externalId: null }, currency: null, amount, reason: null };
  const limitless = { reason: 'random', adjustmentMax: null };
  const command = <Input>(input: Input) => [aCommand(kind, input, randomUUID()), input] as const;
  const in20Hours = new Date(now.getTime() + 20 * HOUR);
  const some = async (table: 'lot' | 'hold' | 'ledger_transaction'): Promise<string | null> => {
    const rows = await deps.reads.query<{ id: string }>(
      `select id from ${table} where program_id = $1 order by id desc limit 9`,
      [program.programId],
    );
    return rows[choice % Math.max(1, rows.length)]?.id ?? null;
  };
  switch (kind) {
    case 'earn':
      return earn(deps, program, id, amount, choice % 2 === 0 ? { expiresAt: in20Hours } : {});
    case 'late':
      return earn(deps, program, id, amount, { effectiveAt: new Date(now.getTime() - (choice % 100) * HOUR) });
    case 'pending':
      return earn(deps, program, id, amount, {
        pending: { availableAt: choice % 2 === 0 ? in20Hours : null, activityType: null, key: null },
      });
    case 'spend':
      return spendPoints(deps, scope, ...command(points));
    case 'hold':
      return holdPoints(deps, scope, ...command({ ...points, expiresAt: in20Hours, ttlSeconds: null }));
    case 'capture':
      return captureHold(
        deps,
        scope,
        ...command({ holdId: await some('hold'), amount, releaseRest: false, reason: null }),
      );
    case 'cancel':
      return cancelLot(deps, scope, ...command({ ...limitless, lotId: await some('lot') }));
    case 'reverse':
      return reverseTransaction(
        deps,
        scope,
        ...command({ ...limitless, transactionId: await some('ledger_transaction') }),
      );
    case 'transfer':
      return transferPoints(
        deps,
        scope,
        ...command({
          from: points.customer,
          to: { id: customers[customer === 0 ? 1 : 0], externalId: null },
          currency: null,
          amount,
          reason: null,
        }),
      );
    case 'adjust':
      return adjustPoints(
        deps,
        scope,
        ...command({ ...points, ...limitless, amount: choice % 2 === 0 ? amount : -amount, expiresAt: null }),
      );
    case 'settle':
      return runSettleDue(deps);
    case 'close':
      return close(program);
  }
}

/** What customers had at the end of each day, counted from single entries. */
async function countedClosings(
  program: TestProgram,
  column: 'recorded_at' | 'effective_at',
): Promise<Map<string, number[]>> {
  const entries = await deps.reads.query<{ at: Date; bucket: string; amount: number }>(
    `select ${column} as at, bucket, amount from ledger_entry where program_id = $1 and seq is not null order by 1`,
    [program.programId],
  );
  const sums = [0, 0, 0];
  const closings = new Map<string, number[]>();
  for (const { at, bucket, amount } of entries) {
    const place = ['PENDING', 'AVAILABLE', 'HELD'].indexOf(bucket);
    sums[place] = (sums[place] ?? 0) + amount;
    closings.set(localDay(at, ZONE), [...sums]);
  }
  return closings;
}

test(
  'the identity holds to the point on every day of any history, whenever days close',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 45 }), async (steps) => {
        now = new Date(START);
        const program = await aProgram(deps, { timeZone: ZONE, policies: { clawbackPolicy: 'UNLIMITED' } });
        const customers = [await aCustomer(deps, program), await aCustomer(deps, program)] as const;
        await earn(deps, program, customers[0], 200);
        for (const each of steps) {
          try {
            await take(program, [...customers], each);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
          now = new Date(now.getTime() + each.hours * HOUR);
        }
        for (const basis of ['RECORDED', 'EFFECTIVE'] as const) {
          const counted = await countedClosings(program, basis === 'RECORDED' ? 'recorded_at' : 'effective_at');
          const economy = await economyOf(program, '2026-03-01', localDay(now, ZONE), basis);
          let closing = economy.opening;
          let last = [closing.pending, closing.available, closing.held];
          for (const day of economy.days) {
            expect(day.opening).toEqual(closing);
            expect(closingOf(day.opening.total, day.flows)).toBe(day.closing.total);
            last = counted.get(day.day) ?? last;
            expect([day.closing.pending, day.closing.available, day.closing.held]).toEqual(last);
            ({ closing } = day);
          }
          expect(closingOf(0, economy.toDate)).toBe(closing.total);
        }
        const errors = (await checkInvariants(deps.reads, program.programId)).filter(
          ({ severity }) => severity === 'ERROR',
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  },
);

test('every movement falls under its kind, and nothing else', async () => {
  now = new Date('2026-02-03T12:00:00Z');
  const program = await aProgram(deps);
  const { scope } = program;
  const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
  const customer = { id: ann, externalId: null };
  const call = <Input>(input: Input) => [aCommand('call', input, randomUUID()), input] as const;
  const points = { customer, currency: null, reason: 'why' };
  const undo = (transactionId: string | null) =>
    reverseTransaction(deps, scope, ...call({ transactionId, reason: 'undone', adjustmentMax: null }));
  await earn(deps, program, ann, 1_000);
  await undo((await earn(deps, program, ann, 90)).transactionId);
  const { lotId } = await earn(deps, program, ann, 70, {
    pending: { availableAt: null, activityType: null, key: null },
  });
  await cancelLot(deps, scope, ...call({ lotId, reason: 'no', adjustmentMax: null }));
  await spendPoints(deps, scope, ...call({ ...points, amount: 200 }));
  await undo((await spendPoints(deps, scope, ...call({ ...points, amount: 40 }))).transactionId);
  const soon = { expiresAt: new Date(now.getTime() + HOUR), ttlSeconds: null };
  const { holdId } = await holdPoints(deps, scope, ...call({ ...points, ...soon, amount: 30 }));
  await captureHold(deps, scope, ...call({ holdId, amount: 25, releaseRest: true, reason: null }));
  await adjustPoints(deps, scope, ...call({ ...points, amount: 11, expiresAt: null, adjustmentMax: null }));
  await adjustPoints(deps, scope, ...call({ ...points, amount: -7, expiresAt: null, adjustmentMax: null }));
  await transferPoints(
    deps,
    scope,
    ...call({ from: customer, to: { id: bob, externalId: null }, currency: null, amount: 60, reason: null }),
  );
  await earn(deps, program, bob, 13, { expiresAt: new Date(now.getTime() + HOUR) });
  now = new Date(now.getTime() + 2 * HOUR);
  await runSettleDue(deps);
  const { flows, closing } = await economyOf(program, '2026-02-03', '2026-02-03');
  expect(flows).toMatchObject({
    issued: 1_173,
    issueReversed: 90,
    redeemed: 265,
    redemptionReversed: 40,
    expired: 13,
    forfeited: 70,
    adjustedUp: 11,
    adjustedDown: 7,
    transferred: 60,
  });
  expect(closing).toEqual({ total: 779, pending: 0, available: 779, held: 0 });
});

describe('a closed day', async () => {
  now = new Date('2026-03-06T12:00:00Z');
  const program = await aProgram(deps, { timeZone: ZONE });
  const customer = await aCustomer(deps, program);
  await earn(deps, program, customer, 100);
  now = new Date('2026-03-07T04:59:00Z');
  await earn(deps, program, customer, 10);
  now = new Date('2026-03-07T05:04:00Z');
  const early = await close(program);
  const opened = (await economyOf(program, '2026-03-06', '2026-03-06')).closedThrough;
  now = new Date('2026-03-07T05:05:00Z');
  const closed = await close(program);
  await earn(deps, program, customer, 7, { effectiveAt: new Date('2026-03-06T15:00:00Z') });

  test('closes five minutes after the midnight of the program’s zone', async () => {
    now = new Date('2026-03-07T05:30:00Z');
    expect(early?.toISOString()).toBe('2026-03-07T04:59:00.000Z');
    expect(opened).toBe('2026-03-05');
    expect(closed?.toISOString()).toBe('2026-03-07T05:00:00.000Z');
    expect((await economyOf(program, '2026-03-06', '2026-03-07')).closedThrough).toBe('2026-03-06');
  });

  test('keeps its figures when something of it is recorded later, which its effect shows all the same', async () => {
    now = new Date('2026-03-07T05:30:00Z');
    const recorded = await economyOf(program, '2026-03-06', '2026-03-07');
    expect(recorded.days.map(({ flows }) => flows.issued)).toEqual([110, 7]);
    const effective = await economyOf(program, '2026-03-06', '2026-03-07', 'EFFECTIVE');
    expect(effective.days.map(({ flows }) => flows.issued)).toEqual([117, 0]);
    expect(recorded).toMatchObject({ partial: true, closing: { total: 117, available: 117 } });
  });

  test('is not written twice by two workers at once, and cannot be changed', async () => {
    now = new Date('2026-03-09T12:00:00Z');
    await Promise.all([closeDaysOfAll(deps), closeDaysOfAll(deps), close(program)]);
    expect((await economyOf(program, '2026-03-06', '2026-03-08')).days.map(({ closing }) => closing.total)).toEqual([
      110, 117, 117,
    ]);
    await expect(deps.reads.query('update ledger_day set moved = 0')).rejects.toThrow('never changes');
  });

  test('stays what it is when the program moves to another zone, where it is not over yet', async () => {
    now = new Date('2026-03-08T12:00:00Z');
    const moving = await aProgram(deps, { timeZone: ZONE });
    const mover = await aCustomer(deps, moving);
    await earn(deps, moving, mover, 100);
    now = new Date('2026-03-09T04:10:00Z');
    await close(moving);
    await deps.reads.query(
      "update program set time_zone = 'Pacific/Honolulu', catalogue_version = catalogue_version + 1 where id = $1",
      [moving.programId],
    );
    await earn(deps, moving, mover, 3);
    now = new Date('2026-03-10T12:00:00Z');
    const closings = async (): Promise<number[]> =>
      (await economyOf(moving, '2026-03-08', '2026-03-09')).days.map(({ closing }) => closing.total);
    expect(await closings()).toEqual([100, 103]);
    await close(moving);
    expect(await closings()).toEqual([100, 103]);
    expect(await checkInvariants(deps.reads, moving.programId)).toEqual([]);
  });

  test('waits for a transaction that was open at its end', async () => {
    const other = await aProgram(deps);
    const client = await deps.postgres.connect();
    await client.query('begin');
    now = new Date(Date.now() + 3 * 86_400_000);
    const found = (await listClosingPrograms(deps.reads)).find(({ programId }) => programId === other.programId);
    const until = await closeDays(deps, found ?? { programId: '', timeZone: 'UTC', closedUntil: null });
    expect(until?.getTime()).toBeLessThanOrEqual(Date.now());
    await client.query('rollback');
    client.release();
  });

  test('never comes for a TEST program, whose clock may go back', async () => {
    const trial = await aProgram(deps, { mode: 'TEST' });
    expect((await listClosingPrograms(deps.reads)).some(({ programId }) => programId === trial.programId)).toBe(false);
  });
});

describe('points by month of issue', async () => {
  now = new Date('2026-01-10T12:00:00Z');
  const program = await aProgram(deps);
  const customer = await aCustomer(deps, program);
  await earn(deps, program, customer, 100);
  const spend = (amount: number) => {
    const input = { customer: { id: customer, externalId: null }, currency: null, amount, reason: null };
    return spendPoints(deps, program.scope, aCommand('pointsSpend', input), input);
  };
  now = new Date('2026-02-10T12:00:00Z');
  await earn(deps, program, customer, 50);
  await spend(30);
  now = new Date('2026-03-10T12:00:00Z');
  const { transactionId } = await spend(90);
  now = new Date('2026-04-10T12:00:00Z');
  const wanted = { programId: program.programId, currencyId: program.currencyId, timeZone: 'UTC' };
  const sums = async (to: string): Promise<string[]> =>
    (await readMonthSums(deps.reads, { ...wanted, to })).rows
      .map(({ issuedIn, movedIn, movement, points }) => `${issuedIn} ${movement} ${movedIn} ${points}`)
      .toSorted();
  const expected = [
    '2026-01 ISSUE 2026-01 100',
    '2026-01 REDEEM 2026-02 30',
    '2026-01 REDEEM 2026-03 70',
    '2026-02 ISSUE 2026-02 50',
    '2026-02 REDEEM 2026-03 20',
  ];

  test('follow the lots that redemptions drew on, open and closed days alike', async () => {
    now = new Date('2026-04-10T12:00:00Z');
    expect(await sums('2026-04-10')).toEqual(expected);
    expect(await sums('2026-02-28')).toEqual(expected.filter((line) => !line.includes('2026-03')));
    await close(program);
    expect(await sums('2026-04-10')).toEqual(expected);
  });

  test('shrink a month of redemptions by what was given back of it later', async () => {
    now = new Date('2026-04-10T12:00:00Z');
    const input = { transactionId, reason: 'wrong', adjustmentMax: null };
    await reverseTransaction(deps, program.scope, aCommand('ledgerReverse', input), input);
    expect(await sums('2026-04-10')).toEqual(expected.filter((line) => !line.includes('2026-03')));
    expect((await economyOf(program, '2026-03-01', '2026-04-10')).flows).toMatchObject({
      redeemed: 90,
      redemptionReversed: 90,
    });
  });
});
