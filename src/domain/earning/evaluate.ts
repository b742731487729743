import type { PointCurrency } from '../program/program.ts';
import { localDay, periodKey } from '../time.ts';
import { fixedPoints, pointsFromValue, pointsPerUnit } from './award.ts';
import { boostsThatHold, factorOf, type BoostApplied } from './boost.ts';
import { boundsOf, capPeriod, fit, PROGRAM_CAP, recordUse, type BoundOwner, type UsageLedger } from './bound.ts';
import type { CompiledEarning, CompiledRule } from './compile.ts';
import { refusalOf } from './expression.ts';
import type { EarningFacts } from './facts.ts';
import { isWithinDays, isWithinHours } from './hours.ts';
import type { EarningRule } from './rule.ts';

/** Points that one rule gives for one activity. */
export type Award = {
  rule: EarningRule;
  currency: PointCurrency;
  points: number;
  /** What the award would have been without caps and budgets. */
  uncapped: number;
  cappedBy: BoundOwner | null;
  /** The boosts that multiplied it. */
  boosts: readonly BoostApplied[];
};

export const DECLINE_REASONS = [
  'NOT_ENROLLED',
  'PAUSED',
  'NOT_YET_VALID',
  'NO_LONGER_VALID',
  'OUTSIDE_HOURS',
  'BLACKED_OUT',
  'CONDITION_FALSE',
  'CONDITION_FAILED',
  'AWARDS_NOTHING',
  'EXCLUDED_BY_GROUP',
  'COOLING_DOWN',
  'CAP_REACHED',
  'BUDGET_EXHAUSTED',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Why a rule gave nothing: the reason, and the part of the condition, the group or the cap that decided. */
export type Decline = { rule: EarningRule; reason: DeclineReason; detail: string };

export type Evaluation = { awards: Award[]; declines: Decline[] };

/** What the program says about all rules. */
export type EarningPolicy = { timeZone: string; dailyPointsCap: number | null };

/** Usage that bounds awards: the customer's own, and what all customers share. */
export type UsageLedgers = { caps: UsageLedger; budgets: UsageLedger };

/**
 * Decides what an activity earns under the live rules. Rules run by priority, then code; in an exclusive group the first
 * that awards wins; boosts multiply, then caps and budgets bound, in the program's calendar at the activity's own time.
 * Adds to the ledgers what it awards.
 */
export function evaluateRules(
  earning: CompiledEarning,
  facts: EarningFacts,
  policy: EarningPolicy,
  ledgers: UsageLedgers,
): Evaluation {
  const evaluation: Evaluation = { awards: [], declines: [] };
  const group = earning.byActivityType.get(facts.activity.type);
  if (group === undefined) return evaluation;
  const values = group.scope.values(facts);
  const { occurredAt } = facts.activity;
  const day = localDay(occurredAt, policy.timeZone);
  const groupsTaken = new Set<string>();
  const state = { groupsTaken, caps: ledgers.caps, timeZone: policy.timeZone };
  for (const compiled of group.rules) {
    const { rule } = compiled;
    const decline = (reason: DeclineReason, detail = ''): void =>
      void evaluation.declines.push({ rule, reason, detail });
    const closed = whyClosed(compiled, facts, values, state);
    if (closed !== null) {
      decline(closed.reason, closed.detail);
      continue;
    }
    const boosts = boostsThatHold(compiled.boosts, occurredAt, policy.timeZone, values);
    const uncapped = awardOf(compiled, facts, values, factorOf(boosts));
    if (uncapped <= 0) {
      decline('AWARDS_NOTHING');
      continue;
    }
    const bounds = boundsOf(rule, compiled.budgets, day, policy.dailyPointsCap, ledgers);
    const { points, cutBy } = fit(uncapped, bounds);
    if (points === 0) {
      decline(cutBy?.owner === 'BUDGET' ? 'BUDGET_EXHAUSTED' : 'CAP_REACHED', cutBy?.detail);
      continue;
    }
    recordUse(bounds, points, occurredAt);
    if (rule.exclusiveGroup !== null) groupsTaken.add(rule.exclusiveGroup);
    const { currency } = compiled;
    evaluation.awards.push({ rule, currency, points, uncapped, cappedBy: cutBy?.owner ?? null, boosts });
  }
  return evaluation;
}

type Closed = { reason: DeclineReason; detail: string };

function whyClosed(
  { rule, condition, validFrom, validUntil }: CompiledRule,
  facts: EarningFacts,
  values: Record<string, unknown>,
  state: { groupsTaken: ReadonlySet<string>; caps: UsageLedger; timeZone: string },
): Closed | null {
  const { occurredAt } = facts.activity;
  if (facts.customer.enrolmentState !== 'ENROLLED')
    return { reason: 'NOT_ENROLLED', detail: facts.customer.enrolmentState };
  if (rule.state === 'PAUSED') return { reason: 'PAUSED', detail: '' };
  if (validFrom !== null && occurredAt < validFrom) return { reason: 'NOT_YET_VALID', detail: validFrom.toISOString() };
  if (validUntil !== null && occurredAt >= validUntil)
    return { reason: 'NO_LONGER_VALID', detail: validUntil.toISOString() };
  const untimely = whyUntimely(rule, occurredAt, state.timeZone);
  if (untimely !== null) return untimely;
  if (rule.exclusiveGroup !== null && state.groupsTaken.has(rule.exclusiveGroup))
    return { reason: 'EXCLUDED_BY_GROUP', detail: rule.exclusiveGroup };
  // A property that is absent, or a division by zero, is no fault of the service: the rule does not fire and says so.
  const refusal = condition === null ? null : refusalOf(condition, values);
  if (refusal !== null)
    return refusal.error === null
      ? { reason: 'CONDITION_FALSE', detail: refusal.source }
      : { reason: 'CONDITION_FAILED', detail: `${refusal.source}: ${refusal.error}` };
  return whyCooling(rule, occurredAt, state.caps);
}

function whyUntimely(rule: EarningRule, occurredAt: Date, timeZone: string): Closed | null {
  if (rule.hours.length > 0 && !isWithinHours(rule.hours, occurredAt, timeZone))
    return { reason: 'OUTSIDE_HOURS', detail: '' };
  if (rule.blackoutHours.length > 0 && isWithinHours(rule.blackoutHours, occurredAt, timeZone))
    return { reason: 'BLACKED_OUT', detail: '' };
  if (rule.blackoutDays.length > 0 && isWithinDays(rule.blackoutDays, occurredAt, timeZone))
    return { reason: 'BLACKED_OUT', detail: localDay(occurredAt, timeZone) };
  return null;
}

/** A late activity keeps its distance from a later one, too, so that the order of arrival does not matter. */
function whyCooling({ id, coolDownMinutes }: EarningRule, occurredAt: Date, caps: UsageLedger): Closed | null {
  if (coolDownMinutes === null) return null;
  const { lastAt } = caps.used(id, periodKey('ALL_TIME', ''));
  if (lastAt === null || Math.abs(occurredAt.getTime() - lastAt) >= coolDownMinutes * 60_000) return null;
  return { reason: 'COOLING_DOWN', detail: new Date(lastAt + coolDownMinutes * 60_000).toISOString() };
}

/** Points of the rule's award for these facts, times the boosts' factor, before any cap; 0 when a needed value is absent. */
export function awardOf(
  { rule, award }: CompiledRule,
  facts: EarningFacts,
  values: Record<string, unknown>,
  factor: string | null,
): number {
  switch (rule.award.kind) {
    case 'FIXED':
      return fixedPoints(rule.award.points, factor);
    case 'PER_UNIT': {
      const amount = facts.activity.properties[rule.award.property];
      return typeof amount === 'number' || typeof amount === 'string'
        ? pointsPerUnit(amount, rule.award.pointsPerUnit, rule.award.rounding, factor)
        : 0;
    }
    case 'EXPRESSION':
      try {
        return pointsFromValue(award?.evaluate(values), rule.award.rounding, factor);
      } catch {
        return 0;
      }
  }
}

export type UsageKey = { subject: string; period: string };

/** All of a customer's counters that evaluating an activity of this type on this day may read. */
export function capKeysOf(
  earning: CompiledEarning,
  activityType: string,
  day: string,
  dailyPointsCap: number | null,
): UsageKey[] {
  const keys = new Map<string, UsageKey>();
  const add = (subject: string, period: string): void => void keys.set(`${subject} ${period}`, { subject, period });
  for (const { rule } of earning.byActivityType.get(activityType)?.rules ?? []) {
    for (const cap of rule.caps) if (cap.per !== 'ACTIVITY') add(rule.id, capPeriod(cap.per, day));
    if (rule.coolDownMinutes !== null) add(rule.id, periodKey('ALL_TIME', day));
  }
  if (dailyPointsCap !== null) add(PROGRAM_CAP, day);
  return [...keys.values()];
}

/** All budgets, by period, that evaluating an activity of this type on this day may use. */
export function budgetKeysOf(earning: CompiledEarning, activityType: string, day: string): UsageKey[] {
  const keys = new Map<string, UsageKey>();
  for (const { budgets } of earning.byActivityType.get(activityType)?.rules ?? []) {
    for (const { budget } of budgets) {
      const period = periodKey(budget.per, day);
      keys.set(`${budget.id} ${period}`, { subject: budget.id, period });
    }
  }
  return [...keys.values()];
}
