import fc from 'fast-check';
import { expect, test } from 'vitest';

import { dayAt, periodOf, type CustomerClock } from '#domain/streak/calendar.ts';
import {
  beginRun,
  judge,
  type Judged,
  type Mark,
  type Run,
  type StreakFacts,
  type StreakLaw,
} from '#domain/streak/judge.ts';
import { pauseDays, resumedOn } from '#domain/streak/standing.ts';
import { isInOrder } from '#domain/streak/step.ts';

/**
 * A customer whose streak is kept by checkpoints, as the service keeps it: only what lies after the checkpoint is looked at,
 * unless something comes that belongs before it. Everything is remembered beside, to be judged from the beginning.
 */
class Kept {
  readonly law: StreakLaw;
  clock: CustomerClock = { zone: 'Europe/Berlin', moves: [] };
  now = Date.parse('2026-03-20T12:00:00Z');
  base: Run;
  run: Run;
  met: number[] = [];
  pauses: StreakFacts['pauses'] = [];
  bridges: { from: number; to: number }[] = [];
  gifts: { at: Date; count: number }[] = [];
  marks: Mark[] = [];
  /** Each instant with the period that it was counted in when it came. */
  counted: { at: Date; period: number }[] = [];

  constructor(law: StreakLaw) {
    this.law = law;
    this.base = beginRun(law);
    this.run = this.base;
  }

  facts(overrides: Partial<StreakFacts> = {}): StreakFacts {
    const { clock, met, pauses, bridges, gifts } = this;
    return { clock, met, pauses, bridges, gifts, pins: new Map(), ...overrides };
  }

  fromTheBeginning() {
    return judge(this.law, this.facts(), beginRun(this.law), new Date(this.now));
  }

  private goOn(gifts: StreakFacts['gifts'] = []): void {
    const { through } = this.base;
    const met = this.met.filter((period) => through === null || period > through);
    this.keep(judge(this.law, this.facts({ met, gifts }), this.base, new Date(this.now)));
  }

  private keep({ base, run, marks }: Judged): void {
    this.base = base;
    this.run = run;
    this.marks.push(...marks);
  }

  private startAnew(): void {
    this.marks = [];
    this.keep(this.fromTheBeginning());
  }

  apply(step: Step): void {
    this.now += step.wait * 60_000;
    const now = new Date(this.now);
    this.goOn();
    switch (step.kind) {
      case 'ACT': {
        const at = new Date(this.now - step.late * 60_000);
        const period = periodOf(this.law.cadence, dayAt(this.clock, at));
        this.counted.push({ at, period });
        if (this.met.includes(period)) return;
        const inOrder = isInOrder(this.law, this.clock, this.base, period);
        this.met = [...this.met, period].toSorted((a, b) => a - b);
        if (inOrder) this.goOn();
        else this.startAnew();
        return;
      }
      case 'MOVE':
        this.clock = { zone: step.zone, moves: [...this.clock.moves, { at: now, from: this.clock.zone }] };
        this.startAnew();
        return;
      case 'PAUSE': {
        const today = dayAt(this.clock, now);
        const to = new Date(Date.parse(today) + step.days * 86_400_000).toISOString().slice(0, 10);
        const pause = pauseDays(this.law, this.facts(), now, { from: null, to });
        if (pause !== null && pause.from < pause.to) this.pauses = [...this.pauses, pause];
        return this.goOn();
      }
      case 'RESUME':
        this.pauses = resumedOn(this.pauses, dayAt(this.clock, now));
        return this.goOn();
      case 'GIVE': {
        const gift = { at: now, count: 1 };
        this.gifts.push(gift);
        return this.goOn([gift]);
      }
      case 'RESTORE': {
        const { broke } = this.run;
        const to = periodOf(this.law.cadence, dayAt(this.clock, now));
        if (broke === null || broke.period >= to) return;
        this.bridges.push({ from: broke.period, to });
        this.startAnew();
        return;
      }
      case 'UNDO': {
        if (this.met.length === 0) return;
        this.met = this.met.filter((_, index) => index !== step.which % this.met.length);
        this.startAnew();
      }
    }
  }
}

type Step = { wait: number } & (
  | { kind: 'ACT'; late: number }
  | { kind: 'MOVE'; zone: string }
  | { kind: 'PAUSE'; days: number }
  | { kind: 'RESUME' | 'GIVE' | 'RESTORE' }
  | { kind: 'UNDO'; which: number }
);

