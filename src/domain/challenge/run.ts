import { Big } from 'big.js';

import type { EarningFacts } from '../earning/facts.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import { endOfDayAfter, localDay, periodDays, periodKey, startOfDay } from '../time.ts';
import type { Challenge } from './challenge.ts';
import { isShared, type CompiledChallenge, type CompiledStep } from './compile.ts';
import { amountOf } from './counter.ts';

/**
 * What counts for a challenge. The laws:
 *
 * - A run is one try at a challenge, of a customer, a team or the whole community. Without `mustJoin` it begins with the
 *   first activity that counts; with it, when the customer joins.
 * - An activity counts when it occurred within the challenge's window, its step's condition and the challenge's audience
 *   hold, the customer is enrolled, and the run has not ended. What is recorded late counts for the calendar period that it
 *   belongs to; it does not count for a run with a time limit, or one that was joined, if it occurred before that began.
 *   What was recorded before the challenge went live counts nothing.
 * - A step never counts beyond its target. In any order, one activity may count for several steps; in order, it counts for
 *   the first step that is not completed, and for that one alone. Amounts below zero count nothing.
 * - A run is completed once, by the activity that completes its last step. Reversing that whole activity takes back a prize
 *   that was not claimed and opens the run again, unless the next one has begun; reversing an activity takes back what it
 *   counted in a run that is not completed. A shared goal that was reached stays reached.
 */

