import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { upsertCustomer } from '#app/customer/upsert.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { giveFreezes, pauseStreak, restoreStreak, resumeStreak, type StreakOf } from '#app/streak/change.ts';
import { readCustomerStreaks } from '#app/streak/read.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { StreakExtended } from '#domain/activity/effect.ts';
import type { DomainEvent } from '#domain/events.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runFillStreaks } from '#src/jobs/fill-streaks.ts';
import { runJudgeStreaks } from '#src/jobs/judge-streaks.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';
import { aStreak } from '../../support/streak.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-05-01T16:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (...streaks: ItemInput<'streaks'>[]) => publishSet(deps, program, { streaks });
const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
const judgeAll = () => runJudgeStreaks(deps);

async function buy(occurredAt: string | null = null, overrides: Partial<ActivityReport> = {}) {
  const report = aPurchase(customer, {
    ...(occurredAt === null ? {} : { occurredAt: new Date(occurredAt) }),
    ...overrides,
  });
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  const extended = row!.effects.filter((effect): effect is StreakExtended => effect.kind === 'STREAK_EXTENDED');
  return { id: row!.id, extended, lengths: extended.map(({ streakCode, length }) => `${streakCode} ${length}`) };
}

/** A purchase at noon in New York on each of these days, on the day itself. */
async function buyOn(...days: string[]): Promise<void> {
  for (const day of days) {
    await at(`${day}T16:00:00Z`);
    await buy();
  }
}

async function streak() {
  await deps.catalogues.at(deps.reads, program.programId);
  const [only] = (await readCustomerStreaks(deps, program.programId, [customer])).get(customer) ?? [];
  const { book, standing } = only!;
  const { length, longest, freezes } = book.run;
  return {
    length,
    longest,
    freezes,
    state: standing.state,
    deadline: standing.pending?.deadline.toISOString() ?? null,
  };
}

/** What was told of streaks so far, in order. */
async function told(): Promise<string[]> {
  const rows = await deps.reads.query<{ events: DomainEvent[] }>(
    'select events from outbox where program_id = $1 order by seq',
    [program.programId],
  );
  return rows.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type.startsWith('streak.') && 'streakId' in event
        ? [`${event.type.slice(7)} ${event.period} ${event.length}`]
        : [],
    ),
  );
}

const named = (overrides: Partial<StreakOf> = {}): StreakOf => ({
  customer: { id: customer, externalId: null },
  streak: 'daily',
  byCustomer: false,
  reason: 'because',
  ...overrides,
});

async function moveTo(timeZone: string | null): Promise<void> {
  const [row] = await deps.reads.query<{ externalId: string }>(
    'select external_id as "externalId" from customer where program_id = $1 and id = $2',
    [program.programId, customer],
  );
  const input = { externalId: row!.externalId, timeZone };
  await upsertCustomer(deps, program.scope, aCommand('customerUpsert', input), input);
}

