import { Big } from 'big.js';
import { z } from 'zod';

import { code, decimal } from '../form.ts';
import { POINTS_MAX } from '../points.ts';
import type { PointCurrency } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { CAP_PERIODS, type EarningRule } from './rule.ts';

/**
 * A budget bounds what all customers together get from some rules, or from all of them, over a period: in points, in
 * money, in uses. It counts in the program's calendar at the activity's own time, and a reversal gives its room back.
 */
export const BudgetSchema = z
  .strictObject({
    id: z.uuid(),
    code,
    name: z.string().min(1).max(200),
    /** Codes of the rules that it pays for; empty pays for all of its point currency. */
    rules: z.array(code).max(500),
    /** Code of the point currency; null takes the program's default. Other currencies' awards do not touch it. */
    currency: z.string().max(40).nullable(),
    per: z.enum(CAP_PERIODS).exclude(['ACTIVITY']),
    points: z.number().int().min(1).max(POINTS_MAX).nullable(),
    uses: z.number().int().min(1).max(1_000_000_000).nullable(),
    /** A sum of money, in minor units, and what a point costs of it. */
    money: z
      .strictObject({
        minorUnits: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
        minorUnitsPerPoint: decimal.refine((value) => Number(value) > 0, 'must be above 0'),
      })
      .nullable(),
    /** TRUNCATE gives what still fits, REFUSE gives nothing once the whole award does not fit. */
    beyond: z.enum(['TRUNCATE', 'REFUSE']),
  })
  .refine(({ points, uses, money }) => points !== null || uses !== null || money !== null, {
    message: 'a budget limits points, uses, money or some of them',
  });
export type Budget = z.infer<typeof BudgetSchema>;

/** A budget ready to count: money turned into the points that it pays for, rounded downwards. */
export type CompiledBudget = { budget: Budget; currencyId: string; points: number | null };

/** Checks a budget and finds its currency. */
export function compileBudget(
  budget: Budget,
  rules: readonly EarningRule[],
  currencies: readonly PointCurrency[],
): CompiledBudget | { problems: RuleProblem[] } {
  const problems: RuleProblem[] = budget.rules
    .filter((named) => !rules.some((rule) => rule.code === named))
    .map((named) => ({ path: [budget.code, 'rules'], message: `There is no earning rule ${named}.` }));
  const currency = currencies.find((known) =>
    budget.currency === null ? known.isDefault : known.code === budget.currency,
  );
  if (currency === undefined)
    problems.push({ path: [budget.code, 'currency'], message: `There is no point currency ${budget.currency}.` });
  if (problems.length > 0 || currency === undefined) return { problems };
  return { budget, currencyId: currency.id, points: pointsOf(budget) };
}

/** Whether the budget pays for what this rule awards in this currency. */
export function paysFor({ budget, currencyId }: CompiledBudget, rule: EarningRule, currency: PointCurrency): boolean {
  return currencyId === currency.id && (budget.rules.length === 0 || budget.rules.includes(rule.code));
}

function pointsOf({ points, money }: Budget): number | null {
  if (money === null) return points;
  const affordable = new Big(money.minorUnits).div(money.minorUnitsPerPoint).round(0, Big.roundDown);
  return Math.min(points ?? POINTS_MAX, affordable.gt(POINTS_MAX) ? POINTS_MAX : affordable.toNumber());
}
