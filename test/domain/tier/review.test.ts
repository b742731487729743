import type { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { advanced } from '#domain/tier/advance.ts';
import type { CompiledLadder } from '#domain/tier/compile.ts';
import type { LadderPeriod } from '#domain/tier/ladder.ts';
import { windowOf } from '#domain/tier/period.ts';
import { progressOf, sumOf, type Progress } from '#domain/tier/progress.ts';
import { recalculated, settleStanding, type Settled } from '#domain/tier/review.ts';
import { earnedPlace, NO_STANDING, placeOf, type Standing } from '#domain/tier/standing.ts';
import { addDays } from '#domain/time.ts';

import { aCompiledLadder, aTier } from '../../support/tier.ts';

const ZONE = 'UTC';
const clockAt = (now: string, joinedOn = '2024-01-01') => ({ now: new Date(now), timeZone: ZONE, joinedOn });

/** Who has earned a tier in a period that begins then. */
const earnedSince = (ladder: CompiledLadder, tier: string, periodFrom: string): Standing => ({
  ...NO_STANDING,
  earned: tier,
  tier,
  since: new Date(`${periodFrom}T12:00:00Z`),
  periodFrom,
  shape: ladder.shape,
});

const stepsOf = ({ changes }: Settled): string[] =>
  changes.map(({ from, to, at, reason }) => `${at.toISOString().slice(0, 10)} ${from} ${to} ${reason}`);

describe('a review', () => {
  it('keeps a tier whose threshold is met exactly, and takes it one unit below', () => {
    const ladder = aCompiledLadder();
    const gold = earnedSince(ladder, 'gold', '2025-01-01');
    const kept = settleStanding(ladder, gold, progressOf([['2025-03-01', 5000]]), clockAt('2026-01-01T00:00:00Z'));
    expect(stepsOf(kept)).toEqual([]);
    expect(kept.standing.periodFrom).toBe('2026-01-01');
    const lost = settleStanding(ladder, gold, progressOf([['2025-03-01', 4999]]), clockAt('2026-01-01T00:00:00Z'));
    expect(stepsOf(lost)).toEqual(['2026-01-01 gold silver REVIEWED']);
  });

  it.each([
    ['TO_DESERVED', ['2026-01-01 gold bronze REVIEWED']],
    ['ONE_STEP', ['2026-01-01 gold silver REVIEWED', '2027-01-01 silver bronze REVIEWED']],
    ['NEVER', []],
  ] as const)('goes down as %s says', (downgrade, steps) => {
    const ladder = aCompiledLadder({ downgrade });
    const gold = earnedSince(ladder, 'gold', '2025-01-01');
    expect(stepsOf(settleStanding(ladder, gold, progressOf([]), clockAt('2028-06-01T00:00:00Z')))).toEqual(steps);
  });

  it('comes when the grace is over, and what is earned anew within it counts', () => {
    const ladder = aCompiledLadder({ graceDays: 30 });
    const silver = earnedSince(ladder, 'silver', '2025-01-01');
    const inGrace = settleStanding(ladder, silver, progressOf([]), clockAt('2026-01-30T23:59:59Z'));
    expect(stepsOf(inGrace)).toEqual([]);
    expect(inGrace.nextAt).toEqual(new Date('2026-01-31T00:00:00Z'));
    expect(stepsOf(settleStanding(ladder, silver, progressOf([]), clockAt('2026-01-31T00:00:00Z')))).toEqual([
      '2026-01-31 silver bronze REVIEWED',
    ]);
    const saved = settleStanding(ladder, silver, progressOf([['2026-01-30', 1000]]), clockAt('2026-01-31T00:00:00Z'));
    expect(stepsOf(saved)).toEqual([]);
    const tooLate = settleStanding(ladder, silver, progressOf([['2026-01-31', 1000]]), clockAt('2026-02-05T00:00:00Z'));
    expect(stepsOf(tooLate)).toEqual(['2026-01-31 silver bronze REVIEWED']);
  });

  it('does not go below a tier that is for ever', () => {
    const ladder = aCompiledLadder({
      tiers: [aTier('bronze', '0'), aTier('silver', '1000', { neverDown: true }), aTier('gold', '5000')],
    });
    const gold = earnedSince(ladder, 'gold', '2025-01-01');
    const settled = settleStanding(ladder, gold, progressOf([]), clockAt('2030-01-01T00:00:00Z'));
    expect(stepsOf(settled)).toEqual(['2026-01-01 gold silver REVIEWED']);
    expect(settled.nextAt).toBeNull();
  });

  it('is made up for in order after an outage, each dated at its own instant', () => {
    const ladder = aCompiledLadder({
      downgrade: 'ONE_STEP',
      period: { kind: 'CALENDAR', unit: 'QUARTER' },
      graceDays: 5,
    });
    const gold = earnedSince(ladder, 'gold', '2025-01-01');
    const settled = settleStanding(ladder, gold, progressOf([['2025-02-01', 5000]]), clockAt('2026-06-01T00:00:00Z'));
    expect(stepsOf(settled)).toEqual(['2025-07-06 gold silver REVIEWED', '2025-10-06 silver bronze REVIEWED']);
    expect(settled.nextAt).toBeNull();
  });

  it('happens at midnight of the program’s zone, over changes of the clock', () => {
    const ladder = aCompiledLadder({ period: { kind: 'CALENDAR', unit: 'MONTH' }, graceDays: 8 });
    const silver = { ...earnedSince(ladder, 'silver', '2026-03-01') };
    const clock = { now: new Date('2026-04-20T00:00:00Z'), timeZone: 'America/New_York', joinedOn: '2024-01-01' };
    const { changes } = settleStanding(ladder, silver, progressOf([]), clock);
    expect(changes[0]?.at.toISOString()).toBe('2026-04-09T04:00:00.000Z');
    const winter = settleStanding(ladder, { ...silver, periodFrom: '2026-01-01', since: null }, progressOf([]), clock);
    expect(winter.changes[0]?.at.toISOString()).toBe('2026-02-09T05:00:00.000Z');
  });

  it('of a rolling window comes on the first day on which the window holds too little', () => {
    const ladder = aCompiledLadder({ period: { kind: 'ROLLING', days: 30, months: null }, graceDays: 3 });
    const silver = earnedSince(ladder, 'silver', '2026-01-11');
    const progress = progressOf([
      ['2026-01-01', 400],
      ['2026-01-10', 700],
    ]);
    // 1 January leaves the thirty days before 1 February.
    expect(settleStanding(ladder, silver, progress, clockAt('2026-01-20T00:00:00Z')).nextAt).toEqual(
      new Date('2026-02-04T00:00:00Z'),
    );
    expect(stepsOf(settleStanding(ladder, silver, progress, clockAt('2026-03-01T00:00:00Z')))).toEqual([
      '2026-02-04 silver bronze REVIEWED',
    ]);
    const recovered = progressOf([
      ['2026-01-01', 400],
      ['2026-01-10', 700],
      ['2026-02-02', 300],
    ]);
    const settled = settleStanding(ladder, silver, recovered, clockAt('2026-02-05T00:00:00Z'));
    expect(stepsOf(settled)).toEqual([]);
    expect(settled.nextAt).toEqual(new Date('2026-02-13T00:00:00Z'));
  });

  it('of a lifetime comes only after something was taken back, when that day and the grace are over', () => {
    const ladder = aCompiledLadder({ period: { kind: 'LIFETIME' }, graceDays: 2 });
    const silver = { ...earnedSince(ladder, 'silver', '2026-01-01'), periodFrom: null };
    const safe = settleStanding(ladder, silver, progressOf([['2025-01-01', 1000]]), clockAt('2030-01-01T00:00:00Z'));
    expect([stepsOf(safe), safe.nextAt]).toEqual([[], null]);
    const less = progressOf([['2025-01-01', 999]]);
    const waiting = settleStanding(ladder, silver, less, clockAt('2026-05-01T10:00:00Z'));
    expect([stepsOf(waiting), waiting.nextAt]).toEqual([[], new Date('2026-05-04T00:00:00Z')]);
    const later = settleStanding(ladder, waiting.standing, less, clockAt('2026-05-04T00:00:00Z'));
    expect(stepsOf(later)).toEqual(['2026-05-04 silver bronze REVIEWED']);
  });
});

describe('a warning', () => {
  const ladder = aCompiledLadder({ warningDays: 14, graceDays: 10 });
  const gold = earnedSince(ladder, 'gold', '2025-01-01');

  it('is given once a period, before its end, with what is still required', () => {
    const progress = progressOf([['2025-03-01', 4200]]);
    const early = settleStanding(ladder, gold, progress, clockAt('2025-12-17T23:59:59Z'));
    expect([early.warnings, early.nextAt]).toEqual([[], new Date('2025-12-18T00:00:00Z')]);
    const due = settleStanding(ladder, gold, progress, clockAt('2025-12-18T00:00:00Z'));
    expect(due.warnings).toMatchObject([{ tier: 'gold', toTier: 'silver', endsOn: '2026-01-01' }]);
    expect(due.warnings[0]?.required.toFixed()).toBe('800');
    expect(due.nextAt).toEqual(new Date('2026-01-11T00:00:00Z'));
    expect(settleStanding(ladder, due.standing, progress, clockAt('2025-12-30T00:00:00Z')).warnings).toEqual([]);
  });

  it('is not given to who has enough, nor after the review has passed', () => {
    const enough = settleStanding(ladder, gold, progressOf([['2025-03-01', 5000]]), clockAt('2025-12-20T00:00:00Z'));
    expect(enough.warnings).toEqual([]);
    expect(settleStanding(ladder, gold, progressOf([]), clockAt('2026-02-01T00:00:00Z')).warnings).toEqual([]);
  });
});

describe('a warning of who was given a tier', () => {
  it('is left out while that holds beyond the review', () => {
    const ladder = aCompiledLadder({ warningDays: 14 });
    const given = (until: string | null): Standing => ({
      ...earnedSince(ladder, 'silver', '2025-01-01'),
      assigned: { tier: 'silver', kind: 'MANUAL', until: until === null ? null : new Date(until) },
    });
    const warned = (until: string | null) =>
      settleStanding(ladder, given(until), progressOf([]), clockAt('2025-12-20T00:00:00Z')).warnings.length;
    expect([warned(null), warned('2026-02-01T00:00:00Z'), warned('2025-12-25T00:00:00Z')]).toEqual([0, 0, 1]);
  });
});

describe('what was given by hand', () => {
  const ladder = aCompiledLadder({
    tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('black', null, { manualOnly: true })],
  });
  const given: Standing = {
    ...earnedSince(ladder, 'silver', '2025-01-01'),
    tier: 'black',
    assigned: { tier: 'black', kind: 'INVITED', until: new Date('2026-06-01T00:00:00Z') },
  };

  it('holds until its end while what is earned is reviewed beneath it, and then gives way to that', () => {
    const before = settleStanding(ladder, given, progressOf([]), clockAt('2026-05-31T23:59:59Z'));
    expect(stepsOf(before)).toEqual([]);
    expect(earnedPlace(ladder, before.standing)).toBe(0);
    const after = settleStanding(ladder, given, progressOf([]), clockAt('2026-06-01T00:00:00Z'));
    expect(stepsOf(after)).toEqual(['2026-06-01 black bronze REVIEWED']);
    const earned = progressOf([
      ['2025-05-01', 1000],
      ['2026-02-01', 1000],
    ]);
    expect(stepsOf(settleStanding(ladder, given, earned, clockAt('2026-06-01T00:00:00Z')))).toEqual([
      '2026-06-01 black silver REVIEWED',
    ]);
  });
});

