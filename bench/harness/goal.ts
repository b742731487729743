// What a goal is, and what it comes to.
import type { Bench } from './bench.ts';
import type { ProfileTable } from './profile.ts';
import type { Outcome } from './turns.ts';

/** One thing that is wanted, with what was measured. */
export type Claim = { text: string; wanted: string; measured: string; met: boolean };

export type GoalResult = {
  /** What `work` counts in the table: requests, activities, messages. */
  unit: string;
  /** What was asked of every target, in a sentence or two. */
  asked: string;
  outcomes: readonly Outcome[];
  claims: readonly Claim[];
  notes: readonly string[];
  /** Where Laurel spent its time, when asked for and a claim is not met. */
  profile?: ProfileTable | undefined;
};

export type Goal = {
  /** As on the command line. */
  name: string;
  title: string;
  run: (bench: Bench) => Promise<GoalResult>;
};

/** A goal after its run: what it came to, or why it could not run. */
export type GoalReport = {
  goal: Goal;
  result?: GoalResult | undefined;
  failure?: string | undefined;
};

/** Wanted: at least so much. */
export function atLeast(text: string, bound: number, measured: number): Claim {
  return { text, wanted: `≥ ${bound}`, measured: figure(measured), met: measured >= bound };
}

/** Wanted: at most so much. */
export function atMost(text: string, bound: number, measured: number): Claim {
  return { text, wanted: `≤ ${bound}`, measured: figure(measured), met: measured <= bound };
}

/** Wanted: exactly true. */
export function holds(text: string, met: boolean, measured: string): Claim {
  return { text, wanted: 'holds', measured, met };
}

/** The outcome of the named target. */
export function outcomeNamed(outcomes: readonly Outcome[], name: string): Outcome {
  const found = outcomes.find((outcome) => outcome.name === name);
  if (found === undefined) throw new Error(`no target is called ${name}`);
  return found;
}

/** Processor time of all but the load generator, microseconds per unit of work. */
export function stackCpuUs({ cpuUs }: Outcome): number {
  return cpuUs.server + cpuUs.postgres + cpuUs.redis;
}

/** Three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 3));
}
