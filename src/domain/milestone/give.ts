import type { ActivityFacts, DecisionContext } from '../activity/decide.ts';
import type { MilestoneReached } from '../activity/effect.ts';
import { expiryOf } from '../earning/expiry.ts';
import { credit } from '../ledger/credit.ts';
import { addPoints } from '../points.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import type { Reached } from './reach.ts';

/** What the batch's customers have of milestones' measures; counting an activity moves it on. */
export type MilestoneLedger = {
  /** Adds what a fact comes to, and gives the thresholds that this reaches. Each is given once. */
  count(
    acting: { customerId: string; occurredAt: Date; activityId: string; mayReach: boolean },
    fact: MeasuredFact,
  ): readonly Reached[];
};

/**
 * Gives the points of every milestone that an activity reaches, with what its rules earned by currency, and of those that
 * such points reach in turn. Adds what it gives to `earned`.
 */
export function giveMilestones(
  context: DecisionContext,
  facts: ActivityFacts,
  earned: Map<string, number>,
): MilestoneReached[] {
  const { type, properties } = facts.report;
  return reachMilestones(context, facts, { activityTypeId: type.id, properties, points: new Map(earned) }, earned);
}

/** The same for any fact, such as points that came later. */
export function reachMilestones(
  context: DecisionContext,
  facts: ActivityFacts,
  first: MeasuredFact,
  earned: Map<string, number>,
): MilestoneReached[] {
  const { report, customer } = facts;
  const acting = {
    customerId: customer.id,
    occurredAt: report.occurredAt,
    activityId: facts.id,
    mayReach: customer.enrolmentState === 'ENROLLED',
  };
  const effects: MilestoneReached[] = [];
  let fact = first;
  for (;;) {
    const gained = new Map<string, number>();
    for (const reached of context.milestones.count(acting, fact)) {
      const effect = giveOne(context, facts, reached);
      effects.push(effect);
      for (const points of effect.points > 0 ? [gained, earned] : [])
        points.set(effect.currencyId, addPoints(points.get(effect.currencyId) ?? 0, effect.points));
    }
    if (gained.size === 0) return effects;
    fact = { activityTypeId: '', properties: {}, points: gained };
  }
}

function giveOne(
  context: DecisionContext,
  facts: ActivityFacts,
  { compiled, period, threshold }: Reached,
): MilestoneReached {
  const { milestone, currency } = compiled;
  const { ruleSet, program } = context.catalogue;
  const { occurredAt } = facts.report;
  const given = credit(context.posting, context.account(facts.customer.id, currency.id), {
    kind: 'EARN',
    currency,
    amount: milestone.points,
    effectiveAt: occurredAt,
    pending: null,
    expiresAt: expiryOf(milestone.expiry, currency, occurredAt, program.timeZone),
    beyondCap: 'TRUNCATE',
    cause: { activityId: facts.id, ruleId: milestone.id, ruleRevision: ruleSet.revision, actor: facts.actor },
  });
  return {
    kind: 'MILESTONE_REACHED',
    milestoneId: milestone.id,
    milestoneCode: milestone.code,
    milestoneName: milestone.name,
    revision: ruleSet.revision,
    period,
    threshold: threshold.toFixed(),
    currencyId: currency.id,
    points: given.granted,
    uncapped: milestone.points,
    transactionId: given.transactionId,
    expiresAt: given.expiresAt?.toISOString() ?? null,
  };
}