const ZONES = [
  'Europe/Berlin',
  'Pacific/Kiritimati',
  'Pacific/Honolulu',
  'Etc/GMT+12',
  'Asia/Kathmandu',
  'Africa/Cairo',
];
const wait = fc.integer({ min: 0, max: 2_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('ACT' as const),
      wait,
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 20_000 })),
    }),
  },
  fc.record({ kind: fc.constant('MOVE' as const), wait, zone: fc.constantFrom(...ZONES) }),
  fc.record({ kind: fc.constant('PAUSE' as const), wait, days: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constantFrom('RESUME' as const, 'GIVE' as const, 'RESTORE' as const), wait }),
  fc.record({ kind: fc.constant('UNDO' as const), wait, which: fc.nat(50) }),
);
const law: fc.Arbitrary<StreakLaw> = fc.record({
  cadence: fc.constantFrom('DAY' as const, 'DAY' as const, 'WEEK' as const, 'MONTH' as const),
  freezes: fc.record({
    initial: fc.integer({ min: 0, max: 2 }),
    max: fc.integer({ min: 2, max: 3 }),
    everyPeriods: fc.option(fc.integer({ min: 1, max: 4 })),
  }),
  graceHours: fc.constantFrom(0, 0, 3, 48),
});

test('what is kept by checkpoints equals what the whole list comes to, in any order of arrival, with moves, pauses, freezes and restores', () => {
  fc.assert(
    fc.property(law, fc.array(step, { maxLength: 60 }), (given, steps) => {
      const kept = new Kept(given);
      for (const one of steps) {
        kept.apply(one);
        const whole = kept.fromTheBeginning();
        const { base, run, marks } = kept;
        expect({ base, run, marks }).toEqual({ base: whole.base, run: whole.run, marks: whole.marks });
      }
    }),
    { numRuns: 300 },
  );
});

test('no instant ever counts for two local days, and no move takes a met period away', () => {
  fc.assert(
    fc.property(law, fc.array(step, { maxLength: 60 }), (given, steps) => {
      const kept = new Kept(given);
      for (const one of steps) {
        const before = kept.met;
        kept.apply(one);
        if (one.kind === 'MOVE') expect(kept.met).toEqual(before);
      }
      for (const { at, period } of kept.counted) expect(periodOf(given.cadence, dayAt(kept.clock, at))).toBe(period);
    }),
    { numRuns: 200 },
  );
});

test('a move loses no length: who has met each of their days so far keeps the whole run', () => {
  const moves = fc.array(fc.record({ hours: fc.integer({ min: 1, max: 80 }), zone: fc.constantFrom(...ZONES) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(moves, (given) => {
      const daily = { cadence: 'DAY' as const, freezes: { initial: 0, max: 0, everyPeriods: null }, graceHours: 0 };
      const kept = new Kept(daily);
      // Somebody who does something every hour meets every day that their clocks show.
      const hourly = (hours: number): void => {
        for (let hour = 0; hour < hours; hour += 1) kept.apply({ kind: 'ACT', wait: 60, late: 0 });
      };
      hourly(1);
      for (const { hours, zone } of given) {
        hourly(hours);
        kept.apply({ kind: 'MOVE', wait: 0, zone });
      }
      expect(kept.run.broke).toBeNull();
      expect(kept.run.length).toBe(kept.met.length);
    }),
    { numRuns: 60 },
  );
});

test('day by day, a streak is what a walk over the days of one zone comes to', () => {
  const days = fc.array(fc.constantFrom('MET' as const, 'MET' as const, 'MISSED' as const), { maxLength: 80 });
  fc.assert(
    fc.property(law, days, (given, list) => {
      const daily = { ...given, cadence: 'DAY' as const, graceHours: 0 };
      const first = periodOf('DAY', '2026-02-01');
      const met = list.flatMap((day, index) => (day === 'MET' ? [first + index] : []));
      const now = new Date((first + list.length) * 86_400_000);
      const clock = { zone: 'UTC', moves: [] };
      const facts = { clock, met, pauses: [], bridges: [], gifts: [], pins: new Map<number, 'BROKEN'>() };
      let [length, longest, freezes] = [0, 0, daily.freezes.initial];
      for (const day of list) {
        if (day === 'MET') {
          length += 1;
          const isDue = daily.freezes.everyPeriods !== null && length % daily.freezes.everyPeriods === 0;
          if (isDue && freezes < daily.freezes.max) freezes += 1;
        } else if (length > 0 && freezes > 0) freezes -= 1;
        else length = 0;
        longest = Math.max(longest, length);
      }
      expect(judge(daily, facts, beginRun(daily), now).run).toMatchObject({ length, longest, freezes });
    }),
    { numRuns: 300 },
  );
});
