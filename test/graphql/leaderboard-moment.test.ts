import { expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aCommand, asOwner, execute, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
// Nothing fills the ranked copy here: every answer comes from the record, and is shared for half a second.
const deps = testDeps(url, { redisUrl });

const TOP = 'query ($code: String!) { leaderboard(code: $code) { top { score } } }';
const WITH_INSTANT = 'query ($code: String!) { leaderboard(code: $code) { state asOf entryCount top { score } } }';

it('never says that rows are newer than they are, and counts them as of the same instant', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const [first = '', second = ''] = await someCustomers(deps, program, 2);
  const buy = async (customerId: string): Promise<void> => {
    const reports = [aPurchase(customerId)];
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
  };
  await buy(first);
  await execute(deps, asOwner(program), TOP, { code: board.code });
  await buy(second);
  const trackedAt = Date.now();

  type Reading = { leaderboard: { state: string; asOf: string | Date; entryCount: number; top: object[] } };
  const { data } = await execute<Reading>(deps, asOwner(program), WITH_INSTANT, { code: board.code });
  const { state, asOf, entryCount, top } = data!.leaderboard;
  expect(state).not.toBe('LIVE');
  expect(entryCount).toBe(top.length);
  expect(new Date(asOf).getTime() >= trackedAt).toBe(top.length === 2);
});
