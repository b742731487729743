import type { ActivityFacts, DecisionContext } from '../activity/decide.ts';
import type { DuelScored } from '../activity/effect.ts';
import type { EarningFacts } from '../earning/facts.ts';
import type { MeasuredFact } from '../tier/measure.ts';

/** The running duels of the batch's customers; counting an activity moves them on. */
export type DuelLedger = {
  /** Counts an activity for the duels of its customer, and gives what it was worth in each. */
  count(
    acting: { customerId: string; activityId: string },
    seen: EarningFacts,
    fact: MeasuredFact,
  ): readonly DuelScored[];
};

/** Counts an activity for all running duels of its customer, with what it earned by currency. */
export function scoreDuels(
  context: DecisionContext,
  { id, report, customer }: ActivityFacts,
  seen: EarningFacts,
  earned: ReadonlyMap<string, number>,
): readonly DuelScored[] {
  if (customer.enrolmentState !== 'ENROLLED') return [];
  const fact = { activityTypeId: report.type.id, properties: report.properties, points: new Map(earned) };
  return context.duels.count({ customerId: customer.id, activityId: id }, seen, fact);
}