describe('a streak', () => {
  it('grows by one period however often something is done in it, and the job breaks it at local midnight', async () => {
    await publish(aStreak());
    expect((await buy()).lengths).toEqual(['daily 1']);
    expect((await buy()).lengths).toEqual([]);
    await buyOn('2026-05-02', '2026-05-03');
    expect(await streak()).toMatchObject({ length: 3, state: 'ACTIVE', deadline: '2026-05-05T04:00:00.000Z' });
    await at('2026-05-05T03:59:59Z');
    expect(await judgeAll()).toBe(0);
    await at('2026-05-05T04:00:00Z');
    // A reader need not wait for the job.
    expect(await streak()).toMatchObject({ length: 0, longest: 3, state: 'BROKEN' });
    expect(await judgeAll()).toBe(1);
    expect(await judgeAll()).toBe(0);
    expect(await streak()).toMatchObject({ length: 0, longest: 3, state: 'BROKEN' });
    expect(await told()).toEqual([
      'extended 2026-05-01 1',
      'extended 2026-05-02 2',
      'extended 2026-05-03 3',
      'broken 2026-05-04 3',
    ]);
    await expectSound();
  });

  it('needs all or any of its conditions, and only what the condition takes', async () => {
    const count = { kind: 'COUNT' as const, activityType: 'purchase' };
    const sum = { kind: 'SUM' as const, activityType: 'purchase', property: 'amount' };
    const conditions = [
      { measure: count, threshold: '2' },
      { measure: sum, threshold: '50' },
    ];
    await publish(
      aStreak({ code: 'all', conditions }),
      aStreak({ code: 'any', match: 'ANY', conditions }),
      aStreak({ code: 'big', conditions: [{ measure: count, condition: 'activity.properties.amount >= 40.0' }] }),
    );
    const of = (amount: string) => ({ properties: { amount } });
    expect((await buy(null, of('45'))).lengths).toEqual(['big 1']);
    expect((await buy(null, of('3'))).lengths).toEqual(['any 1']);
    expect((await buy(null, of('2'))).lengths).toEqual(['all 1']);
    await expectSound();
  });

  it('counts points that rules gave', async () => {
    const points = { kind: 'POINTS' as const, currency: null };
    await publishSet(deps, program, {
      earningRules: [PURCHASE_RULE],
      streaks: [aStreak({ conditions: [{ measure: points, threshold: '30' }] })],
    });
    expect((await buy(null, { properties: { amount: '20' } })).lengths).toEqual([]);
    expect((await buy(null, { properties: { amount: '20' } })).lengths).toEqual(['daily 1']);
    await expectSound();
  });

  it('gives the prizes of a length once a run, with points that the activity earned', async () => {
    await publish(
      aStreak({
        prizes: [
          { length: 2, points: 50 },
          { length: 3, repeats: true, points: 5 },
          { length: 4, points: null },
        ],
      }),
    );
    await buyOn('2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05');
    await at('2026-05-06T16:00:00Z');
    const { id, extended } = await buy();
    expect(extended[0]?.prizes).toMatchObject([{ length: 6, points: 5 }]);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 60 });
    // Undone and done again, the sixth day is no second prize; the points of the undone one are gone.
    await reverse(id);
    expect(await streak()).toMatchObject({ length: 5 });
    expect((await buy()).extended[0]).toMatchObject({ length: 6, prizes: [] });
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 55 });
    await expectSound();
  });

  it('uses a freeze for a missed day, which a late report gives back', async () => {
    await publish(aStreak({ freezes: { initial: 1, max: 2, everyPeriods: 3 } }));
    await buyOn('2026-05-01', '2026-05-02');
    await at('2026-05-04T12:00:00Z');
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 2, freezes: 0, state: 'FROZEN' });
    expect((await buy('2026-05-03T18:00:00Z')).extended[0]).toMatchObject({ length: 3, freezes: 2, healed: true });
    expect(await streak()).toMatchObject({ length: 3, freezes: 2, state: 'ACTIVE' });
    expect((await told()).slice(2).toSorted()).toEqual([
      'extended 2026-05-03 3',
      'freeze_earned 2026-05-03 3',
      'frozen 2026-05-03 2',
      'healed 2026-05-03 3',
    ]);
    await expectSound();
  });

  it('heals a break when what was done comes late, in any order', async () => {
    await publish(aStreak());
    await buyOn('2026-05-01', '2026-05-02');
    await at('2026-05-06T16:00:00Z');
    await judgeAll();
    await buy();
    expect(await streak()).toMatchObject({ length: 1, longest: 2 });
    await buy('2026-05-05T16:00:00Z');
    await buy('2026-05-03T16:00:00Z');
    expect(await streak()).toMatchObject({ length: 2, longest: 3 });
    expect((await buy('2026-05-04T16:00:00Z')).extended[0]).toMatchObject({ length: 6, current: 6, healed: true });
    expect(await streak()).toMatchObject({ length: 6, longest: 6 });
    await expectSound();
  });

  it('loses a period whose activity is reversed, unless enough is left in it', async () => {
    await publish(aStreak());
    await buyOn('2026-05-01', '2026-05-02', '2026-05-03');
    await at('2026-05-04T16:00:00Z');
    const second = await buy();
    const more = await buy();
    await reverse(more.id);
    expect(await streak()).toMatchObject({ length: 4 });
    await reverse(second.id);
    expect(await streak()).toMatchObject({ length: 3, state: 'ACTIVE' });
    await expectSound();
  });

  it('counts the past silently when it goes live: in full, without prizes and without a word', async () => {
    await buyOn('2026-05-01', '2026-05-02', '2026-05-03');
    await at('2026-05-04T16:00:00Z');
    await publish(
      aStreak({
        prizes: [
          { length: 3, points: 100 },
          { length: 4, points: 7 },
        ],
      }),
    );
    expect(await streak()).toMatchObject({ length: 3, longest: 3, state: 'ACTIVE' });
    expect(await told()).toEqual([]);
    expect((await buy()).extended[0]).toMatchObject({ length: 4, prizes: [{ length: 4, points: 7 }] });
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 7 });
    await expectSound();
  });

  it('does not count while the customer is outside its audience', async () => {
    await publish(aStreak({ audience: 'customer.timeZone == "Europe/Berlin"' }));
    expect((await buy()).lengths).toEqual([]);
    await moveTo('Europe/Berlin');
    // What was done outside is not made up for, neither then nor later.
    expect((await buy()).lengths).toEqual(['daily 1']);
  });
});

