import type { Effect } from '#domain/activity/effect.ts';

import type { Tx } from '../transaction.ts';

/** Tells the thresholds that an activity reached, one event each. */
export function announceReached(tx: Tx, customerId: string, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.kind !== 'MILESTONE_REACHED') continue;
    const { milestoneId, milestoneCode, milestoneName, period, threshold, points } = effect;
    tx.emit({
      ...{ type: 'milestone.reached', customerId, milestoneId, milestone: milestoneCode },
      ...{ name: milestoneName, period, threshold, points },
    });
  }
}
