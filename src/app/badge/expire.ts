import { expireAwards } from '#storage/badge-award-store.ts';

import { inTransaction, type AppDeps } from '../transaction.ts';

/**
 * Writes down that awards of a program have expired, the earliest first, and gives how many. They are not held any more from
 * their own instant on, whether or not this has run. Causes badge.expired.
 */
export function expireBadges(deps: AppDeps, programId: string, limit: number): Promise<number> {
  return inTransaction(deps, { programId, actor: 'system:badges' }, async (tx) => {
    const expired = await expireAwards(tx, programId, tx.now, limit);
    for (const { id: awardId, customerId, badgeId, badgeCode: badge } of expired)
      tx.emit({ type: 'badge.expired', customerId, awardId, badgeId, badge });
    return expired.length;
  });
}