export const RUN_STATES = ['RUNNING', 'COMPLETED', 'EXPIRED', 'REVOKED'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One try at a challenge. */
export type Run = {
  id: string;
  challengeId: string;
  /** The customer, the team, or the program itself. */
  ownerId: string;
  /** The calendar period, by the program's zone: 2026-11-22, 2026-W47, 2026-11, or all. */
  period: string;
  /** From 1, within the period. */
  number: number;
  state: RunState;
  startedAt: Date;
  /** The first instant that does not count any more; null is open. */
  endsAt: Date | null;
  completedAt: Date | null;
  /** By step code; a step that is not there has 0. */
  amounts: ReadonlyMap<string, Big>;
};

/** What an activity added to one step. */
export type StepProgress = { step: string; amount: Big; total: Big; target: Big; isCompleted: boolean };

/** The name of the period that an instant counts in. */
export function runPeriod({ repeat }: Pick<Challenge, 'repeat'>, occurredAt: Date, timeZone: string): string {
  return isPeriod(repeat) ? periodKey(repeat, localDay(occurredAt, timeZone)) : 'all';
}

/** When a run that begins at an instant ends: with its period, its time limit or the challenge's window, whichever is first. */
export function runEnd(compiled: CompiledChallenge, startedAt: Date, timeZone: string): Date | null {
  const { repeat, withinDays } = compiled.challenge;
  const ends = [compiled.validUntil];
  if (withinDays !== null) ends.push(endOfDayAfter(startedAt, timeZone, { days: withinDays }));
  if (isPeriod(repeat)) ends.push(startOfDay(periodDays(repeat, localDay(startedAt, timeZone)).endsOn, timeZone));
  return ends.reduce((first, end) => (first === null || (end !== null && end < first) ? end : first), null);
}

/** What the next thing to count would go to: a run that is open, a new one of this number, or none. */
export type OpenRun = { kind: 'RUN'; run: Run } | { kind: 'BEGIN'; number: number } | { kind: 'NONE' };

/**
 * The run that something which occurred at an instant counts in. `latest` is the newest run of the owner and period, and
 * `completions` how many of them were completed.
 */
export function openRun(
  { challenge }: CompiledChallenge,
  latest: Run | null,
  completions: number,
  occurredAt: Date,
): OpenRun {
  if (latest?.state === 'RUNNING' && (latest.endsAt === null || occurredAt < latest.endsAt)) {
    const isEarly = occurredAt < latest.startedAt && (challenge.mustJoin || challenge.withinDays !== null);
    return isEarly ? { kind: 'NONE' } : { kind: 'RUN', run: latest };
  }
  if (challenge.mustJoin || !mayBegin(challenge, latest, completions)) return { kind: 'NONE' };
  return { kind: 'BEGIN', number: (latest?.number ?? 0) + 1 };
}

/** Whether another run may begin once the newest one is over. */
export function mayBegin(
  { repeat, completionsMax }: Pick<Challenge, 'repeat' | 'completionsMax'>,
  latest: Pick<Run, 'state'> | null,
  completions: number,
): boolean {
  if (latest?.state !== 'COMPLETED') return true;
  return repeat === 'ON_COMPLETION' && (completionsMax === null || completions < completionsMax);
}

/** The steps that an activity could count for, with how much; empty when it has nothing to do with the challenge. */
export function stepAmounts(
  { steps }: CompiledChallenge,
  fact: MeasuredFact,
  facts: EarningFacts,
): Map<CompiledStep, Big> {
  const amounts = new Map<CompiledStep, Big>();
  for (const compiled of steps) {
    const amount = amountOf(compiled.counter, fact, facts);
    if (amount !== null) amounts.set(compiled, amount);
  }
  return amounts;
}

/** What those amounts add to a run's steps. Nothing where every step that they concern is completed or not yet due. */
export function progressOf(
  { challenge, steps }: CompiledChallenge,
  run: Pick<Run, 'amounts'>,
  amounts: ReadonlyMap<CompiledStep, Big>,
): StepProgress[] {
  const totalOf = ({ step }: CompiledStep): Big => run.amounts.get(step.code) ?? new Big(0);
  const incomplete = steps.filter((one) => totalOf(one).lt(one.target));
  const due = challenge.inOrder ? incomplete.slice(0, 1) : incomplete;
  return due.flatMap((one): StepProgress[] => {
    const amount = amounts.get(one);
    if (amount === undefined) return [];
    const before = totalOf(one);
    const sum = before.plus(amount);
    const total = sum.gt(one.target) ? one.target : sum;
    return [
      {
        step: one.step.code,
        amount: total.minus(before),
        total,
        target: one.target,
        isCompleted: total.gte(one.target),
      },
    ];
  });
}

/** How far a step of a run is. */
export type StepNow = { step: CompiledStep; amount: Big; isCompleted: boolean };

/** How far each step is, in their order; 0 before the first run. */
export function stepsNow({ steps }: CompiledChallenge, run: Pick<Run, 'amounts'> | null): StepNow[] {
  return steps.map((step) => {
    const amount = run?.amounts.get(step.step.code) ?? new Big(0);
    return { step, amount, isCompleted: amount.gte(step.target) };
  });
}

/** Whether every step of a run has come to its target. */
export function isComplete(compiled: CompiledChallenge, amounts: ReadonlyMap<string, Big>): boolean {
  return stepsNow(compiled, { amounts }).every(({ isCompleted }) => isCompleted);
}

/** A run as it reads at an instant: one whose time is over is EXPIRED, whoever notices. */
export function stateAt({ state, endsAt }: Pick<Run, 'state' | 'endsAt'>, now: Date): RunState {
  return state === 'RUNNING' && endsAt !== null && endsAt <= now ? 'EXPIRED' : state;
}

/** Who owns the runs that a customer's activities count in: the customer, the team if there is one, or everybody together. */
export function ownersOf(
  { challenge }: CompiledChallenge,
  whose: { customerId: string; teamId: string | null; programId: string },
): readonly string[] {
  if (!isShared(challenge)) return [whose.customerId];
  if (challenge.goal === 'COMMUNITY') return [whose.programId];
  return whose.teamId === null ? [] : [whose.teamId];
}

function isPeriod(repeat: Challenge['repeat']): repeat is 'DAY' | 'WEEK' | 'MONTH' {
  return repeat !== 'NEVER' && repeat !== 'ON_COMPLETION';
}
