import type { EarningFacts } from '../earning/facts.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import type { CompiledStreak } from './compile.ts';

/** How long a customer's streak is, in periods of its cadence: now, 0 when it is broken or not begun, and at its longest. */
export type StreakLengths = { current: number; longest: number };

/** A period that an activity met, and what came of it. */
export type StreakStep = StreakLengths & {
  compiled: CompiledStreak;
  /** 2026-11-22, 2026-W47 or 2026-11, by the customer's own calendar. */
  period: string;
  /** Of the run that the period belongs to; it is the current one unless the activity came late. */
  length: number;
  freezes: number;
  /** Whether this made a period good that counted as missed. */
  healed: boolean;
  /** Lengths that the run reaches by this and that prizes are for, from the shortest, with their points. */
  prizes: readonly { length: number; points: number | null }[];
};

/** The streaks of the batch's customers; counting an activity moves them on. */
export type StreakLedger = {
  /** Lengths by the code of the streak, of all live streaks, after everything that was counted so far. */
  lengthsOf(customerId: string): Readonly<Record<string, StreakLengths>>;
  /** Counts an activity with the points that it earned, and gives the periods that this meets. */
  count(
    acting: { customerId: string; occurredAt: Date; activityId: string; mayCount: boolean },
    fact: MeasuredFact,
    seen: EarningFacts,
  ): readonly StreakStep[];
};
