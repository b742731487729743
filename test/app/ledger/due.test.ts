import { afterEach, describe, expect, test } from 'vitest';

import { cancelLot, releaseLot } from '#app/ledger/settle-lot.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { transferPoints } from '#app/ledger/transfer-points.ts';

import { runSettleDue, settleDue } from '../../../src/jobs/settle-due.ts';
import { testDatabase } from '../../support/database.ts';
import { aCustomer, balanceAt, balanceNow, earn, expectNoOffences } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps } from '../../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const clock = (): Date => now;
const deps = testDeps(url, { clock });
const second = testDeps(url, { clock });
const program = await aProgram(deps);

afterEach(async () => {
  await runSettleDue(deps);
  await expectNoOffences(deps);
});

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

function spend(customerId: string, amount: number) {
  const input = { customer: { id: customerId, externalId: null }, currency: null, amount, reason: null };
  return spendPoints(deps, program.scope, aCommand('pointsSpend', input), input);
}

async function expiries(customerId: string): Promise<{ amount: number; effectiveAt: Date }[]> {
  return deps.reads.query<{ amount: number; effectiveAt: Date }>(
    `select amount, effective_at as "effectiveAt" from ledger_transaction where customer_id = $1 and kind = 'EXPIRE' order by id`,
    [customerId],
  );
}

describe('expiry', () => {
  test('points can be spent in the last millisecond of their validity and not at its end', async () => {
    const ann = await aCustomer(deps, program);
    const end = later(60);
    await earn(deps, program, ann, 30, { expiresAt: end });
    now = new Date(end.getTime() - 1);
    expect((await spend(ann, 10)).balance.available).toBe(20);
    now = end;
    await expect(spend(ann, 10)).rejects.toMatchObject({ code: 'INSUFFICIENT_POINTS', available: 0 });
  });

  test('points that expire at this instant are spent or expired and never both, while the job and spends race', async () => {
    const end = later(60);
    const customers = await Promise.all(Array.from({ length: 20 }, () => aCustomer(deps, program)));
    for (const customer of customers) await earn(deps, program, customer, 10, { expiresAt: end });
    now = new Date(end.getTime() - 1);
    const spends = customers.map(async (customer, index) => {
      if (index % 2 === 0) now = end;
      return spend(customer, 10).catch(() => null);
    });
    await Promise.all([...spends, runSettleDue(deps), runSettleDue(second)]);
    now = end;
    await runSettleDue(deps);
    for (const customer of customers)
      expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 0, held: 0 });
  });

  test('is written at its own instant, once, however late and by however many workers', async () => {
    const ann = await aCustomer(deps, program);
    const end = later(60);
    await earn(deps, program, ann, 30, { expiresAt: end });
    now = later(86_400);
    await Promise.all([runSettleDue(deps), runSettleDue(second), runSettleDue(deps), runSettleDue(second)]);
    expect(await expiries(ann)).toEqual([{ amount: 30, effectiveAt: end }]);
  });

  test('of one program waits for its test clock', async () => {
    const trial = await aProgram(deps, { mode: 'TEST' });
    const ann = await aCustomer(deps, trial);
    await deps.reads.query('update program set test_clock = $2 where id = $1', [trial.programId, now]);
    await earn(deps, trial, ann, 30, { expiresAt: later(60) });
    now = later(120);
    await runSettleDue(deps);
    expect((await balanceNow(deps, trial, ann)).available).toBe(30);
    await deps.reads.query('update program set test_clock = $2 where id = $1', [trial.programId, now]);
    expect((await balanceNow(deps, trial, ann)).available).toBe(0);
    await runSettleDue(deps);
    expect(await expiries(ann)).toHaveLength(1);
  });

  test('of many customers is settled in batches within the limit asked for', async () => {
    const customers = await Promise.all(Array.from({ length: 7 }, () => aCustomer(deps, program)));
    for (const customer of customers) await earn(deps, program, customer, 10, { expiresAt: later(1) });
    now = later(5);
    expect(await settleDue(deps, { limit: 3 })).toEqual({ settled: 3, failed: 0 });
    expect(await runSettleDue(deps)).toBe(4);
  });
});