describe('a revision of the ladder', () => {
  it('exchanges a tier that is no more for the one that is deserved', () => {
    const before = aCompiledLadder();
    const gold = earnedSince(before, 'gold', '2026-01-01');
    const after = aCompiledLadder({
      tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('platinum', '9000')],
    });
    const settled = settleStanding(after, gold, progressOf([['2026-02-01', 5000]]), clockAt('2026-03-01T00:00:00Z'));
    expect(stepsOf(settled)).toEqual(['2026-03-01 gold silver RECALCULATED']);
  });

  it('that raises thresholds takes nothing before the next review', () => {
    const gold = earnedSince(aCompiledLadder(), 'gold', '2026-01-01');
    const after = aCompiledLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('gold', '9000')] });
    const progress = progressOf([['2026-02-01', 5000]]);
    expect(stepsOf(settleStanding(after, gold, progress, clockAt('2026-12-31T00:00:00Z')))).toEqual([]);
    expect(stepsOf(settleStanding(after, gold, progress, clockAt('2027-01-01T00:00:00Z')))).toEqual([
      '2027-01-01 gold silver REVIEWED',
    ]);
  });

  it.each(['2026-01-01', '2026-05-20'])(
    'that changes periods begins reviews anew, whatever came before (%s)',
    (from) => {
      const silver = earnedSince(aCompiledLadder(), 'silver', from);
      const rolling = aCompiledLadder({ period: { kind: 'ROLLING', days: 90, months: null } });
      const settled = settleStanding(
        rolling,
        silver,
        progressOf([['2026-05-30', 1000]]),
        clockAt('2026-06-01T08:00:00Z'),
      );
      expect(stepsOf(settled)).toEqual([]);
      expect(settled.nextAt).toEqual(new Date('2026-08-29T00:00:00Z'));
    },
  );
});

