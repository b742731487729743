import { dateOf } from '../form.ts';
import { findCurrency } from '../program/find-currency.ts';
import type { ActivityType, PointCurrency, PropertyDeclaration } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { boostsRule, checkBoost, type Boost, type CompiledBoost } from './boost.ts';
import { compileBudget, paysFor, type Budget, type CompiledBudget } from './budget.ts';
import { compileExpression, createExpressionScope, type Expression, type ExpressionScope } from './expression.ts';
import type { EarningRule } from './rule.ts';

/** A rule ready to run: condition and award compiled, its currency found. */
export type CompiledRule = {
  rule: EarningRule;
  /** Shared by all rules of an activity type. */
  scope: ExpressionScope;
  currency: PointCurrency;
  condition: Expression | null;
  award: Expression | null;
  validFrom: Date | null;
  validUntil: Date | null;
  /** What may multiply its awards, and what pays for them. */
  boosts: readonly CompiledBoost[];
  budgets: readonly CompiledBudget[];
};

/** What an activity of a type releases: pending lots of these rules whose key equals the activity's property. */
export type ReleaseTrigger = { ruleId: string; matchProperty: string };

/** The earning rules of a rule set, by the activity type that they listen to. */
export type CompiledEarning = {
  /** In the order of evaluation: priority, then code. */
  byActivityType: ReadonlyMap<
    string,
    {
      scope: ExpressionScope;
      rules: readonly CompiledRule[];
      /** Point currencies that they may award. */
      currencyIds: ReadonlySet<string>;
      readsCounters: boolean;
    }
  >;
  releases: ReadonlyMap<string, readonly ReleaseTrigger[]>;
};

/** What earning rules are compiled against. */
export type EarningSurroundings = {
  activityTypes: readonly ActivityType[];
  currencies: readonly PointCurrency[];
  attributes: readonly PropertyDeclaration[];
};

export const NO_EARNING: CompiledEarning = { byActivityType: new Map(), releases: new Map() };

/** The sections of a rule set that earning is made of. */
export type EarningSections = {
  earningRules: readonly EarningRule[];
  boosts: readonly Boost[];
  budgets: readonly Budget[];
};

/** Type-checks and compiles earning rules with what boosts and bounds them. Returns every problem found. */
export function compileEarning(
  { earningRules: rules, boosts, budgets }: EarningSections,
  surroundings: EarningSurroundings,
): { earning: CompiledEarning } | { problems: RuleProblem[] } {
  const problems: RuleProblem[] = boosts.flatMap((boost) => checkBoost(boost, rules));
  const paying = collect(budgets, (budget) => compileBudget(budget, rules, surroundings.currencies), problems);
  const scopes = new Map<string, ExpressionScope>();
  const compiled: CompiledRule[] = [];
  for (const rule of rules) {
    if (rule.state === 'ARCHIVED') continue;
    const activityType = surroundings.activityTypes.find((type) => type.code === rule.activityType && !type.archived);
    if (activityType === undefined) {
      problems.push({ path: [rule.code, 'activityType'], message: `There is no activity type ${rule.activityType}.` });
      continue;
    }
    let scope = scopes.get(rule.activityType);
    if (scope === undefined)
      scopes.set(
        rule.activityType,
        (scope = createExpressionScope({ activityType, attributes: surroundings.attributes })),
      );
    const result = compileRule(rule, activityType, scope, surroundings);
    if ('problems' in result) problems.push(...result.problems);
    else
      compiled.push({
        ...result,
        budgets: paying.filter((budget) => paysFor(budget, rule, result.currency)),
        boosts: collect(
          boosts.filter((boost) => boostsRule(boost, rule)),
          (boost) => compileBoost(boost, rule, result.scope),
          problems,
        ),
      });
  }
  return problems.length > 0
    ? { problems }
    : { earning: { byActivityType: arrange(compiled), releases: releasesOf(rules) } };
}

function arrange(compiled: readonly CompiledRule[]): CompiledEarning['byActivityType'] {
  const byActivityType = new Map<
    string,
    { scope: ExpressionScope; rules: CompiledRule[]; currencyIds: Set<string>; readsCounters: boolean }
  >();
  for (const entry of compiled.toSorted(
    (a, b) => b.rule.priority - a.rule.priority || (a.rule.code < b.rule.code ? -1 : 1),
  )) {
    const { rule } = entry;
    const group = byActivityType.get(rule.activityType) ?? {
      scope: entry.scope,
      rules: [],
      currencyIds: new Set<string>(),
      readsCounters: false,
    };
    group.currencyIds.add(entry.currency.id);
    group.rules.push(entry);
    const expressions = [entry.condition, entry.award, ...entry.boosts.map((boost) => boost.condition)];
    group.readsCounters ||= expressions.some((expression) => expression?.readsCounters === true);
    byActivityType.set(rule.activityType, group);
  }
  return byActivityType;
}

