import type { Big } from 'big.js';

import {
  compileExpression,
  createExpressionScope,
  refusalOf,
  type Expression,
  type ExpressionScope,
} from '../earning/expression.ts';
import type { EarningFacts } from '../earning/facts.ts';
import { basisOf } from '../milestone/compile.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { ActivityType, PointCurrency, PropertyDeclaration } from '../program/program.ts';
import { findMeasure } from '../tier/compile.ts';
import { contributionOf, type Measure, type MeasuredFact } from '../tier/measure.ts';

/** What counts activities by a measure, where a condition on them holds. */
export type Counter = {
  measure: Measure;
  /** Null counts every activity of the measure. */
  condition: { expression: Expression; scope: ExpressionScope } | null;
};

/** What counters are compiled against. */
export type CounterSurroundings = {
  activityTypes: readonly ActivityType[];
  currencies: readonly PointCurrency[];
  attributes: readonly PropertyDeclaration[];
};

type Counting = { measure: Milestone['measure']; condition: string };

/** Compiles what counts, or tells what is wrong and gives null. */
export function compileCounter(
  counting: Counting,
  surroundings: CounterSurroundings,
  problem: (message: string) => void,
): Counter | null {
  const measure = findMeasure(basisOf(counting), surroundings, problem);
  const condition = counting.condition.trim() === '' ? null : compileCondition(counting, surroundings);
  if (condition !== null && 'problem' in condition) {
    problem(condition.problem);
    return null;
  }
  return measure === null ? null : { measure, condition };
}

function compileCondition(
  { measure, condition }: Counting,
  { activityTypes, attributes }: CounterSurroundings,
): NonNullable<Counter['condition']> | { problem: string } {
  const activityType =
    measure.kind === 'POINTS' ? undefined : activityTypes.find(({ code }) => code === measure.activityType);
  if (activityType === undefined) return { problem: 'A condition looks at activities of a type: points have none.' };
  const scope = createExpressionScope({ activityType, attributes });
  const expression = compileExpression(scope, condition);
  if ('problem' in expression) return expression;
  if (expression.type !== 'bool') return { problem: `A condition is true or false; this one is ${expression.type}.` };
  if (expression.readsCounters) return { problem: 'What is counted here counts by itself: there are no counters.' };
  return { expression, scope };
}

/** Whether an activity of this type may count. */
export function mayCount({ measure }: Counter, activityTypeIds: ReadonlySet<string>): boolean {
  return measure.kind === 'POINTS' || activityTypeIds.has(measure.activityTypeId);
}

/** How much an activity counts; null for nothing. Amounts below zero count nothing. */
export function amountOf({ measure, condition }: Counter, fact: MeasuredFact, facts: EarningFacts): Big | null {
  const amount = contributionOf(measure, fact);
  if (amount === null || amount.lte(0)) return null;
  return condition === null || refusalOf(condition.expression, condition.scope.values(facts)) === null ? amount : null;
}
