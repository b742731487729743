import { endOfPeriod, firstDayOf, isLongOver, shownMs, type CustomerClock } from './calendar.ts';
import type { Streak } from './streak.ts';

/** What verdicts come from. */
export type StreakLaw = Pick<Streak, 'cadence' | 'freezes' | 'graceHours'>;

/** Local days [from, to). */
export type DayRange = { from: string; to: string };

/** Everything about one customer that the length of a streak comes from. */
export type StreakFacts = {
  clock: CustomerClock;
  /** The periods that are met, rising; those that a checkpoint has judged may be left out. */
  met: readonly number[];
  pauses: readonly DayRange[];
  /** Missed periods [from, to) that a restore took back. */
  bridges: readonly { from: number; to: number }[];
  /** Freezes given by hand, the earliest first; those that a checkpoint knows are left out. */
  gifts: readonly { at: Date; count: number }[];
  /** Verdicts of an earlier shape of the streak: they stand unless the period is met after all. */
  pins: ReadonlyMap<number, 'FREEZE_USED' | 'BROKEN'>;
};

/** Where a streak stands after some period. */
export type Run = {
  /** The last period that was looked at; null before the first. */
  through: number | null;
  length: number;
  startedOn: number | null;
  longest: number;
  lastMet: number | null;
  freezes: number;
  /** The last missed period that a freeze made good in this run. */
  frozenOn: number | null;
  /** The last break: the missed period, and the length that was lost. */
  broke: { period: number; length: number } | null;
  /** When a freeze was last given by hand, in milliseconds since 1970. */
  giftedAt: number | null;
};

/** What happened at a period, beside that it was met. A break tells the length that was lost. */
export type Mark = { kind: 'FREEZE_USED' | 'FREEZE_EARNED' | 'BROKEN'; period: number; length: number };

export type Judged = {
  /** After everything that is decided for good, as the facts stand: what later periods are judged from. */
  base: Run;
  /** With periods on top that are met and not over. */
  run: Run;
  /** Of the periods that are decided. */
  marks: readonly Mark[];
  /** Met periods in order, each with the length that the run has with it. */
  trail: readonly { period: number; length: number }[];
};

export function beginRun({ freezes }: StreakLaw): Run {
  return {
    through: null,
    length: 0,
    startedOn: null,
    longest: 0,
    lastMet: null,
    freezes: freezes.initial,
    frozenOn: null,
    broke: null,
    giftedAt: null,
  };
}

const HALF_DAY_MS = 43_200_000;
const HOUR_MS = 3_600_000;

/** When the verdict over a period falls: at its end, after the grace for late reports. */
export function verdictAt(law: StreakLaw, clock: CustomerClock, period: number): Date {
  return new Date(endOfPeriod(clock, law.cadence, period).getTime() + law.graceHours * HOUR_MS);
}

/**
 * Judges all periods after a checkpoint that are over by `now`, in their order, and counts what is met of those that are
 * not. From the beginning, `beginRun`, or from any `base` that the same facts led to: both come to the same.
 */
export function judge(law: StreakLaw, facts: StreakFacts, from: Run, now: Date): Judged {
  const state: Judging = { law, facts, run: { ...from }, marks: [], trail: [], gifted: 0, latest: -Infinity };
  const { met } = facts;
  let next = 0;
  for (;;) {
    const { run } = state;
    while (next < met.length && run.through !== null && (met[next] ?? 0) <= run.through) next += 1;
    const period = run.length === 0 ? met[next] : (run.through ?? 0) + 1;
    if (period === undefined || !isDecided(law, facts.clock, period, now)) break;
    // Only who was given freezes by hand has to know when exactly the verdict fell.
    if (state.gifted < facts.gifts.length) {
      state.latest = Math.max(state.latest, verdictAt(law, facts.clock, period).getTime());
      give(state, state.latest);
    }
    if (period === met[next]) meet(state, period);
    else miss(state, period);
    run.through = period;
  }
  give(state, Infinity);
  const [base, marks] = [{ ...state.run }, [...state.marks]];
  for (const period of met.slice(next)) {
    meet(state, period);
    state.run.through = period;
  }
  return { base, run: state.run, marks, trail: state.trail };
}

type Judging = {
  law: StreakLaw;
  facts: StreakFacts;
  run: Run;
  marks: Mark[];
  trail: { period: number; length: number }[];
  /** How many gifts have been given so far. */
  gifted: number;
  /** The latest verdict so far: moves can end an earlier period after a later one. */
  latest: number;
};

function isDecided(law: StreakLaw, clock: CustomerClock, period: number, now: Date): boolean {
  return (
    isLongOver(law.cadence, period, now.getTime() - law.graceHours * HOUR_MS) || verdictAt(law, clock, period) <= now
  );
}

function meet({ law, facts, run, marks, trail }: Judging, period: number): void {
  if (isPaused(law, facts.pauses, period, 'WHOLLY')) return;
  run.length += 1;
  run.startedOn ??= period;
  run.longest = Math.max(run.longest, run.length);
  run.lastMet = period;
  trail.push({ period, length: run.length });
  const { everyPeriods, max } = law.freezes;
  if (everyPeriods === null || run.length % everyPeriods !== 0 || run.freezes >= max) return;
  run.freezes += 1;
  marks.push({ kind: 'FREEZE_EARNED', period, length: run.length });
}

function miss(state: Judging, period: number): void {
  const { law, facts, run, marks } = state;
  if (isExcused(law, facts, period)) return;
  const pin = facts.pins.get(period) ?? null;
  if (pin === 'FREEZE_USED' || (pin === null && run.freezes > 0)) {
    run.freezes = Math.max(0, run.freezes - 1);
    run.frozenOn = period;
    marks.push({ kind: 'FREEZE_USED', period, length: run.length });
    return;
  }
  marks.push({ kind: 'BROKEN', period, length: run.length });
  run.broke = { period, length: run.length };
  run.length = 0;
  run.startedOn = null;
  run.frozenOn = null;
}

/** Gives what was given by hand before an instant. */
function give(state: Judging, before: number): void {
  const { gifts } = state.facts;
  for (let gift = gifts[state.gifted]; gift !== undefined && gift.at.getTime() < before; gift = gifts[state.gifted]) {
    const most = Math.max(state.law.freezes.max, state.run.freezes);
    state.run.freezes = Math.min(most, state.run.freezes + gift.count);
    state.run.giftedAt = gift.at.getTime();
    state.gifted += 1;
  }
}

/** Whether a period that is not met breaks nothing. */
export function isExcused(law: StreakLaw, { clock, pauses, bridges }: StreakFacts, period: number): boolean {
  return (
    bridges.some(({ from, to }) => from <= period && period < to) ||
    isPaused(law, pauses, period, 'PARTLY') ||
    (law.cadence === 'DAY' && shownMs(clock, firstDayOf('DAY', period)) < HALF_DAY_MS)
  );
}

/** Whether pauses take any day of a period, or each. Pauses that touch are one. */
export function isPaused(
  { cadence }: Pick<StreakLaw, 'cadence'>,
  pauses: readonly DayRange[],
  period: number,
  how: 'PARTLY' | 'WHOLLY',
): boolean {
  if (pauses.length === 0) return false;
  const [from, to] = [firstDayOf(cadence, period), firstDayOf(cadence, period + 1)];
  if (how === 'PARTLY') return pauses.some((pause) => pause.from < to && pause.to > from);
  let covered = from;
  for (const pause of pauses.toSorted((a, b) => (a.from < b.from ? -1 : 1)))
    if (pause.from <= covered && pause.to > covered) covered = pause.to;
  return covered >= to;
}
