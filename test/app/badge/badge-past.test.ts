import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { creditPast } from '#app/badge/credit-past.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { creditBadges } from '#src/jobs/credit-badges.ts';
import { listAwards } from '#storage/badge-award-store.ts';
import { listBackfills } from '#storage/badge-backfill-store.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { aBadge, type BadgeInput } from '../../support/badge.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps);
  [customer = ''] = await someCustomers(deps, program, 1);
});

const publish = (...badges: BadgeInput[]) => publishSet(deps, program, { earningRules: [PURCHASE_RULE], badges });
const count = (targets: string[], condition = '') => [
  { kind: 'COUNT' as const, activityType: 'purchase', targets, condition },
];

async function buy(customerId: string, overrides: Partial<ActivityReport> = {}): Promise<string> {
  const report = aPurchase(customerId, overrides);
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  return [...activities.keys()][0] ?? '';
}

/** What somebody holds: badge, level, period, occurrence, when it was earned. */
const held = async (customerId: string) =>
  (await listAwards(deps.reads, program.programId, [customerId]))
    .filter(({ revokedAt }) => revokedAt === null)
    .map(
      ({ badgeCode, levelCode, period, occurrence, earnedAt }) =>
        `${badgeCode} ${levelCode} ${period} ${occurrence} ${earnedAt.toISOString()}`,
    )
    .toSorted();

const eventsOf = async () => {
  const rows = await deps.reads.query<{ events: { type: string }[] }>(
    'select events from outbox where program_id = $1',
    [program.programId],
  );
  return rows.flatMap(({ events }) => events.map(({ type }) => type)).filter((type) => type.startsWith('badge.'));
};

describe('a badge that goes live', () => {
  it('credits the past in silence, by the activity that reached it, and tells how far it has come', async () => {
    const customers = await someCustomers(deps, program, 5, 'old');
    const reached: string[] = [];
    for (const each of customers) {
      await buy(each, { occurredAt: new Date('2026-01-01T10:00:00Z') });
      reached.push(await buy(each, { occurredAt: new Date('2026-01-05T10:00:00Z') }));
      await buy(each, { occurredAt: new Date('2026-01-09T10:00:00Z') });
    }
    await publish(aBadge({ criteria: count(['2']), points: 50 }));
    await creditPast(deps, program.programId, 2);
    expect(await listBackfills(deps.reads, program.programId)).toMatchObject([
      { badgeCode: 'regular', customers: 2, awards: 2, doneAt: null },
    ]);
    expect(await creditBadges(deps, 60_000)).toBe(3);
    expect(await listBackfills(deps.reads, program.programId)).toMatchObject([
      { customers: 5, awards: 5, doneAt: expect.any(Date) },
    ]);
    for (const [place, each] of customers.entries()) {
      expect(await listAwards(deps.reads, program.programId, [each])).toMatchObject([
        { activityId: reached[place], earnedAt: new Date('2026-01-05T10:00:00Z'), silent: true, points: null },
      ]);
      // What rules gave, and nothing for the badge.
      expect(await balanceOf(deps, program, each)).toMatchObject({ available: 30 });
    }
    expect(new Set(await eventsOf())).toEqual(new Set(['badge.credited']));
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  });

  it('gives points for the past where it is asked to, once', async () => {
    await buy(customer);
    const badge = aBadge({ criteria: count(['1']), points: 50, backfill: 'SILENT_WITH_POINTS' });
    await publish(badge);
    await creditBadges(deps, 60_000);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 60 });
    await publish({ ...badge, criteria: count(['2']) });
    await creditBadges(deps, 60_000);
    await publish(badge);
    await creditBadges(deps, 60_000);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 60 });
    expect(await listAwards(deps.reads, program.programId, [customer])).toMatchObject([{ points: 50 }]);
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  });

  it('is decided right by activities that come before the job', async () => {
    for (const amount of ['10', '10', '1']) await buy(customer, { properties: { amount } });
    await publish(
      aBadge({ code: 'past', criteria: count(['2']) }),
      aBadge({ code: 'big', criteria: count(['3'], 'activity.properties.amount > 5.0') }),
    );
    const report = aPurchase(customer, { properties: { amount: '10' } });
    const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('track', report), report);
    const effects = [...activities.values()].flatMap((row) => row.effects);
    // What the past had reached is credited beside it, and is no effect of this activity.
    expect(effects.flatMap((effect) => (effect.kind === 'BADGE_AWARDED' ? [effect.badgeCode] : []))).toEqual(['big']);
    const rows = await listAwards(deps.reads, program.programId, [customer]);
    expect(rows.map(({ badgeCode, silent }) => `${badgeCode} ${silent}`).toSorted()).toEqual([
      'big false',
      'past true',
    ]);
    await creditBadges(deps, 60_000);
    expect(await held(customer)).toHaveLength(2);
  });

  it('at a later instant credits the past when that has come', async () => {
    program = await aShop(deps, { mode: 'TEST' }, []);
    [customer = ''] = await someCustomers(deps, program, 1);
    const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
    await at('2026-03-01T12:00:00Z');
    await buy(customer);
    await publishSet(deps, program, { badges: [aBadge({ criteria: count(['1']) })] }, new Date('2026-03-02T12:00:00Z'));
    await creditBadges(deps, 60_000);
    expect(await held(customer)).toEqual([]);
    await at('2026-03-02T12:00:00Z');
    await creditBadges(deps, 60_000);
    expect(await held(customer)).toHaveLength(1);
  });

  it('that was paused meanwhile credits what was reached then, when it goes on', async () => {
    const badge = aBadge({ criteria: count(['2']) });
    await publish(badge);
    await publish({ ...badge, paused: true });
    await buy(customer, { occurredAt: new Date('2026-01-01T10:00:00Z') });
    await buy(customer, { occurredAt: new Date('2026-01-02T10:00:00Z') });
    await publish(badge);
    await creditBadges(deps, 60_000);
    expect(await held(customer)).toEqual(['regular earned all 1 2026-01-02T10:00:00.000Z']);
  });

  it('credits each customer once while activities pour in through two processes', async () => {
    const customers = await someCustomers(deps, program, 12, 'busy');
    const before = customers.flatMap((each) => Array.from({ length: 3 }, () => aPurchase(each)));
    await trackActivities(deps.tracking, program.scope, aCommand('batch', 1), before);
    await publish(
      aBadge({ code: 'each', repeat: { kind: 'EACH' }, criteria: count(['2'], 'activity.properties.amount > 1.0') }),
      aBadge({ code: 'seven', criteria: count(['7']) }),
    );
    const reports = Array.from({ length: 60 }, (_, index) => aPurchase(customers[index % 12] ?? ''));
    let isDone = false;
    await Promise.all([
      ...reports.map((report, index) =>
        trackActivity((index % 2 === 0 ? deps : other).tracking, program.scope, aCommand('track', index), report),
      ),
      (async () => {
        while (!isDone) isDone = (await creditPast(deps, program.programId, 2)).isDone;
      })(),
    ]);
    // Eight purchases each: four pairs, and the seventh.
    for (const each of customers) expect(await held(each)).toHaveLength(5);
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  });
});

