import { afterAll, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { giveBadge, revokeBadge } from '#app/badge/give.ts';
import { claimPrize } from '#app/season/claim.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aCommand, asCustomer, asPublishable, testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { buy, moveTo, planSeasons, somePrizes } from '../support/season.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
// There is no Redis: what customers are told comes from the record, and this process hears of it from its own relay.
const deps = testDeps(url);
const relay = startRelay(deps);
afterAll(() => relay.stop());

it('badgeAwarded tells each award, and each that is taken back, also while Redis is away', async () => {
  type Item = {
    cursor: string;
    isSnapshot: boolean;
    change: string | null;
    awards: { id: string; badge: { code: string } }[];
  };
  const BADGES =
    'subscription ($after: String) { badgeAwarded(after: $after) { cursor isSnapshot change awards { id badge { code } } } }';
  const program = await aShop(deps, {}, []);
  const criteria = [{ kind: 'COUNT' as const, activityType: 'purchase', targets: ['1'] }];
  await publishSet(deps, program, { badges: [aBadge({ criteria }), aBadge({ code: 'friend' })] });
  const [customer = '', other = ''] = await someCustomers(deps, program, 2);
  await deps.catalogues.at(deps.reads, program.programId);
  const track = async (customerId: string): Promise<void> => {
    const report = aPurchase(customerId);
    await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  };
  const stream = await openStream<Item>(deps, asCustomer(program, customer), BADGES);
  const first = await stream.next();
  expect(first).toMatchObject({ isSnapshot: true, change: null, awards: [] });
  await track(other);
  await track(customer);
  expect(await stream.next()).toMatchObject({
    isSnapshot: false,
    change: 'AWARDED',
    awards: [{ badge: { code: 'regular' } }],
  });
  const input = {
    customer: { id: customer, externalId: null },
    badge: 'friend',
    level: null,
    reason: 'x',
    earnedAt: null,
  };
  const { awardId } = await giveBadge(deps, program.scope, aCommand('badgeGive', input), input);
  await revokeBadge(deps, program.scope, aCommand('badgeRevoke', awardId), { awardId, reason: 'y' });
  const given = [{ id: publicId('BadgeAward', awardId), badge: { code: 'friend' } }];
  expect(await stream.next()).toMatchObject({ change: 'AWARDED', awards: given });
  expect(await stream.next()).toMatchObject({ change: 'REVOKED', awards: given });
  await stream.close();
  // Who comes back is told what was missed, in order.
  const back = await openStream<Item>(deps, asCustomer(program, customer), BADGES, { after: first?.cursor });
  const missed = [await back.next(), await back.next(), await back.next()];
  expect(missed.map((item) => item?.change)).toEqual(['AWARDED', 'AWARDED', 'REVOKED']);
  await back.close();
  const fresh = await openStream<Item>(deps, asCustomer(program, customer), BADGES);
  expect(await fresh.next()).toMatchObject({ isSnapshot: true, awards: [{ badge: { code: 'regular' } }] });
  await fresh.close();
});

it('seasonChanged shows each step of a season, and prizeChanged what a customer wins, claims and nothing of others', async () => {
  const program = await aShop(deps, { mode: 'TEST' });
  await moveTo(deps, program, '2026-11-18T12:00:00Z');
  const board = await aLeaderboard(deps, program, { period: 'DAY', code: 'daily' });
  const prizes = somePrizes([30], { claimDays: 2 });
  await planSeasons(deps, program, board, { graceMinutes: 60, prizes, currentToo: true });
  const [winner = '', loser = ''] = await someCustomers(deps, program, 2);
  await deps.catalogues.at(deps.reads, program.programId);
  await buy(deps, program, [
    { customerId: winner, amount: 9, at: '2026-11-18T12:00:00Z' },
    { customerId: loser, amount: 5, at: '2026-11-18T12:00:00Z' },
  ]);
  const seasons = await openStream<{ key: string; stage: string }>(
    deps,
    asPublishable(program),
    'subscription { seasonChanged(code: "daily") { key stage } }',
  );
  type Item = { isSnapshot: boolean; prizes: { id: string; state: string; points: number }[] };
  const PRIZES = 'subscription { prizeChanged { isSnapshot prizes { id state points } } }';
  const won = await openStream<Item>(deps, asCustomer(program, winner), PRIZES);
  const lost = await openStream<Item>(deps, asCustomer(program, loser), PRIZES);
  for (const stream of [won, lost]) expect(await stream.next()).toEqual({ isSnapshot: true, prizes: [] });

  // It begins to listen when the first item is asked for.
  await seasons.next(0);
  const stageOf = async (wanted: string): Promise<void> => {
    await seasons.until(({ key, stage }) => key === '2026-11-18' && stage === wanted);
  };
  await moveTo(deps, program, '2026-11-19T00:00:00Z');
  await stageOf('CLOSING');
  await moveTo(deps, program, '2026-11-19T01:00:00Z');
  await stageOf('SETTLED');
  const item = await won.next();
  expect(item).toMatchObject({ isSnapshot: false, prizes: [{ state: 'CLAIMABLE', points: 30 }] });
  const prizeId = uuidOf('SeasonPrize', item?.prizes[0]?.id ?? '');
  await claimPrize(deps, program.scope, aCommand('prizeClaim', prizeId), { prizeId, byCustomer: winner });
  expect(await won.next()).toMatchObject({ isSnapshot: false, prizes: [{ state: 'GIVEN', points: 30 }] });
  expect(await lost.next(200)).toBeNull();
  await Promise.all([seasons.close(), won.close(), lost.close()]);
});
