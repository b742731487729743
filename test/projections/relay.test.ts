import { afterAll, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen } from '../support/leaderboard.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

async function track(program: TestProgram, ...purchases: [string, string][]): Promise<void> {
  const reports = purchases.map(([customerId, amount]) => aPurchase(customerId, { properties: { amount } }));
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

it('brings a score to the ranked copy within a second, and forgets the events', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const [a, b] = await someCustomers(deps, program, 2);
  await track(program, [a!, '10.50'], [b!, '20'], [a!, '11']);
  const season = await seasonIn(deps, program, board);
  await viewWhen(deps, season, (view) => view.state === 'LIVE' && view.size === 2);
  await track(program, [b!, '5']);
  const started = performance.now();
  const view = await viewWhen(deps, season, (now) => now.state === 'LIVE' && now.windows[0]?.[0]?.score === 25);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(view.windows[0]?.map((row) => [row.customerId, row.rank, row.score])).toEqual([
    [b, 1, 25],
    [a, 2, 21],
  ]);
  await until(
    () => deps.reads.query('select from outbox'),
    (rows) => rows.length === 0,
  );
});