const BADGES: BadgeInput[] = [
  aBadge({ code: 'three', criteria: count(['3']), levels: [] }),
  aBadge({ code: 'big', criteria: count(['2'], 'activity.properties.amount >= 50.0'), revokeOnReversal: true }),
  aBadge({ code: 'each', repeat: { kind: 'EACH' }, criteria: count(['2']) }),
  aBadge({ code: 'monthly', repeat: { kind: 'PERIOD', period: 'MONTH' }, criteria: count(['2']) }),
  aBadge({ code: 'calm', repeat: { kind: 'EACH', coolDownDays: 20 }, criteria: count(['1']) }),
  aBadge({
    code: 'spent',
    levels: [{ code: 'bronze' }, { code: 'silver' }],
    criteria: [{ kind: 'SUM', activityType: 'purchase', property: 'amount', targets: ['60', '150'] }],
    revokeOnReversal: true,
  }),
  aBadge({ code: 'days', criteria: [{ kind: 'DAYS', activityType: 'purchase', targets: ['3'] }] }),
  aBadge({ code: 'rich', criteria: [{ kind: 'POINTS', targets: ['100'] }] }),
  aBadge({
    code: 'both',
    criteria: [
      { kind: 'BADGE', badge: 'spent', level: 'silver' },
      { kind: 'BADGE', badge: 'days' },
    ],
  }),
];

type Step = { kind: 'BUY'; day: number; amount: number } | { kind: 'REVERSE'; which: number; part: number | null };

const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('BUY' as const),
      day: fc.nat(100),
      amount: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('REVERSE' as const),
      which: fc.nat(20),
      part: fc.option(fc.integer({ min: 1, max: 40 })),
    }),
  },
);

describe('crediting the past and then going on', () => {
  async function walk(customerId: string, steps: readonly Step[], ids: string[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'BUY') {
        const occurredAt = new Date(Date.UTC(2026, 0, 1, 12) + step.day * 86_400_000);
        ids.push(await buy(customerId, { occurredAt, properties: { amount: String(step.amount) } }));
        continue;
      }
      const activityId = ids[step.which % Math.max(1, ids.length)];
      if (activityId === undefined) continue;
      const request =
        step.part === null
          ? { kind: 'WHOLE' as const }
          : { kind: 'AMOUNT' as const, property: 'amount', amount: String(step.part) };
      const input = { activityId, messageId: null, request, reason: null, occurredAt: null };
      // What was reversed before, or is not there any more, is refused on all ways alike.
      await reverseActivity(deps, program.scope, aCommand('reverse', { activityId, step }), input).catch(
        () => undefined,
      );
    }
  }

  it('leads to the same holders, with the same dates, as a badge that was live from the beginning', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aStep, { minLength: 3, maxLength: 14 }),
        fc.nat(14),
        fc.boolean(),
        async (steps, cut, jobFirst) => {
          const live: string[][] = [];
          for (const from of [0, Math.min(cut, steps.length)]) {
            program = await aShop(deps, {}, [PURCHASE_RULE]);
            [customer = ''] = await someCustomers(deps, program, 1);
            const ids: string[] = [];
            await walk(customer, steps.slice(0, from), ids);
            await publish(...BADGES);
            if (jobFirst) await creditBadges(deps, 60_000);
            await walk(customer, steps.slice(from), ids);
            await creditBadges(deps, 60_000);
            live.push(await held(customer));
          }
          expect(live[1]).toEqual(live[0]);
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  }, 240_000);
});