describe('pending points', () => {
  test('become available at their instant, before any job has run', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 30, { pending: { availableAt: later(60), activityType: null, key: null } });
    expect(await balanceNow(deps, program, ann)).toMatchObject({ pending: 30, available: 0 });
    await expect(spend(ann, 1)).rejects.toMatchObject({ code: 'INSUFFICIENT_POINTS' });
    now = later(60);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ pending: 0, available: 30 });
    expect((await spend(ann, 30)).balance).toMatchObject({ pending: 0, available: 0 });
  });

  test('are released or cancelled by a call, once', async () => {
    const ann = await aCustomer(deps, program);
    const pending = { availableAt: null, activityType: null, key: null };
    const released = await earn(deps, program, ann, 30, { pending });
    const cancelled = await earn(deps, program, ann, 50, { pending });
    const call = (operate: typeof releaseLot, lotId: string | null, adjustmentMax: number | null = null) => {
      const input = { lotId, reason: null, adjustmentMax };
      return operate(deps, program.scope, aCommand(operate.name, input), input);
    };
    await expect(call(releaseLot, released.lotId, 29)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect((await call(releaseLot, released.lotId)).balance).toMatchObject({ pending: 50, available: 30 });
    expect((await call(cancelLot, cancelled.lotId)).balance).toMatchObject({ pending: 0, available: 30 });
    await expect(call(cancelLot, cancelled.lotId)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'EMPTY' });
    await expect(call(cancelLot, released.lotId)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'AVAILABLE' });
    await expect(call(cancelLot, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a past balance', () => {
  test('is told by effect and by record, and a late report changes only the first', async () => {
    const ann = await aCustomer(deps, program);
    const start = now;
    await earn(deps, program, ann, 100, { expiresAt: later(500) });
    now = later(100);
    await spend(ann, 30);
    now = later(100);
    await earn(deps, program, ann, 7, { effectiveAt: new Date(start.getTime() + 50_000) });
    const at = async (seconds: number, basis: 'EFFECTIVE' | 'RECORDED'): Promise<number> =>
      (await balanceAt(deps, program, ann, new Date(start.getTime() + seconds * 1_000), basis)).available;
    expect([
      await at(-1, 'EFFECTIVE'),
      await at(0, 'EFFECTIVE'),
      await at(60, 'EFFECTIVE'),
      await at(100, 'EFFECTIVE'),
    ]).toEqual([0, 100, 107, 77]);
    expect([
      await at(0, 'RECORDED'),
      await at(60, 'RECORDED'),
      await at(100, 'RECORDED'),
      await at(200, 'RECORDED'),
    ]).toEqual([100, 100, 70, 77]);
    now = new Date(start.getTime() + 1_000_000);
    expect([await at(499, 'EFFECTIVE'), await at(500, 'EFFECTIVE')]).toEqual([77, 7]);
    expect(await at(900, 'RECORDED')).toBe(77);
    await runSettleDue(deps);
    expect([await at(499, 'EFFECTIVE'), await at(500, 'EFFECTIVE'), await at(900, 'RECORDED')]).toEqual([77, 7, 77]);
    await expect(balanceAt(deps, program, ann, later(1), 'EFFECTIVE')).rejects.toMatchObject({ path: ['asOf'] });
  });
});

describe('a transfer', () => {
  function transfer(from: string, to: string, amount: number) {
    const input = {
      from: { id: from, externalId: null },
      to: { id: to, externalId: null },
      currency: null,
      amount,
      reason: null,
    };
    return transferPoints(deps, program.scope, aCommand('pointsTransfer', input), input);
  }

  test('keeps the expiry of every lot', async () => {
    const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
    await earn(deps, program, ann, 30, { expiresAt: later(60) });
    await earn(deps, program, ann, 50);
    const { from, to } = await transfer(ann, bob, 40);
    expect([from.available, to.available]).toEqual([40, 40]);
    now = later(60);
    expect((await balanceNow(deps, program, bob)).available).toBe(10);
    expect((await balanceNow(deps, program, ann)).available).toBe(40);
  });

  test('to oneself, from and to who is blocked or has left, and of too much is refused', async () => {
    const [ann, blocked, left] = [
      await aCustomer(deps, program),
      await aCustomer(deps, program, 'BLOCKED'),
      await aCustomer(deps, program, 'LEFT'),
    ];
    await earn(deps, program, ann, 10);
    await earn(deps, program, blocked, 10);
    await expect(transfer(ann, ann, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: ['toCustomerId'] });
    await expect(transfer(ann, left, 1)).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'LEFT',
      path: ['toCustomerId'],
    });
    await expect(transfer(blocked, ann, 1)).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'BLOCKED',
      path: ['fromCustomerId'],
    });
    await expect(transfer(ann, await aCustomer(deps, program), 11)).rejects.toMatchObject({
      code: 'INSUFFICIENT_POINTS',
    });
  });
});
