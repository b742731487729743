import { afterAll, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { createBoardStore } from '#redis/leaderboard-store.ts';
import { rebuildLeaderboards } from '#src/jobs/rebuild-leaderboards.ts';
import { boardOf } from '#src/projections/rebuild.ts';
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
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(view.windows[0]?.map((row) => [row.customerId, row.rank, row.score])).toEqual([
    [b, 1, 25],
    [a, 2, 21],
  ]);
  await until(
    () => deps.reads.query('select from outbox'),
    (rows) => rows.length === 0,
  );
});

it('builds the copy of a new season though nobody reads it', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const [a] = await someCustomers(deps, program, 1);
  await track(program, [a!, '7']);
  const season = await seasonIn(deps, program, board);
  const store = createBoardStore(deps.redis);
  await until(
    () => store.read(boardOf(season), []),
    (reading) => reading.status === 'LIVE' && reading.size === 1,
  );
});

it('rebuilds every season on demand, beside the live ones, and says how far it is', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program, { period: 'MONTH' });
  const customers = await someCustomers(deps, program, 3);
  for (const month of [1, 2, 3]) {
    const reports = customers.map((customer) =>
      aPurchase(customer, { occurredAt: new Date(Date.UTC(2026, month, 1)) }),
    );
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
  }
  const seen: string[] = [];
  const report = await rebuildLeaderboards(deps, { programId: program.programId }, (season, loaded, expected) =>
    seen.push(`${season.key} ${loaded}/${expected}`),
  );
  // A season that the relay is rebuilding at this very moment is left to it.
  expect(report.seasons + report.busy).toBe(3);
  expect(report.entries).toBe(report.seasons * 3);
  expect(seen).toHaveLength(report.seasons);
  for (const key of ['2026-02', '2026-03', '2026-04']) {
    const season = await seasonIn(deps, program, board, key);
    await viewWhen(deps, season, (view) => view.state === 'LIVE' && view.size === 3);
    expect(await deps.boards.check(season)).toMatchObject({ drift: 0 });
  }
});
