import { StateConflictError } from '#domain/errors.ts';
import { findRedemptionPaidBy } from '#storage/redemption-store.ts';

import type { Tx } from '../transaction.ts';

const WORDS = {
  hold: 'This hold keeps the points of a reserved reward: issue or cancel the redemption instead.',
  transaction: 'This transaction paid for a reward: cancel the redemption instead.',
};

/** Points and stock of a redemption move together or not at all. Throws StateConflictError for what pays for one. */
export async function assertNoRedemption(tx: Tx, by: 'hold' | 'transaction', id: string): Promise<void> {
  const redemptionId = await findRedemptionPaidBy(tx, tx.programId, by, id);
  if (redemptionId !== null)
    throw new StateConflictError(WORDS[by], 'REDEMPTION', [by === 'hold' ? 'holdId' : 'transactionId']);
}
