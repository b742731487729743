import { Big } from 'big.js';

import { factorOf } from '../earning/boost.ts';
import type { CompiledRule } from '../earning/compile.ts';
import { awardOf } from '../earning/evaluate.ts';
import { NO_COUNTERS, type CustomerFacts } from '../earning/facts.ts';
import { InvalidInputError, StateConflictError, type UserError } from '../errors.ts';
import type { RuleSet } from '../rule-set/rule-set.ts';
import { firstTier } from '../tier/standing.ts';
import type { ActivityLine } from './activity.ts';
import type { PointsEarned } from './effect.ts';

/** What of an activity is undone: all of it, an amount of one property, or lines by name. */
export type ReversalRequest =
  | { kind: 'WHOLE' }
  | { kind: 'AMOUNT'; property: string; amount: string }
  | { kind: 'LINES'; lineIds: readonly string[] };

/** What earlier reversals of the activity did. */
export type EarlierReversals = { whole: boolean; returned: ReadonlyMap<string, Big>; lineIds: ReadonlySet<string> };

export type ReversedActivity = {
  type: string;
  channel: string;
  occurredAt: Date;
  properties: Readonly<Record<string, unknown>>;
  lines: readonly ActivityLine[];
};

/**
 * How much of which property is returned. Refuses what was reversed before, lines that do not exist, and more than what is
 * left of a property.
 */
export function decideReturned(
  activity: ReversedActivity,
  request: ReversalRequest,
  earlier: EarlierReversals,
): Map<string, Big> | UserError {
  if (earlier.whole) return new StateConflictError('This activity is reversed already.', 'REVERSED');
  if (request.kind === 'WHOLE') return new Map();
  const returned =
    request.kind === 'AMOUNT'
      ? new Map([[request.property, new Big(request.amount)]])
      : sumLines(activity, request.lineIds, earlier);
  if (!(returned instanceof Map)) return returned;
  for (const [property, amount] of returned) {
    const path = request.kind === 'AMOUNT' ? ['amount'] : ['lineIds'];
    const value = activity.properties[property];
    if (typeof value !== 'number' && typeof value !== 'string')
      return new InvalidInputError(`The activity has no number property ${property}.`, ['property']);
    const left = new Big(value).minus(earlier.returned.get(property) ?? 0);
    if (amount.lte(0)) return new InvalidInputError('Give an amount above zero.', path);
    if (amount.gt(left)) return new InvalidInputError(`Only ${left.toFixed()} of ${property} is left to return.`, path);
  }
  return returned;
}

function sumLines(
  activity: ReversedActivity,
  lineIds: readonly string[],
  earlier: EarlierReversals,
): Map<string, Big> | UserError {
  if (lineIds.length === 0) return new InvalidInputError('Name at least one line.', ['lineIds']);
  const returned = new Map<string, Big>();
  for (const [index, id] of lineIds.entries()) {
    const line = activity.lines.find((known) => known.id === id);
    if (line === undefined || lineIds.indexOf(id) !== index)
      return new InvalidInputError(`The activity has no line ${id.slice(0, 60)}, or it is named twice.`, [
        'lineIds',
        String(index),
      ]);
    if (earlier.lineIds.has(id))
      return new StateConflictError(`The line ${id} is reversed already.`, 'REVERSED', ['lineIds', String(index)]);
    for (const [property, amount] of Object.entries(line.amounts))
      returned.set(property, (returned.get(property) ?? new Big(0)).plus(amount));
  }
  return returned;
}

/**
 * How many points of an award stay with the customer when parts of the activity have been returned: what the same rule, as
 * it was when they were earned, gives for what is left, and never more than was given. A fixed award stays until the whole
 * activity is reversed. Counters are those of a first activity, since the past cannot be counted again.
 */
export function pointsKept(
  earned: Pick<PointsEarned, 'ruleId' | 'points' | 'boosts' | 'tiers'>,
  ruleSet: RuleSet,
  activity: ReversedActivity,
  customer: CustomerFacts,
  returned: ReadonlyMap<string, Big>,
): number {
  const group = ruleSet.earning.byActivityType.get(activity.type);
  const compiled: CompiledRule | undefined = group?.rules.find(({ rule }) => rule.id === earned.ruleId);
  if (group === undefined || compiled === undefined) return earned.points;
  const facts = {
    activity: { ...activity, properties: reduced(activity.properties, returned) },
    customer,
    account: customer.account,
    // As they were when it earned: a tier that came later must not change what the rule gave.
    tier: firstTier(ruleSet.ladders, earned.tiers ?? {}),
    tiers: earned.tiers ?? {},
    counters: NO_COUNTERS,
  };
  return Math.max(
    0,
    Math.min(earned.points, awardOf(compiled, facts, group.scope.values(facts), factorOf(earned.boosts))),
  );
}

function reduced(
  properties: Readonly<Record<string, unknown>>,
  returned: ReadonlyMap<string, Big>,
): Record<string, unknown> {
  const left: Record<string, unknown> = { ...properties };
  for (const [property, amount] of returned) {
    const value = properties[property];
    const rest = new Big(value as string | number).minus(amount);
    left[property] = typeof value === 'number' ? rest.toNumber() : rest.toFixed();
  }
  return left;
}
