import { dayAt, endOfPeriod, firstDayOf, periodOf, startOfPeriod } from './calendar.ts';
import {
  isExcused,
  verdictAt,
  type DayRange,
  type Judged,
  type Run,
  type StreakFacts,
  type StreakLaw,
} from './judge.ts';

export const STREAK_STATES = ['NONE', 'ACTIVE', 'AT_RISK', 'FROZEN', 'PAUSED', 'BROKEN'] as const;
/**
 * NONE has not begun, or was brought to nothing by a reversal. ACTIVE goes on; AT_RISK ends or takes a freeze soon unless
 * the period is met; FROZEN lives by a freeze and waits for the next met period; BROKEN was lost.
 */
export type StreakState = (typeof STREAK_STATES)[number];

/** Where a customer stands with a streak at an instant. */
export type StreakStanding = {
  state: StreakState;
  /** The period that the customer's clocks show, and whether it is met. */
  period: number;
  isMet: boolean;
  /** The first period that is neither met nor excused, when it ends, and from when on it is at risk; null without a run. */
  pending: { period: number; deadline: Date; atRiskAt: Date | null } | null;
  /** When something happens by itself next; null when nothing does. */
  nextAt: Date | null;
};

/** An excuse has an end: no pause is longer, and bridges lie in the past. */
const LOOKAHEAD_MAX = 2_000;

/** Where a judged streak stands at `now`. `met` of the facts must have all periods that are not over. */
export function standingOf(
  law: StreakLaw & { atRiskHours: number | null },
  facts: StreakFacts,
  { base, run }: Pick<Judged, 'base' | 'run'>,
  now: Date,
): StreakStanding {
  const today = dayAt(facts.clock, now);
  const period = periodOf(law.cadence, today);
  const isMet = facts.met.includes(period) || run.lastMet === period;
  const isResting = facts.pauses.some(({ from, to }) => from <= today && today < to);
  // A run that began with a period that is not over has nothing to lose before it.
  const first = base.length === 0 ? run.startedOn : (base.through ?? 0) + 1;
  const pending = run.length === 0 ? null : findPending(law, facts, first ?? period, run.lastMet);
  const boundaries = run.length === 0 ? [] : edgesOf(facts, now);
  const verdict = pending === null ? [] : [verdictAt(law, facts.clock, pending.period)];
  const riskAt = pending?.atRiskAt ?? null;
  const risk = riskAt === null || riskAt <= now ? [] : [riskAt];
  return {
    period,
    isMet,
    pending,
    state: isResting ? 'PAUSED' : stateOf(run, pending, now),
    nextAt: earliest([...verdict, ...risk, ...boundaries]),
  };
}

function stateOf(run: Run, pending: StreakStanding['pending'], now: Date): StreakState {
  if (pending === null) return run.broke === null ? 'NONE' : 'BROKEN';
  // In the grace after its end, a period is missed unless a late report comes.
  if (pending.deadline <= now || (pending.atRiskAt !== null && pending.atRiskAt <= now)) return 'AT_RISK';
  const isFrozen = run.frozenOn !== null && (run.lastMet === null || run.frozenOn > run.lastMet);
  return isFrozen ? 'FROZEN' : 'ACTIVE';
}

function findPending(
  law: StreakLaw & { atRiskHours: number | null },
  facts: StreakFacts,
  first: number,
  lastMet: number | null,
): NonNullable<StreakStanding['pending']> {
  const met = new Set(facts.met);
  let period = first;
  for (let looked = 0; looked < LOOKAHEAD_MAX; looked += 1, period += 1)
    if (period !== lastMet && !met.has(period) && !isExcused(law, facts, period)) break;
  const deadline = endOfPeriod(facts.clock, law.cadence, period);
  if (law.atRiskHours === null) return { period, deadline, atRiskAt: null };
  const start = startOfPeriod(facts.clock, law.cadence, period).getTime();
  const atRiskAt = new Date(Math.max(start, deadline.getTime() - law.atRiskHours * 3_600_000));
  return { period, deadline, atRiskAt };
}

/** When the customer's clocks come to the edges of pauses: the state changes there, though nothing is decided. */
function edgesOf({ clock, pauses }: StreakFacts, now: Date): Date[] {
  return pauses
    .flatMap(({ from, to }: DayRange) => [from, to])
    .map((day) => startOfPeriod(clock, 'DAY', periodOf('DAY', day)))
    .filter((at) => at > now);
}

function earliest(instants: readonly Date[]): Date | null {
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((at) => at.getTime())));
}

/** The local days of a pause that begins at the earliest on the day of `now`, or a day later where that one is met already. */
export function pauseDays(
  law: StreakLaw,
  facts: StreakFacts,
  now: Date,
  wanted: { from: string | null; to: string },
): DayRange | null {
  const today = dayAt(facts.clock, now);
  const from = wanted.from ?? today;
  if (from < today) return null;
  const isMetToday = law.cadence === 'DAY' && facts.met.includes(periodOf('DAY', from));
  return { from: isMetToday ? firstDayOf('DAY', periodOf('DAY', from) + 1) : from, to: wanted.to };
}

/** The same pauses, none of which goes on after the beginning of a day. */
export function resumedOn(pauses: readonly DayRange[], day: string): DayRange[] {
  return pauses.map(({ from, to }) => ({ from, to: to > day ? day : to })).filter(({ from, to }) => from < to);
}
