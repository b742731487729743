import { Big } from 'big.js';

import { findCurrency } from '../program/find-currency.ts';
import type { PointCurrency } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { findMeasure, type LadderSurroundings } from '../tier/compile.ts';
import type { LadderBasis } from '../tier/ladder.ts';
import { isWhole, measureName, type Measure } from '../tier/measure.ts';
import type { Milestone } from './milestone.ts';

/** A milestone ready to decide by. */
export type CompiledMilestone = {
  milestone: Milestone;
  measure: Measure;
  /** The measure's name: milestones share what ladders and levels count. */
  counts: string;
  /** What it awards. */
  currency: PointCurrency;
  /** Rising; empty with `every`. */
  thresholds: readonly Big[];
  every: Big | null;
};

/** Checks and compiles milestones. Returns every problem found. */
export function compileMilestones(
  milestones: readonly Milestone[],
  surroundings: LadderSurroundings,
): { milestones: readonly CompiledMilestone[] } | { problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const compiled: CompiledMilestone[] = [];
  for (const milestone of milestones) {
    const problem = (field: string, message: string): void =>
      void problems.push({ path: [milestone.code, field], message });
    const basis = basisOf(milestone);
    const measure = findMeasure(basis, surroundings, (message) => problem('measure', message));
    const currency = findCurrency(surroundings.currencies, milestone.currency, (message) =>
      problem('currency', message),
    );
    checkAmounts(milestone, basis, problem);
    if (measure === null || currency === null) continue;
    const { every, thresholds } = milestone;
    compiled.push({
      milestone,
      measure,
      counts: measureName(measure),
      currency,
      thresholds: thresholds.map((threshold) => new Big(threshold)),
      every: every === null ? null : new Big(every),
    });
  }
  if (problems.length === 0) problems.push(...findLoop(compiled));
  return problems.length > 0 ? { problems } : { milestones: compiled };
}

/** The same amounts as ladders name them. */
export function basisOf({ measure }: Pick<Milestone, 'measure'>): LadderBasis {
  switch (measure.kind) {
    case 'COUNT':
      return { kind: 'ACTIVITY_COUNT', activityType: measure.activityType };
    case 'SUM':
      return { kind: 'SPEND', activityType: measure.activityType, property: measure.property };
    case 'POINTS':
      return { kind: 'POINTS_EARNED', currency: measure.currency };
  }
}

function checkAmounts(
  { thresholds, every }: Milestone,
  basis: LadderBasis,
  problem: (field: string, message: string) => void,
): void {
  const checkOne = (field: string, text: string): Big => {
    const amount = new Big(text);
    if (amount.lte(0)) problem(field, `${text} is not above 0, where everybody begins.`);
    if (isWhole(basis) && !amount.round(0, Big.roundDown).eq(amount))
      problem(field, `Points and activities come in whole numbers, ${text} is none.`);
    return amount;
  };
  if (every !== null) checkOne('every', every);
  let previous: Big | null = null;
  for (const text of thresholds) {
    const amount = checkOne('thresholds', text);
    if (previous !== null && amount.lte(previous))
      problem('thresholds', `${text} is not above ${previous.toFixed()}: thresholds rise.`);
    previous = amount;
  }
}

/**
 * A milestone for every so many points awards points, which milestones count again. Their shares must stay below one, or
 * one point could earn without end.
 */
function findLoop(compiled: readonly CompiledMilestone[]): RuleProblem[] {
  const looping = compiled.filter(({ measure, every }) => measure.kind === 'POINTS' && every !== null);
  const share = looping.reduce(
    (sum, { milestone, every }) => sum.plus(new Big(milestone.points).div(every ?? 1)),
    new Big(0),
  );
  if (share.lt(1)) return [];
  return looping.map(({ milestone }) => ({
    path: [milestone.code, 'points'],
    message: `Milestones for every so many points give ${share.round(4).toFixed()} points for each point: it must be below 1, since they count what they give.`,
  }));
}
