// Rules and facts for tests, each with what the test does not care about filled in.
import type { Boost } from '#domain/earning/boost.ts';
import type { Budget } from '#domain/earning/budget.ts';
import type { UsageLedgers } from '#domain/earning/evaluate.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import { NO_COUNTERS } from '#domain/earning/facts.ts';
import type { EarningRule } from '#domain/earning/rule.ts';
import { openUsage } from '#domain/earning/usage.ts';
import type { ActivityType, PointCurrency } from '#domain/program/program.ts';
import type { RuleSetContent } from '#domain/rule-set/content.ts';
import { compileRuleSet, type RuleSet, type RuleSetSurroundings } from '#domain/rule-set/rule-set.ts';

let count = 0;

/** A rule that gives one point a whole unit of `amount`, unless told otherwise. */
export function aRule(overrides: Partial<EarningRule> = {}): EarningRule {
  count += 1;
  return {
    id: `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`,
    code: `rule_${count}`,
    name: 'A rule',
    state: 'ACTIVE',
    activityType: 'purchase',
    condition: '',
    award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1', rounding: 'FLOOR' },
    currency: null,
    caps: [],
    pending: null,
    expiry: null,
    validFrom: null,
    validUntil: null,
    hours: [],
    blackoutHours: [],
    blackoutDays: [],
    coolDownMinutes: null,
    priority: 0,
    exclusiveGroup: null,
    ...overrides,
  };
}

export const POINTS: PointCurrency = {
  id: '00000000-0000-7000-9000-000000000001',
  code: 'points',
  name: 'Points',
  kind: 'SPENDABLE',
  isDefault: true,
  balanceCap: null,
  expiry: null,
  expiryNoticeDays: [],
};

export const PURCHASE: ActivityType = {
  id: '00000000-0000-7000-a000-000000000001',
  code: 'purchase',
  name: 'Purchase',
  properties: [
    { name: 'amount', type: 'DECIMAL', required: false, oneOf: null },
    { name: 'quantity', type: 'INTEGER', required: false, oneOf: null },
    { name: 'sku', type: 'STRING', required: false, oneOf: null },
    { name: 'deliveredAt', type: 'DATE_TIME', required: false, oneOf: null },
  ],
  customerMayTrack: false,
  archived: false,
};

export const SURROUNDINGS: RuleSetSurroundings = {
  activityTypes: [PURCHASE],
  currencies: [POINTS],
  attributes: [{ name: 'plan', type: 'STRING', required: false, oneOf: null }],
};

/** Compiles rules that must compile. */
export function aRuleSet(rules: readonly EarningRule[], surroundings: RuleSetSurroundings = SURROUNDINGS): RuleSet {
  const compiled = compileRuleSet(1, { earningRules: rules }, surroundings);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled.ruleSet;
}

/** Compiles sections that must compile; what is left out is empty. */
export function aRuleSetOf(sections: Partial<RuleSetContent>): RuleSet {
  const compiled = compileRuleSet(1, sections, SURROUNDINGS);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled.ruleSet;
}

/** A boost that doubles everything, unless told otherwise. */
export function aBoost(overrides: Partial<Boost> = {}): Boost {
  count += 1;
  return {
    id: `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`,
    code: `boost_${count}`,
    name: 'A boost',
    multiplier: '2',
    rules: [],
    condition: '',
    validFrom: null,
    validUntil: null,
    hours: [],
    exclusiveGroup: null,
    ...overrides,
  };
}

/** A budget of 100 points for ever, unless told otherwise. */
export function aBudget(overrides: Partial<Budget> = {}): Budget {
  count += 1;
  return {
    id: `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`,
    code: `budget_${count}`,
    name: 'A budget',
    rules: [],
    currency: null,
    per: 'ALL_TIME',
    points: 100,
    uses: null,
    money: null,
    beyond: 'TRUNCATE',
    ...overrides,
  };
}

/** What is wrong with a rule set that must not compile; a list is its earning rules. */
export function problemsOf(content: readonly EarningRule[] | Partial<RuleSetContent>): string[] {
  const compiled = compileRuleSet(1, Array.isArray(content) ? { earningRules: content } : content, SURROUNDINGS);
  return 'problems' in compiled
    ? compiled.problems.map((problem) => `${problem.path.join('.')}: ${problem.message}`)
    : [];
}

/** A purchase of 10.50 by an enrolled customer at noon, UTC, on 1 March 2026. */
export function someFacts(
  properties: Record<string, unknown> = { amount: '10.5' },
  overrides: Partial<EarningFacts> = {},
): EarningFacts {
  return {
    activity: { type: 'purchase', channel: 'WEB', occurredAt: new Date('2026-03-01T12:00:00Z'), properties },
    customer: {
      externalId: 'c1',
      locale: 'en',
      timeZone: null,
      enrolmentState: 'ENROLLED',
      attributes: { plan: 'pro' },
    },
    account: null,
    tier: '',
    counters: NO_COUNTERS,
    ...overrides,
  };
}

/** Caps and budgets in memory. */
export function emptyUsage(): UsageLedgers {
  return { caps: openUsage([]), budgets: openUsage([]) };
}
