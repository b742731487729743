import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { runJudgeStreaks } from '#src/jobs/judge-streaks.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { aStreak } from '../support/streak.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = {
  isSnapshot: boolean;
  step: { kind: string; period: string; length: number } | null;
  streaks: { state: string; current: number; freezes: number }[];
};

const STREAKS =
  'subscription { streakChanged { isSnapshot step { kind period length } streaks { state current freezes } } }';

describe('streakChanged', () => {
  it('begins with every streak, then tells what is met and what the clock does, in order', async () => {
    const program = await aShop(deps, { mode: 'TEST' }, []);
    const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
    await at('2026-05-01T12:00:00Z');
    await publishSet(deps, program, { streaks: [aStreak({ freezes: { initial: 1, max: 1 } })] });
    const [customer = ''] = await someCustomers(deps, program, 1);
    // Readers may be a moment behind a publication; this one shall not be.
    await deps.catalogues.at(deps.reads, program.programId);
    const stream = await openStream<Item>(deps, asCustomer(program, customer), STREAKS);
    expect(await stream.next()).toEqual({
      isSnapshot: true,
      step: null,
      streaks: [{ state: 'NONE', current: 0, freezes: 1 }],
    });
    const report = aPurchase(customer);
    await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
    expect(await stream.next()).toEqual({
      isSnapshot: false,
      step: { kind: 'EXTENDED', period: '2026-05-01', length: 1 },
      streaks: [{ state: 'ACTIVE', current: 1, freezes: 1 }],
    });
    await at('2026-05-05T12:00:00Z');
    await runJudgeStreaks(deps);
    const steps = [await stream.next(), await stream.next()].map((item) => item?.step);
    expect(steps).toEqual([
      { kind: 'FROZEN', period: '2026-05-02', length: 1 },
      { kind: 'BROKEN', period: '2026-05-03', length: 1 },
    ]);
    await stream.close();
  });
});
