import type { Effect } from '#domain/activity/effect.ts';
import { deleteAttempts } from '#storage/duel-attempt-store.ts';

import type { Tx } from '../transaction.ts';

/** Takes back what a wholly reversed activity counted in duels that still run. The customer's account must be locked. */
export async function undoAttempts(
  tx: Tx,
  activity: { id: string; effects: readonly Pick<Effect, 'kind'>[] },
): Promise<void> {
  if (!activity.effects.some(({ kind }) => kind === 'DUEL_SCORED')) return;
  for (const { duelId, duel, customerIds } of await deleteAttempts(tx, tx.programId, activity.id))
    for (const customerId of customerIds) tx.emit({ type: 'duel.changed', customerId, duelId, duel, change: 'SCORED' });
}
