import type { Big } from 'big.js';

import type { Window } from '../tier/period.ts';
import { periodDays } from '../time.ts';
import type { CompiledMilestone } from './compile.ts';
import { MULTIPLES_MAX, type MilestonePeriod } from './milestone.ts';

/** A threshold that an activity reached. */
export type Reached = {
  compiled: CompiledMilestone;
  /** The name of the period that the activity lies in: 2026-11, 2026, all. */
  period: string;
  threshold: Big;
};

/**
 * The thresholds that a measure crosses on its way from `before` to `after`, from the lowest: those above `before` and not
 * above `after` that were not reached earlier. Of a milestone's multiples, no more than MULTIPLES_MAX. A measure that falls
 * crosses nothing.
 */
export function thresholdsCrossed(
  { thresholds, every }: Pick<CompiledMilestone, 'thresholds' | 'every'>,
  before: Big,
  after: Big,
  wasReached: (threshold: Big) => boolean,
): Big[] {
  if (after.lte(before)) return [];
  const crossed =
    every === null
      ? thresholds.filter((threshold) => threshold.gt(before) && threshold.lte(after))
      : multiplesBetween(every, before, after);
  return crossed.filter((threshold) => !wasReached(threshold));
}

function multiplesBetween(every: Big, before: Big, after: Big): Big[] {
  const multiples: Big[] = [];
  for (let next = multipleAbove(every, before); next.lte(after) && multiples.length < MULTIPLES_MAX;) {
    multiples.push(next);
    next = next.plus(every);
  }
  return multiples;
}

/** The first multiple above an amount. Milestones begin at one times, wherever a measure of negative amounts stands. */
function multipleAbove(every: Big, amount: Big): Big {
  return amount.lt(0) ? every : amount.minus(amount.mod(every)).plus(every);
}

/** The threshold that is next in sight above an amount, which no reversal has left behind as reached; null after the last. */
export function nextThreshold(
  { thresholds, every }: Pick<CompiledMilestone, 'thresholds' | 'every'>,
  amount: Big,
  wasReached: (threshold: Big) => boolean,
): Big | null {
  if (every === null) return thresholds.find((threshold) => threshold.gt(amount) && !wasReached(threshold)) ?? null;
  let next = multipleAbove(every, amount);
  while (wasReached(next)) next = next.plus(every);
  return next;
}

/** The local days [from, to) over which a milestone counts for something that happened on a day. */
export function milestoneWindow(period: MilestonePeriod, day: string): Window {
  if (period === 'ALL_TIME') return { from: null, to: null };
  const { startsOn, endsOn } = periodDays(period, day);
  return { from: startsOn, to: endsOn };
}
