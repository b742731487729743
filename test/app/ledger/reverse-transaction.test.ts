import { afterEach, describe, expect, test } from 'vitest';

import { adjustPoints } from '#app/ledger/adjust-points.ts';
import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import type { ClawbackPolicy } from '#domain/program/program.ts';

import { runSettleDue } from '../../../src/jobs/settle-due.ts';
import { testDatabase } from '../../support/database.ts';
import { aCustomer, balanceNow, earn, expectNoOffences } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const deps = testDeps(url, { clock: () => now });
const program = await aProgram(deps);

afterEach(async () => {
  await runSettleDue(deps);
  await expectNoOffences(deps);
});

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const PENDING = { availableAt: null, activityType: null, key: null };

function spend(customerId: string, amount: number, of: TestProgram = program) {
  const input = { customer: { id: customerId, externalId: null }, currency: null, amount, reason: null };
  return spendPoints(deps, of.scope, aCommand('pointsSpend', input), input);
}

function adjust(
  customerId: string,
  amount: number,
  adjustmentMax: number | null = null,
  expiresAt: Date | null = null,
) {
  const input = {
    customer: { id: customerId, externalId: null },
    currency: null,
    amount,
    reason: 'goodwill',
    expiresAt,
    adjustmentMax,
  };
  return adjustPoints(deps, program.scope, aCommand('pointsAdjust', input), input);
}

function reverse(transactionId: string | null, of: TestProgram = program, adjustmentMax: number | null = null) {
  const input = { transactionId, reason: 'a mistake', adjustmentMax };
  return reverseTransaction(deps, of.scope, aCommand('ledgerTransactionReverse', input), input);
}

async function programWith(policy: ClawbackPolicy): Promise<TestProgram> {
  return aProgram(deps, { policies: { clawbackPolicy: policy } });
}

describe('undoing a spending', () => {
  test('puts the points back into their lots with their old expiry', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 30, { expiresAt: later(600) });
    await earn(deps, program, ann, 50);
    const { transactionId } = await spend(ann, 40);
    expect((await reverse(transactionId)).balance.available).toBe(80);
    now = later(600);
    expect((await balanceNow(deps, program, ann)).available).toBe(50);
  });

  test('lets points whose expiry has passed expire at once', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 30, { expiresAt: later(60) });
    const { transactionId } = await spend(ann, 30);
    now = later(61);
    const undone = await reverse(transactionId);
    expect(undone).toMatchObject({ reversed: 30, uncollected: 0 });
    expect(undone.balance.available).toBe(0);
  });

  test('happens once: of 20 reversals at the same time one passes and 19 say that it is reversed', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 30);
    const { transactionId } = await spend(ann, 30);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => reverse(transactionId)));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(refusals.length).toBe(19);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'STATE_CONFLICT', state: 'REVERSED' });
    expect((await balanceNow(deps, program, ann)).available).toBe(30);
  });
});

describe('undoing an earning whose points are spent', () => {
  test.each([
    ['UNLIMITED', { reversed: 100, uncollected: 0, available: -70 }],
    ['TO_ZERO', { reversed: 30, uncollected: 70, available: 0 }],
    ['PENDING_ONLY', { reversed: 0, uncollected: 100, available: 30 }],
  ] as const)('under the policy %s takes %o', async (policy, { available, ...taken }) => {
    const own = await programWith(policy);
    const ann = await aCustomer(deps, own);
    const { transactionId } = await earn(deps, own, ann, 100);
    await spend(ann, 70, own);
    const undone = await reverse(transactionId, own);
    expect(undone).toMatchObject(taken);
    expect(undone.balance.available).toBe(available);
    await expect(reverse(transactionId, own)).rejects.toMatchObject({ state: 'REVERSED' });
  });

  test('leaves a debt that the next credit pays first', async () => {
    const own = await programWith('UNLIMITED');
    const ann = await aCustomer(deps, own);
    const { transactionId } = await earn(deps, own, ann, 100);
    await spend(ann, 100, own);
    await reverse(transactionId, own);
    await earn(deps, own, ann, 30);
    expect((await balanceNow(deps, own, ann)).available).toBe(-70);
    await expect(spend(ann, 1, own)).rejects.toMatchObject({ code: 'INSUFFICIENT_POINTS', available: -70 });
    await earn(deps, own, ann, 100);
    expect((await spend(ann, 30, own)).balance.available).toBe(0);
  });

  test('takes pending points under every policy', async () => {
    const own = await programWith('PENDING_ONLY');
    const ann = await aCustomer(deps, own);
    const { transactionId } = await earn(deps, own, ann, 100, { pending: PENDING });
    expect(await reverse(transactionId, own)).toMatchObject({ reversed: 100, uncollected: 0, balance: { pending: 0 } });
  });

  test('does not take points a second time that have expired', async () => {
    const own = await programWith('UNLIMITED');
    const ann = await aCustomer(deps, own);
    await earn(deps, own, ann, 500);
    const { transactionId } = await earn(deps, own, ann, 100, { expiresAt: later(60) });
    await spend(ann, 40, own);
    now = later(61);
    expect(await reverse(transactionId, own)).toMatchObject({
      reversed: 40,
      uncollected: 60,
      balance: { available: 460 },
    });
  });
});

describe('what cannot be undone', () => {
  test('a reversal, an expiry and an unknown transaction are refused', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 30);
    const { transactionId } = await spend(ann, 30);
    const undone = await reverse(transactionId);
    await expect(reverse(undone.transactionId)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'REVERSE' });
    await expect(reverse(null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(reverse(transactionId, await aProgram(deps))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a manual adjustment', () => {
  test('gives a lot with its own expiry, takes no more than there is, and is undone like anything else', async () => {
    const ann = await aCustomer(deps, program);
    const given = await adjust(ann, 100, null, later(600));
    expect(given.balance.available).toBe(100);
    await expect(adjust(ann, -101)).rejects.toMatchObject({ code: 'INSUFFICIENT_POINTS' });
    const taken = await adjust(ann, -30);
    expect((await reverse(taken.transactionId)).balance.available).toBe(100);
    expect((await reverse(given.transactionId)).balance.available).toBe(0);
  });

  test('is bounded by what its actor may move, up and down', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 500);
    await expect(adjust(ann, 101, 100)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 100 });
    await expect(adjust(ann, -101, 100)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 100 });
    expect((await adjust(ann, -100, 100)).balance.available).toBe(400);
    await expect(adjust(ann, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: ['amount'] });
  });
});