/** What could be compiled; what could not adds to the problems. */
function collect<Item, Compiled extends object>(
  items: readonly Item[],
  compile: (item: Item) => Compiled | { problems: RuleProblem[] },
  problems: RuleProblem[],
): Compiled[] {
  const compiled: Compiled[] = [];
  for (const item of items) {
    const result = compile(item);
    if ('problems' in result) problems.push(...result.problems);
    else compiled.push(result);
  }
  return compiled;
}

/** A boost's condition must make sense for each activity type whose rules it multiplies. */
function compileBoost(
  boost: Boost,
  rule: EarningRule,
  scope: ExpressionScope,
): CompiledBoost | { problems: RuleProblem[] } {
  const condition = compileCondition(scope, boost.condition);
  if ('problem' in condition)
    return {
      problems: [{ path: [boost.code, 'condition'], message: `On ${rule.activityType}: ${condition.problem}` }],
    };
  return {
    boost,
    condition: condition.expression,
    validFrom: dateOf(boost.validFrom),
    validUntil: dateOf(boost.validUntil),
  };
}

function compileCondition(
  scope: ExpressionScope,
  source: string,
): { expression: Expression | null } | { problem: string } {
  if (source.trim() === '') return { expression: null };
  const result = compileExpression(scope, source);
  if ('problem' in result) return result;
  return result.type === 'bool'
    ? { expression: result }
    : { problem: `A condition is true or false; this one is ${result.type}.` };
}

/** A rule that is paused or archived gives nothing more, and what it gave before is still released. */
function releasesOf(rules: readonly EarningRule[]): CompiledEarning['releases'] {
  const releases = new Map<string, ReleaseTrigger[]>();
  for (const { id, pending } of rules) {
    if (pending?.kind !== 'UNTIL_ACTIVITY') continue;
    const triggers = releases.get(pending.activityType) ?? [];
    triggers.push({ ruleId: id, matchProperty: pending.matchProperty });
    releases.set(pending.activityType, triggers);
  }
  return releases;
}

function compileRule(
  rule: EarningRule,
  activityType: ActivityType,
  scope: ExpressionScope,
  surroundings: EarningSurroundings,
): Omit<CompiledRule, 'boosts' | 'budgets'> | { problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const problem = (field: string, message: string): void => void problems.push({ path: [rule.code, field], message });
  const currency = findCurrency(surroundings.currencies, rule.currency, (message) => problem('currency', message));

  const condition = compileCondition(scope, rule.condition);
  if ('problem' in condition) problem('condition', condition.problem);
  let award: Expression | null = null;
  if (rule.award.kind === 'EXPRESSION') {
    const result = compileExpression(scope, rule.award.expression);
    if ('problem' in result) problem('award', result.problem);
    else if (result.type !== 'int' && result.type !== 'double')
      problem('award', `An award is a number; this one is ${result.type}.`);
    else award = result;
  }
  if (rule.award.kind === 'PER_UNIT') {
    const { property } = rule.award;
    const declared = activityType.properties.find((known) => known.name === property);
    if (declared?.type !== 'INTEGER' && declared?.type !== 'DECIMAL') {
      problem('award', `${activityType.code} has no number property ${property}.`);
    }
  }
  if (rule.pending?.kind === 'UNTIL_ACTIVITY') {
    const { activityType: trigger, matchProperty } = rule.pending;
    const releasing = surroundings.activityTypes.find((known) => known.code === trigger);
    for (const type of [activityType, releasing]) {
      if (type?.properties.some((known) => known.name === matchProperty) !== true) {
        problem('pending', `${type?.code ?? trigger} has no property ${matchProperty} to match by.`);
      }
    }
  }
  const validFrom = dateOf(rule.validFrom);
  const validUntil = dateOf(rule.validUntil);
  if (validFrom !== null && validUntil !== null && validFrom >= validUntil)
    problem('validUntil', 'The end lies before the start.');
  if (problems.length > 0 || currency === null || 'problem' in condition) return { problems };
  return { rule, scope, currency, condition: condition.expression, award, validFrom, validUntil };
}