describe('a streak that stands still', () => {
  it('extends for nobody and breaks for nobody until it goes on', async () => {
    await publish(aStreak());
    await buyOn('2026-05-01', '2026-05-02');
    await publish(aStreak({ paused: true }));
    await at('2026-05-10T16:00:00Z');
    await judgeAll();
    expect((await buy()).lengths).toEqual([]);
    await publish(aStreak());
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 2, state: 'ACTIVE' });
    await at('2026-05-11T16:00:00Z');
    expect((await buy()).lengths).toEqual(['daily 3']);
    await at('2026-05-13T16:00:00Z');
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 0, state: 'BROKEN' });
    await expectSound();
  });

  it('keeps verdicts of before when its freezes change', async () => {
    await publish(aStreak({ freezes: { initial: 1, max: 1 } }));
    await buyOn('2026-05-01', '2026-05-03');
    await publish(aStreak());
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 2, freezes: 0, state: 'ACTIVE' });
    await expectSound();
  });
});

describe('who moves', () => {
  it('keeps what is met, and has each instant counted for one local day, whenever it is reported', async () => {
    await publish(aStreak());
    await moveTo('Pacific/Kiritimati');
    await at('2026-05-01T20:00:00Z');
    expect((await buy()).extended[0]).toMatchObject({ period: '2026-05-02', length: 1 });
    await moveTo('Pacific/Honolulu');
    await at('2026-05-01T20:30:00Z');
    expect((await buy()).extended[0]).toMatchObject({ period: '2026-05-01', length: 2 });
    // The same instant as before the move is still the 2nd.
    expect((await buy('2026-05-01T19:59:59Z')).lengths).toEqual([]);
    expect(await streak()).toMatchObject({ length: 2, deadline: '2026-05-04T10:00:00.000Z' });
    await expectSound();
  });

  it('has a break taken back when the day is shown again', async () => {
    await publish(aStreak());
    await moveTo('Pacific/Kiritimati');
    await at('2026-05-01T20:00:00Z');
    await buy();
    await at('2026-05-03T10:00:01Z');
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 0, state: 'BROKEN' });
    await moveTo('Pacific/Honolulu');
    expect(await streak()).toMatchObject({ length: 1 });
    await judgeAll();
    expect((await told()).slice(-2)).toEqual(['broken 2026-05-03 1', 'healed 2026-05-03 1']);
    await expectSound();
  });
});