const PERIODS: LadderPeriod[] = [
  { kind: 'CALENDAR', unit: 'YEAR' },
  { kind: 'CALENDAR', unit: 'QUARTER' },
  { kind: 'CALENDAR', unit: 'MONTH' },
  { kind: 'FROM_JOINING', months: 6 },
  { kind: 'ROLLING', days: 60, months: null },
  { kind: 'ROLLING', days: null, months: 3 },
  { kind: 'LIFETIME' },
];

const anyLadder = fc
  .record({
    period: fc.constantFrom(...PERIODS),
    downgrade: fc.constantFrom('ONE_STEP' as const, 'TO_DESERVED' as const, 'NEVER' as const),
    graceDays: fc.integer({ min: 0, max: 20 }),
    warningDays: fc.integer({ min: 0, max: 20 }),
    base: fc.boolean(),
    neverDown: fc.boolean(),
  })
  .map(({ base, neverDown, warningDays, ...rest }) =>
    aCompiledLadder({
      ...rest,
      warningDays: rest.period.kind === 'LIFETIME' ? 0 : warningDays,
      tiers: [
        ...(base ? [aTier('bronze', '0')] : []),
        aTier('silver', '100'),
        aTier('gold', '300', { neverDown }),
        aTier('platinum', '600'),
      ],
    }),
  );

