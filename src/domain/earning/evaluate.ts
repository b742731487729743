import type { PointCurrency } from '../program/program.ts';
import { localDay, periodKey } from '../time.ts';
import { pointsFromValue, pointsPerUnit } from './award.ts';
import type { CompiledEarning, CompiledRule } from './compile.ts';
import type { EarningFacts } from './facts.ts';
import type { Cap, CapPeriod, EarningRule } from './rule.ts';

/** What a customer has used of a cap: kept per subject (a rule's id, or `program`) and period. */
export type CapUsage = { points: number; uses: number };
/** Usage by `subject` and `period`, and how to add to it; the caller keeps it over a batch and writes it back. */
export type CapLedger = {
  used(subject: string, period: string): CapUsage;
  add(subject: string, period: string, points: number): void;
};

/** The subject under which the program's own daily cap is counted. */
export const PROGRAM_CAP = 'program';

/** Points that one rule gives for one activity. */
export type Award = {
  rule: EarningRule;
  currency: PointCurrency;
  points: number;
  /** What the award would have been without caps. */
  uncapped: number;
  cappedBy: 'RULE' | 'PROGRAM' | null;
};

export const DECLINE_REASONS = [
  'NOT_ENROLLED',
  'NOT_YET_VALID',
  'NO_LONGER_VALID',
  'CONDITION_FALSE',
  'CONDITION_FAILED',
  'AWARDS_NOTHING',
  'EXCLUDED_BY_GROUP',
  'CAP_REACHED',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Why a rule gave nothing: the reason, and the part of the condition, the group or the cap that decided. */
export type Decline = { rule: EarningRule; reason: DeclineReason; detail: string };

export type Evaluation = { awards: Award[]; declines: Decline[] };

/**
 * Decides what an activity earns under the live rules. Rules run by priority, then code; in an exclusive group the first
 * that awards wins; caps count in the program's calendar at the activity's own time. Adds to `caps` what it awards.
 */
export function evaluateRules(
  earning: CompiledEarning,
  facts: EarningFacts,
  program: { timeZone: string; dailyPointsCap: number | null },
  caps: CapLedger,
): Evaluation {
  const evaluation: Evaluation = { awards: [], declines: [] };
  const group = earning.byActivityType.get(facts.activity.type);
  if (group === undefined) return evaluation;
  const values = group.scope.values(facts);
  const day = localDay(facts.activity.occurredAt, program.timeZone);
  const groupsTaken = new Set<string>();
  for (const compiled of group.rules) {
    const { rule } = compiled;
    const decline = (reason: DeclineReason, detail = ''): void =>
      void evaluation.declines.push({ rule, reason, detail });
    const closed = whyClosed(compiled, facts, values, groupsTaken);
    if (closed !== null) {
      decline(closed.reason, closed.detail);
      continue;
    }
    const uncapped = awardOf(compiled, facts, values);
    if (uncapped <= 0) {
      decline('AWARDS_NOTHING');
      continue;
    }
    const fitting = fitCaps(rule, uncapped, day, caps, program.dailyPointsCap);
    if (fitting.points === 0) {
      decline('CAP_REACHED', fitting.detail);
      continue;
    }
    recordUse(rule, fitting.points, day, caps, program.dailyPointsCap);
    if (rule.exclusiveGroup !== null) groupsTaken.add(rule.exclusiveGroup);
    evaluation.awards.push({
      rule,
      currency: compiled.currency,
      points: fitting.points,
      uncapped,
      cappedBy: fitting.cappedBy,
    });
  }
  return evaluation;
}

function whyClosed(
  { rule, condition, validFrom, validUntil }: CompiledRule,
  facts: EarningFacts,
  values: Record<string, unknown>,
  groupsTaken: ReadonlySet<string>,
): { reason: DeclineReason; detail: string } | null {
  const { occurredAt } = facts.activity;
  if (facts.customer.enrolmentState !== 'ENROLLED')
    return { reason: 'NOT_ENROLLED', detail: facts.customer.enrolmentState };
  if (validFrom !== null && occurredAt < validFrom) return { reason: 'NOT_YET_VALID', detail: validFrom.toISOString() };
  if (validUntil !== null && occurredAt >= validUntil)
    return { reason: 'NO_LONGER_VALID', detail: validUntil.toISOString() };
  if (rule.exclusiveGroup !== null && groupsTaken.has(rule.exclusiveGroup))
    return { reason: 'EXCLUDED_BY_GROUP', detail: rule.exclusiveGroup };
  for (const part of condition?.conjuncts ?? []) {
    try {
      if (part.holds(values) !== true) return { reason: 'CONDITION_FALSE', detail: part.source };
    } catch (error) {
      // A property that is absent, or a division by zero, is no fault of the service: the rule does not fire and says so.
      return { reason: 'CONDITION_FAILED', detail: `${part.source}: ${(error as Error).message.split('\n')[0]}` };
    }
  }
  return null;
}

/** Points of the rule's award for these facts, before any cap; 0 when a needed value is absent. */
export function awardOf({ rule, award }: CompiledRule, facts: EarningFacts, values: Record<string, unknown>): number {
  switch (rule.award.kind) {
    case 'FIXED':
      return rule.award.points;
    case 'PER_UNIT': {
      const amount = facts.activity.properties[rule.award.property];
      return typeof amount === 'number' || typeof amount === 'string'
        ? pointsPerUnit(amount, rule.award.pointsPerUnit, rule.award.rounding)
        : 0;
    }
    case 'EXPRESSION':
      try {
        return pointsFromValue(award?.evaluate(values), rule.award.rounding);
      } catch {
        return 0;
      }
  }
}

/** The period under which a cap counts; ACTIVITY counts nothing. */
export function capPeriod(per: CapPeriod, day: string): string {
  return per === 'ACTIVITY' ? '' : periodKey(per, day);
}

function fitCaps(
  rule: EarningRule,
  asked: number,
  day: string,
  caps: CapLedger,
  dailyPointsCap: number | null,
): { points: number; cappedBy: Award['cappedBy']; detail: string } {
  let points = asked;
  let cappedBy: Award['cappedBy'] = null;
  for (const cap of rule.caps) {
    const used = cap.per === 'ACTIVITY' ? { points: 0, uses: 0 } : caps.used(rule.id, capPeriod(cap.per, day));
    if (cap.uses !== null && used.uses >= cap.uses) return { points: 0, cappedBy: 'RULE', detail: describeCap(cap) };
    if (cap.points === null || used.points + points <= cap.points) continue;
    if (cap.beyond === 'REFUSE' || used.points >= cap.points)
      return { points: 0, cappedBy: 'RULE', detail: describeCap(cap) };
    points = cap.points - used.points;
    cappedBy = 'RULE';
  }
  if (dailyPointsCap !== null) {
    const left = dailyPointsCap - caps.used(PROGRAM_CAP, day).points;
    if (left <= 0) return { points: 0, cappedBy: 'PROGRAM', detail: `program: ${dailyPointsCap} points per DAY` };
    if (points > left) return { points: left, cappedBy: 'PROGRAM', detail: '' };
  }
  return { points, cappedBy, detail: '' };
}

function recordUse(
  rule: EarningRule,
  points: number,
  day: string,
  caps: CapLedger,
  dailyPointsCap: number | null,
): void {
  const periods = new Set(rule.caps.filter((cap) => cap.per !== 'ACTIVITY').map((cap) => capPeriod(cap.per, day)));
  for (const period of periods) caps.add(rule.id, period, points);
  if (dailyPointsCap !== null) caps.add(PROGRAM_CAP, day, points);
}

function describeCap(cap: Cap): string {
  const parts = [
    cap.points === null ? null : `${cap.points} points`,
    cap.uses === null ? null : `${cap.uses} uses`,
  ].filter((part) => part !== null);
  return `${parts.join(' and ')} per ${cap.per}`;
}

/** All counters that evaluating an activity of this type on this day may read. */
export function capKeysOf(
  earning: CompiledEarning,
  activityType: string,
  day: string,
  dailyPointsCap: number | null,
): { subject: string; period: string }[] {
  const keys = new Map<string, { subject: string; period: string }>();
  for (const { rule } of earning.byActivityType.get(activityType)?.rules ?? []) {
    for (const cap of rule.caps) {
      if (cap.per !== 'ACTIVITY')
        keys.set(`${rule.id} ${capPeriod(cap.per, day)}`, { subject: rule.id, period: capPeriod(cap.per, day) });
    }
  }
  if (dailyPointsCap !== null) keys.set(PROGRAM_CAP, { subject: PROGRAM_CAP, period: day });
  return [...keys.values()];
}
