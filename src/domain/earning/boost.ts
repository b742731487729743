import { Big } from 'big.js';
import { z } from 'zod';

import { code, decimal, instant } from '../form.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { refusalOf, type Expression } from './expression.ts';
import { HoursSchema, isWithinHours } from './hours.ts';
import type { EarningRule } from './rule.ts';

/**
 * A boost multiplies what earning rules award, for whom and when its condition holds. The stacking law: of the boosts in
 * one exclusive group only the greatest counts (equal ones by code); those that remain multiply each other; the product
 * multiplies the exact award, which is then rounded once by the rule's own rounding (a fixed award downwards); caps and
 * budgets come after.
 */
export const BoostSchema = z.strictObject({
  id: z.uuid(),
  code,
  name: z.string().min(1).max(200),
  /** Above 0; below 1 it makes an award smaller. */
  multiplier: decimal.refine((value) => Number(value) > 0 && Number(value) <= 100, 'must be above 0 and at most 100'),
  /** Codes of the rules that it multiplies; empty multiplies all. */
  rules: z.array(code).max(500),
  /** CEL as in earning rules; empty holds always. It must make sense for each rule's activity type. */
  condition: z.string().max(2_000),
  /** In force for activities that occurred in [validFrom, validUntil). */
  validFrom: instant.nullable(),
  validUntil: instant.nullable(),
  /** In force only within these hours; empty is always. */
  hours: z.array(HoursSchema).max(20),
  exclusiveGroup: z.string().min(1).max(60).nullable(),
});
export type Boost = z.infer<typeof BoostSchema>;

/** A boost ready to run for the rules of one activity type. */
export type CompiledBoost = {
  boost: Boost;
  condition: Expression | null;
  validFrom: Date | null;
  validUntil: Date | null;
};

/** A boost that multiplied an award. */
export type BoostApplied = { code: string; name: string; multiplier: string };

/** Which boosts hold for an activity at its own time. `values` are the facts as its rules' expressions read them. */
export function boostsThatHold(
  boosts: readonly CompiledBoost[],
  occurredAt: Date,
  timeZone: string,
  values: Record<string, unknown>,
): BoostApplied[] {
  const best = new Map<string, Boost>();
  const holding: Boost[] = [];
  for (const { boost, condition, validFrom, validUntil } of boosts) {
    if (validFrom !== null && occurredAt < validFrom) continue;
    if (validUntil !== null && occurredAt >= validUntil) continue;
    if (boost.hours.length > 0 && !isWithinHours(boost.hours, occurredAt, timeZone)) continue;
    if (condition !== null && refusalOf(condition, values) !== null) continue;
    if (boost.exclusiveGroup === null) holding.push(boost);
    else {
      const rival = best.get(boost.exclusiveGroup);
      if (rival === undefined || Number(boost.multiplier) > Number(rival.multiplier))
        best.set(boost.exclusiveGroup, boost);
    }
  }
  return [...holding, ...best.values()]
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code: name, name: title, multiplier }) => ({ code: name, name: title, multiplier }));
}

/** What the boosts multiply an award by, exactly; null when there is none. */
export function factorOf(boosts: readonly Pick<BoostApplied, 'multiplier'>[]): string | null {
  if (boosts.length === 0) return null;
  return boosts.reduce((product, { multiplier }) => product.times(multiplier), new Big(1)).toFixed();
}

/** Whether the boost multiplies what this rule awards. */
export function boostsRule(boost: Boost, rule: EarningRule): boolean {
  return boost.rules.length === 0 || boost.rules.includes(rule.code);
}

/** What is wrong with a boost whatever activity it meets. */
export function checkBoost(boost: Boost, rules: readonly EarningRule[]): RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const named of boost.rules) {
    if (!rules.some((rule) => rule.code === named))
      problems.push({ path: [boost.code, 'rules'], message: `There is no earning rule ${named}.` });
  }
  if (boost.validFrom !== null && boost.validUntil !== null && new Date(boost.validFrom) >= new Date(boost.validUntil))
    problems.push({ path: [boost.code, 'validUntil'], message: 'The end lies before the start.' });
  return problems;
}
