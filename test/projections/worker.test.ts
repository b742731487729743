import { makeWorkerUtils } from 'graphile-worker';
import { afterAll, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { startWorker } from '#src/worker.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen } from '../support/leaderboard.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });

const worker = await startWorker(deps);
afterAll(() => worker.stop());

const scheduled = (): Promise<{ identifier: string }[]> =>
  deps.reads
    .query<{ identifier: string }>('select identifier from graphile_worker._private_known_crontabs order by 1')
    .catch(() => []);

it('registers its schedule, forgets old outcomes, mends a board that drifted, and stops when asked', async () => {
  await until(scheduled, (rows) => rows.some(({ identifier }) => identifier === 'check-drift'));
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const [customer] = await someCustomers(deps, program, 1);
  const report = aPurchase(customer!);
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const season = await seasonIn(deps, program, board);
  await viewWhen(deps, season, (view) => view.state === 'LIVE' && view.size === 1);

  // What nothing of Laurel does: the record changes behind the relay's back.
  await deps.postgres.query('update leaderboard_entry set score = 77, version = version + 1 where season_id = $1', [
    season.id,
  ]);
  await deps.postgres.query("update idempotency set created_at = created_at - interval '3 days'");
  const utils = await makeWorkerUtils({ connectionString: url });
  await utils.addJob('check-drift', {});
  await utils.addJob('delete-old-outcomes', {});
  await utils.addJob('check-invariants', {});
  await utils.addJob('ensure-partitions', {});
  await utils.release();
  await viewWhen(deps, season, (view) => view.state === 'LIVE' && view.windows[0]?.[0]?.score === 77);
  await until(
    () => deps.reads.query('select from idempotency'),
    (rows) => rows.length === 0,
  );
  await until(
    () => deps.reads.query('select from graphile_worker._private_jobs'),
    (rows) => rows.length === 0,
  );
  expect((await deps.boards.check(season)).drift).toBe(0);

  const started = performance.now();
  await worker.stop();
  expect(performance.now() - started).toBeLessThan(20_000);
});
