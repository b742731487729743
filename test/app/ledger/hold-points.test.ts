import { afterEach, describe, expect, test } from 'vitest';

import { captureHold } from '#app/ledger/capture-hold.ts';
import { holdPoints } from '#app/ledger/hold-points.ts';
import { releaseHold } from '#app/ledger/release-hold.ts';

import { runSettleDue } from '../../../src/jobs/settle-due.ts';
import { testDatabase } from '../../support/database.ts';
import { aCustomer, balanceNow, earn, expectNoOffences } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps } from '../../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const deps = testDeps(url, { clock: () => now });
const program = await aProgram(deps);

afterEach(async () => {
  await runSettleDue(deps);
  await expectNoOffences(deps);
});

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

function hold(customerId: string, amount: number, terms: { expiresAt?: Date; ttlSeconds?: number } = {}) {
  const input = {
    customer: { id: customerId, externalId: null },
    currency: null,
    amount,
    expiresAt: terms.expiresAt ?? null,
    ttlSeconds: terms.ttlSeconds ?? null,
    reason: 'a reward',
  };
  return holdPoints(deps, program.scope, aCommand('pointsHold', input), input);
}

function capture(holdId: string, amount: number | null, releaseRest = false) {
  const input = { holdId, amount, releaseRest, reason: null };
  return captureHold(deps, program.scope, aCommand('holdCapture', input), input);
}

function release(holdId: string) {
  const input = { holdId, reason: null };
  return releaseHold(deps, program.scope, aCommand('holdRelease', input), input);
}

describe('a hold', () => {
  test('sets points aside, is captured in part, keeps the rest and gives it back', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const { holdId, balance } = await hold(ann, 60);
    expect(balance).toMatchObject({ available: 40, held: 60 });
    expect((await capture(holdId, 25)).balance).toMatchObject({ available: 40, held: 35 });
    expect((await release(holdId)).balance).toMatchObject({ available: 75, held: 0 });
    await expect(capture(holdId, 1)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'RELEASED' });
    await expect(release(holdId)).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  test('gives the rest back with the capture when asked to', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const { holdId } = await hold(ann, 60);
    expect((await capture(holdId, 10, true)).balance).toMatchObject({ available: 90, held: 0 });
    await expect(release(holdId)).rejects.toMatchObject({ state: 'CAPTURED' });
  });

  test('is captured whole when no amount is named, and never beyond what it holds', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const { holdId } = await hold(ann, 60);
    await expect(capture(holdId, 61)).rejects.toMatchObject({ code: 'INSUFFICIENT_POINTS', needed: 61, available: 60 });
    expect((await capture(holdId, null)).balance).toMatchObject({ available: 40, held: 0 });
  });

  test('of 20 captures of 10 at the same time from a hold of 100, 10 pass', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const { holdId } = await hold(ann, 100);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => capture(holdId, 10)));
    expect(results.filter((result) => result.status === 'fulfilled').length).toBe(10);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 0, held: 0 });
  });

  test('times out at its instant: readers see it before any job has run, and a capture is refused', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const { holdId } = await hold(ann, 60, { ttlSeconds: 60 });
    now = later(59);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 40, held: 60 });
    now = later(1);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 100, held: 0 });
    await expect(capture(holdId, 1)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'EXPIRED' });
    expect(await runSettleDue(deps)).toBeGreaterThan(0);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 100, held: 0 });
  });

  test('keeps its points past their expiry; given back, they expire at that instant', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100, { expiresAt: later(60) });
    const { holdId } = await hold(ann, 70, { ttlSeconds: 3_600 });
    now = later(120);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 0, held: 70 });
    expect((await capture(holdId, 20)).balance).toMatchObject({ available: 0, held: 50 });
    expect((await release(holdId)).balance).toMatchObject({ available: 0, held: 0 });
  });

  test.each([
    [{ ttlSeconds: 0 }, 'ttlSeconds'],
    [{ ttlSeconds: 30 * 86_400 + 1 }, 'ttlSeconds'],
    [{ expiresAt: new Date('2020-01-01T00:00:00Z') }, 'expiresAt'],
    [{ expiresAt: new Date('2030-01-01T00:00:00Z') }, 'expiresAt'],
    [{ expiresAt: new Date('2026-03-02T00:00:00Z'), ttlSeconds: 5 }, 'ttlSeconds'],
  ])('refuses the time-out %o', async (terms, field) => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 10);
    await expect(hold(ann, 5, terms)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: [field] });
  });
});
