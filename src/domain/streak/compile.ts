import { Big } from 'big.js';

import {
  compileExpression,
  createExpressionScope,
  type Expression,
  type ExpressionScope,
} from '../earning/expression.ts';
import { basisOf } from '../milestone/compile.ts';
import type { ActivityType, PointCurrency, PropertyDeclaration } from '../program/program.ts';
import { createAudienceCompiler, type Audience } from '../reward/audience.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { findMeasure } from '../tier/compile.ts';
import { isWhole, measureName, type Measure } from '../tier/measure.ts';
import type { Streak, StreakCondition } from './streak.ts';

/** A condition ready to count by. */
export type CompiledCondition = {
  condition: StreakCondition;
  measure: Measure;
  threshold: Big;
  /** Null takes every activity of the type. */
  filter: { expression: Expression; scope: ExpressionScope } | null;
  /** Under which its amounts are kept: what is counted, and of which activities. */
  key: string;
};

/** A streak ready to decide by. */
export type CompiledStreak = {
  streak: Streak;
  conditions: readonly CompiledCondition[];
  /** What its prizes are paid in. */
  currency: PointCurrency;
  /** Null lets everybody take part. */
  audience: Audience | null;
  /** What verdicts come from. What was judged by another shape is not judged anew. */
  shape: string;
};

/** What streaks are compiled against. */
export type StreakSurroundings = {
  activityTypes: readonly ActivityType[];
  currencies: readonly PointCurrency[];
  attributes: readonly PropertyDeclaration[];
};

type Problem = (field: string, message: string) => void;

/** Checks and compiles streaks. Returns every problem found. */
export function compileStreaks(
  streaks: readonly Streak[],
  surroundings: StreakSurroundings,
): { streaks: readonly CompiledStreak[] } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled: CompiledStreak[] = [];
  for (const streak of streaks) {
    const problem: Problem = (field, message) => void problems.push({ path: [streak.code, field], message });
    const currency = surroundings.currencies.find((known) =>
      streak.currency === null ? known.isDefault : known.code === streak.currency,
    );
    if (currency === undefined) problem('currency', `There is no point currency ${streak.currency ?? 'as default'}.`);
    const audience = streak.audience.trim() === '' ? null : compileAudience(streak.audience);
    if (audience !== null && 'problem' in audience) problem('audience', audience.problem);
    const conditions = streak.conditions.flatMap((one) => compileCondition(one, surroundings, problem) ?? []);
    if (new Set(conditions.map(({ key }) => key)).size < conditions.length)
      problem('conditions', 'Two conditions count the same.');
    checkNumbers(streak, problem);
    if (currency === undefined || (audience !== null && 'problem' in audience)) continue;
    compiled.push({ streak, conditions, currency, audience, shape: shapeOf(streak) });
  }
  return problems.length > 0 ? { problems } : { streaks: compiled };
}

function shapeOf({ cadence, freezes, graceHours }: Streak): string {
  return `${cadence} ${freezes.initial} ${freezes.max} ${freezes.everyPeriods} ${graceHours}`;
}

/** Only what is known of an activity for ever: what is on record must count as it did when it came. */
const PASSING = /\b(counters|tier|tiers)\b/;

function compileCondition(
  condition: StreakCondition,
  surroundings: StreakSurroundings,
  problem: Problem,
): CompiledCondition | null {
  const basis = basisOf(condition);
  const measure = findMeasure(basis, surroundings, (message) => problem('conditions', message));
  const threshold = new Big(condition.threshold);
  if (threshold.lte(0)) problem('conditions', `A threshold of ${condition.threshold} is met by doing nothing.`);
  if (isWhole(basis) && !threshold.round(0, Big.roundDown).eq(threshold))
    problem('conditions', `Points and activities come in whole numbers, ${condition.threshold} is none.`);
  const source = condition.condition.trim();
  if (measure === null) return null;
  const key = `${measureName(measure)}|${source}`;
  if (source === '') return { condition, measure, threshold, filter: null, key };
  const scope = scopeOf(condition, surroundings);
  if (scope === null) {
    problem('conditions', 'Points are counted of whatever gave them: they have no condition.');
    return null;
  }
  if (PASSING.test(source)) {
    problem('conditions', 'What a streak asks of an activity is about the activity, the customer and the account.');
    return null;
  }
  const expression = compileExpression(scope, source);
  if ('problem' in expression) problem('conditions', expression.problem);
  else if (expression.type !== 'bool')
    problem('conditions', `A condition is true or false; this one is ${expression.type}.`);
  else return { condition, measure, threshold, filter: { expression, scope }, key };
  return null;
}

function scopeOf({ measure }: StreakCondition, surroundings: StreakSurroundings): ExpressionScope | null {
  if (measure.kind === 'POINTS') return null;
  const activityType = surroundings.activityTypes.find(({ code }) => code === measure.activityType);
  return activityType === undefined
    ? null
    : createExpressionScope({ activityType, attributes: surroundings.attributes });
}

/** The fewest hours that a period can have. */
const SHORTEST_HOURS = { DAY: 23, WEEK: 167, MONTH: 671 } as const;

function checkNumbers({ cadence, freezes, atRiskHours, prizes, customerMayPause, ...rest }: Streak, problem: Problem) {
  if (freezes.initial > freezes.max)
    problem('freezes', `Everybody would begin with ${freezes.initial} freezes, and may have ${freezes.max}.`);
  if (freezes.everyPeriods !== null && freezes.max === 0)
    problem('freezes', 'Freezes are earned, and nobody may have one.');
  if (atRiskHours !== null && atRiskHours > SHORTEST_HOURS[cadence])
    problem('atRiskHours', `A period may have ${SHORTEST_HOURS[cadence]} hours: tell no earlier than that.`);
  if (customerMayPause && rest.pauseDaysMax === 0)
    problem('pauseDaysMax', 'Customers may pause it, for no day: give the longest pause.');
  if (rest.customerMayRestore && rest.restoreDays === 0)
    problem('restoreDays', 'Customers may restore it, on no day: give the days in which it can be restored.');
  if (new Set(prizes.map(({ length, repeats }) => `${length} ${repeats}`)).size < prizes.length)
    problem('prizes', 'Two prizes are for one length.');
}