describe('by hand', () => {
  it('a pause keeps a streak from breaking, and ends when it is ended', async () => {
    await publish(aStreak({ pauseDaysMax: 10 }));
    await buyOn('2026-05-01', '2026-05-02');
    await at('2026-05-03T16:00:00Z');
    const pause = (from: string | null, until: string) =>
      pauseStreak(deps, program.scope, aCommand('streakPause', { from, until }), { ...named(), from, until });
    await expect(pause('2026-05-02', '2026-05-05')).rejects.toThrow('does not begin in the past');
    await expect(pause(null, '2026-05-14')).rejects.toThrow('at most 10 days');
    await pause(null, '2026-05-12');
    expect(await streak()).toMatchObject({ length: 2, state: 'PAUSED', deadline: '2026-05-13T04:00:00.000Z' });
    await expect(pause(null, '2026-05-05')).rejects.toMatchObject({ state: 'PAUSED' });
    await at('2026-05-08T16:00:00Z');
    await judgeAll();
    expect((await buy()).lengths).toEqual([]);
    await resumeStreak(deps, program.scope, aCommand('streakResume', {}), named());
    expect(await streak()).toMatchObject({ length: 3, state: 'ACTIVE' });
    await at('2026-05-10T16:00:00Z');
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 0, state: 'BROKEN' });
    await expectSound();
  });

  it('a restore goes on from the lost length, within its days, and by the customer only where that is allowed', async () => {
    await publish(aStreak({ restoreDays: 3 }));
    await buyOn('2026-05-01', '2026-05-02', '2026-05-03');
    await at('2026-05-07T16:00:00Z');
    await judgeAll();
    await buy();
    const restore = (overrides: Partial<StreakOf> = {}) =>
      restoreStreak(deps, program.scope, aCommand('streakRestore', overrides), named(overrides));
    await expect(restore({ byCustomer: true })).rejects.toMatchObject({ state: 'NOT_BY_CUSTOMER' });
    await restore();
    expect(await streak()).toMatchObject({ length: 4, longest: 4, state: 'ACTIVE' });
    await expect(restore()).rejects.toMatchObject({ state: 'NOT_BROKEN' });
    await at('2026-05-13T16:00:00Z');
    await judgeAll();
    await expect(restore()).rejects.toMatchObject({ state: 'TOO_LATE' });
    await expectSound();
  });

  it('freezes are given up to the most that a customer may have', async () => {
    await publish(aStreak({ freezes: { max: 2 } }));
    await buy();
    const give = (count: number) =>
      giveFreezes(deps, program.scope, aCommand('streakFreezeGive', { count }), { ...named(), count });
    await give(2);
    await expect(give(1)).rejects.toMatchObject({ state: 'FREEZES_FULL' });
    await at('2026-05-04T16:00:00Z');
    await judgeAll();
    expect(await streak()).toMatchObject({ length: 1, freezes: 0, state: 'FROZEN' });
    await expectSound();
  });
});

describe('the job', () => {
  it('warns once a period, and not of what is over', async () => {
    await publish(aStreak({ atRiskHours: 5, freezes: { initial: 3, max: 3 } }));
    await buy();
    await at('2026-05-02T22:59:59Z');
    expect(await judgeAll()).toBe(0);
    await at('2026-05-02T23:00:00Z');
    await judgeAll();
    await judgeAll();
    expect((await told()).slice(1)).toEqual(['at_risk 2026-05-02 1']);
    // An outage: the notice of the 3rd is no use any more, the verdicts are made up for in their order.
    await at('2026-05-04T12:00:00Z');
    await judgeAll();
    expect((await told()).slice(2)).toEqual(['frozen 2026-05-02 1', 'frozen 2026-05-03 1']);
    await expectSound();
  });

  it('counts the past for who does nothing, so that they are warned as well', async () => {
    await buyOn('2026-05-01', '2026-05-02');
    await at('2026-05-03T16:00:00Z');
    await publish(aStreak({ atRiskHours: 5 }));
    expect(await runFillStreaks(deps)).toBe(1);
    expect(await runFillStreaks(deps)).toBe(0);
    await at('2026-05-03T23:30:00Z');
    await judgeAll();
    expect(await told()).toEqual(['at_risk 2026-05-03 2']);
    await expectSound();
  });

  it('does the same once when two run at a time', async () => {
    await publish(aStreak({ atRiskHours: 5, freezes: { initial: 1, max: 1 } }));
    const people = await someCustomers(deps, program, 30, 'p');
    const reports = people.map((id) => aPurchase(id));
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
    await at('2026-05-04T23:30:00Z');
    await Promise.all([runJudgeStreaks(deps), runJudgeStreaks(other)]);
    const counted = await deps.reads.query<{ kind: string; count: number }>(
      `select kind, count(*)::int as count from streak_event where program_id = $1 group by kind order by kind`,
      [program.programId],
    );
    expect(counted).toEqual([
      { kind: 'BROKEN', count: 30 },
      { kind: 'FREEZE_USED', count: 30 },
    ]);
    expect((await told()).filter((one) => one.startsWith('broken'))).toHaveLength(30);
    await expectSound();
  });
});

function reverse(activityId: string) {
  const input = { activityId, messageId: null, request: { kind: 'WHOLE' as const }, reason: null, occurredAt: null };
  return reverseActivity(deps, program.scope, aCommand('activityReverse', { activityId }), input);
}
