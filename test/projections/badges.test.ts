import { afterAll, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { giveBadge, revokeBadge, showBadge } from '#app/badge/give.ts';
import { createBadgeStore } from '#redis/badge-store.ts';
import { countDrift } from '#src/projections/badge-projection.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/leaderboard.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

it('feed, shelves and holders follow what is awarded, hidden and taken back, and come back after Redis was emptied', async () => {
  const program = await aShop(deps, {}, []);
  const criteria = [{ kind: 'COUNT' as const, activityType: 'purchase', targets: ['1'] }];
  await publishSet(deps, program, { badges: [aBadge({ criteria }), aBadge({ code: 'friend' })] });
  const [ann = '', bea = ''] = await someCustomers(deps, program, 2);
  const { ruleSet } = await deps.catalogues.at(deps.reads, program.programId);
  const [regular = '', friend = ''] = ['regular', 'friend'].map((code) => ruleSet.badges.byCode.get(code)?.badge.id);
  const reports = [ann, bea].map((customerId) => aPurchase(customerId));
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
  const input = { customer: { id: ann, externalId: null }, badge: 'friend', level: null, reason: 'x', earnedAt: null };
  const { awardId } = await giveBadge(deps, program.scope, aCommand('badgeGive', input), input);

  const now = async () => {
    const at = new Date();
    const [feed, shelf, holders, friends] = await Promise.all([
      deps.badges.feed(program.programId, at, 9),
      deps.badges.shelf(program.programId, ann, at, 9),
      deps.badges.holders(program.programId, regular, at, 9),
      deps.badges.holders(program.programId, friend, at, 9),
    ]);
    return {
      state: feed.state,
      feed: feed.awards
        .map(({ customerId, badgeCode }) => `${customerId === ann ? 'ann' : 'bea'} ${badgeCode}`)
        .toSorted(),
      shelf: shelf.awards.map(({ badgeCode }) => badgeCode).toSorted(),
      holders: [holders.newest.length, friends.newest.length],
    };
  };
  type State = Awaited<ReturnType<typeof now>>;
  const becomes = (wanted: State): Promise<State> =>
    until(now, (state) => JSON.stringify(state) === JSON.stringify(wanted));

  await becomes({
    ...{ state: 'LIVE', feed: ['ann friend', 'ann regular', 'bea regular'] },
    ...{ shelf: ['friend', 'regular'], holders: [2, 1] },
  });
  const hide = { customer: { id: bea, externalId: null }, badge: 'regular', visible: false };
  await showBadge(deps, program.scope, aCommand('badgeShow', hide), hide);
  await revokeBadge(deps, program.scope, aCommand('badgeRevoke', awardId), { awardId, reason: 'y' });
  const left = { state: 'LIVE' as const, feed: ['ann regular'], shelf: ['regular'], holders: [2, 0] };
  await becomes(left);

  await redisServer.kill();
  await becomes({ ...left, state: 'STALE' });
  await redisServer.restart();
  await becomes(left);
  expect(await countDrift(deps.reads, createBadgeStore(deps.redis), program.programId, [regular, friend])).toBe(0);
});
