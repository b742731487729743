import { expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { buy, moveTo, planSeasons, runOf, somePrizes } from '../support/season.ts';
import { aStreak } from '../support/streak.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aShop(deps, { mode: 'TEST' });
const [customer = ''] = await someCustomers(deps, program, 1);
const purchaseAt = async (instant: string): Promise<void> => {
  await moveTo(deps, program, instant);
  await buy(deps, program, [{ customerId: customer, amount: 7, at: instant }]);
};

const answer = async <Answer>(...args: string[]): Promise<Answer> => {
  const { exitCode, stdout, stderr } = await laurel([...args, '--json'], url);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
};

test('an operator moves seasons on, lists them, and has a sealed one proven, or told that it differs', async () => {
  await moveTo(deps, program, '2026-11-18T12:00:00Z');
  const board = await aLeaderboard(deps, program, { period: 'DAY', code: 'daily' });
  await planSeasons(deps, program, board, { graceMinutes: 0, prizes: somePrizes([5]), currentToo: true });
  await purchaseAt('2026-11-18T13:00:00Z');
  await deps.reads.query(
    "update program set test_clock = '2026-11-19T00:00:00Z', catalogue_version = catalogue_version + 1",
  );
  expect(await answer('season', 'settle')).toEqual({ steps: expect.any(Number) });
  const { id, standingHash } = await runOf(deps, program, board, '2026-11-18');
  const seasons = await answer<object[]>('season', 'list', 'daily');
  expect(seasons).toContainEqual({
    ...{ id: publicId('Season', id), key: '2026-11-18', state: 'SETTLED', ranked: 1, hash: standingHash },
    ...{
      startsAt: '2026-11-18T00:00:00.000Z',
      endsAt: '2026-11-19T00:00:00.000Z',
      lateUntil: '2026-11-19T00:00:00.000Z',
    },
  });
  const proof = { key: '2026-11-18', isProven: true, count: 1, recomputedCount: 1, recomputedHash: standingHash };
  expect(await answer('season', 'verify', board.publicId)).toMatchObject([proof]);
  expect(await answer('season', 'settle')).toEqual({ steps: 0 });

  await deps.reads.query("update season set standing_hash = decode(repeat('00', 32), 'hex') where id = $1", [id]);
  const differs = await laurel(['season', 'verify', 'daily', '2026-11-18'], url);
  expect(differs).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('DIFFERS') });
  expect((await laurel(['season', 'verify', 'daily', '2026-11-19'], url)).exitCode).toBe(1);
  expect((await laurel(['season', 'list', 'nothing'], url)).exitCode).toBe(1);
});

test('an operator sees a customer’s streaks, does what is due on them, and takes a break back', async () => {
  await moveTo(deps, program, '2026-12-01T12:00:00Z');
  await publishSet(deps, program, { earningRules: [PURCHASE_RULE], streaks: [aStreak({ restoreDays: 9 })] });
  for (const day of ['01', '02']) await purchaseAt(`2026-12-${day}T13:00:00Z`);
  const listed = async (): Promise<unknown> => (await answer<{ streaks: unknown }>('streak', 'list', 'c1')).streaks;
  expect(await listed()).toEqual([
    {
      streak: 'daily',
      state: 'ACTIVE',
      current: '2',
      longest: '2',
      freezes: '0',
      zone: 'UTC',
      deadline: '2026-12-04T00:00:00.000Z',
    },
  ]);
  await moveTo(deps, program, '2026-12-05T12:00:00Z');
  expect(await answer('streak', 'judge')).toEqual({ judged: 1 });
  expect(await listed()).toMatchObject([{ state: 'BROKEN', current: '0', longest: '2' }]);
  expect(await answer('streak', 'restore', 'c1', 'daily', '--reason', 'Snow')).toEqual({
    ...{ customerId: publicId('Customer', customer), streak: 'daily' },
  });
  expect(await listed()).toMatchObject([{ current: '2', longest: '2' }]);
  const again = await laurel(['streak', 'restore', 'c1', 'daily', '--json'], url);
  expect(again.exitCode).toBe(1);
  expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'STATE_CONFLICT' } });
  expect((await laurel(['streak', 'restore', 'c1', 'nothing'], url)).exitCode).toBe(1);
});