const anyDays = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 400 })), { maxLength: 30 })
  .map((items) => {
    const sums = new Map<string, number>();
    for (const [offset, amount] of items) {
      const day = addDays('2024-01-01', offset);
      sums.set(day, (sums.get(day) ?? 0) + amount);
    }
    return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));
  });

/** Lives through the days as the service does: reviews at an hour of each step, and an activity where there is one. */
function live(ladder: CompiledLadder, days: (readonly [string, number])[], looks: readonly string[]): Standing {
  let standing: Standing = NO_STANDING;
  const known: (readonly [string, number])[] = [];
  const settle = (now: string): Progress => {
    const progress = progressOf(known);
    standing = settleStanding(ladder, standing, progress, clockAt(now)).standing;
    return progress;
  };
  const events = [
    ...days.map(([day, amount]) => [`${day}T12:00:00Z`, day, amount] as const),
    ...looks.map((look) => [`${look}T06:00:00Z`, look, 0] as const),
  ];
  for (const [now, day, amount] of events.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    settle(now);
    if (amount === 0) continue;
    known.push([day, amount]);
    const clock = clockAt(now);
    const before = placeOf(ladder, standing, clock.now);
    const total = sumWindow(ladder, progressOf(known), day);
    standing = advanced(ladder, standing, total, clock.now, clock)?.standing ?? standing;
    expect(placeOf(ladder, standing, clock.now)).toBeGreaterThanOrEqual(before);
  }
  settle('2027-06-01T00:00:00Z');
  return { ...standing, since: null };
}

function sumWindow(ladder: CompiledLadder, progress: Progress, day: string): Big {
  const window = windowOf(ladder.ladder.period, day, '2024-01-01');
  return sumOf(progress, window);
}

describe('a recalculation', () => {
  it('regards the present period and the one before it, as the tier holds by either', () => {
    const ladder = aCompiledLadder();
    const gold = earnedSince(ladder, 'gold', '2026-01-01');
    const clock = clockAt('2026-06-01T00:00:00Z');
    const lastYear = progressOf([['2025-12-31', 5000]]);
    expect(recalculated(ladder, gold, lastYear, clock).change).toBeNull();
    const longAgo = progressOf([['2024-12-31', 5000]]);
    expect(recalculated(ladder, gold, longAgo, clock).change).toMatchObject({ to: 'bronze', reason: 'RECALCULATED' });
  });
});

describe('laws', () => {
  it('settling twice at one instant changes nothing more', () => {
    fc.assert(
      fc.property(anyLadder, anyDays, fc.integer({ min: 0, max: 1200 }), (ladder, days, offset) => {
        const progress = progressOf(days);
        const now = `${addDays('2024-01-01', offset)}T00:00:00Z`;
        const start = earnedSince(ladder, 'platinum', '2024-01-01');
        const once = settleStanding(ladder, start, progress, clockAt(now));
        const twice = settleStanding(ladder, once.standing, progress, clockAt(now));
        expect([twice.changes, twice.warnings, twice.nextAt]).toEqual([[], [], once.nextAt]);
        expect(twice.standing).toEqual(once.standing);
      }),
      { numRuns: 300 },
    );
  });

  it('looking in between never changes where one ends', () => {
    fc.assert(
      fc.property(
        anyLadder,
        anyDays,
        fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 20 }),
        (ladder, days, looks) => {
          const often = live(
            ladder,
            days,
            looks.map((offset) => addDays('2024-01-01', offset)),
          );
          expect({ ...often, warnedFor: null }).toEqual({ ...live(ladder, days, []), warnedFor: null });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a recalculation gives what the record deserves, as far as the ladder lets it', () => {
    fc.assert(
      fc.property(anyLadder, anyDays, (ladder, days) => {
        const clock = clockAt('2025-06-01T00:00:00Z');
        const { standing } = recalculated(ladder, NO_STANDING, progressOf(days), clock);
        const again = recalculated(ladder, standing, progressOf(days), clock);
        expect(again.change).toBeNull();
      }),
    );
  });
});
