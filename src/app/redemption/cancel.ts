import { StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import { releaseHold } from '#domain/ledger/hold.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { assertCanBecome, type Redemption } from '#domain/redemption/redemption.ts';
import { saveRedemption } from '#storage/redemption-store.ts';
import { freeKeptCodes } from '#storage/reward-code-store.ts';

import { saveLedger } from '../ledger/posting.ts';
import { undoSpending } from '../ledger/undo-spending.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import {
  holdOf,
  openRedemption,
  type OpenRedemption,
  type RedemptionCommand,
  type RedemptionMoved,
} from './open-redemption.ts';

/**
 * Takes a redemption back: points return to the lots that they came from, with their old expiry, and the piece to the
 * stock. A code that was handed out is never handed out again. Customers may cancel what they have only reserved.
 */
export async function cancelRedemption(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: RedemptionCommand,
): Promise<RedemptionMoved & { replayed: boolean }> {
  return deps.turns.take([input.redemptionId], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      const open = await openRedemption(deps, tx, input);
      const { redemption, ledger, account, supply } = open;
      assertCanBecome(redemption, 'CANCELLED', tx.now);
      const wasReserved = redemption.state === 'RESERVED';
      if (input.byCustomer !== null && !wasReserved)
        throw new StateConflictError('What is issued already can be cancelled by our support.', redemption.state, [
          'redemptionId',
        ]);
      const reversalId = await givePointsBack(tx, open);
      await saveLedger(tx, ledger.posting);
      const { rewardId, quantity, id, customerId } = redemption;
      supply.change(rewardId, wasReserved ? -quantity : 0, wasReserved ? 0 : -quantity);
      await supply.save();
      if (wasReserved) await freeKeptCodes(tx, tx.programId, [id]);
      const cancelled: Redemption = { ...redemption, state: 'CANCELLED', reversalId, closedAt: tx.now };
      await saveRedemption(tx, tx.programId, cancelled, { at: tx.now, actor: tx.actor, reason }, tx.now);
      tx.emit({ type: 'redemption.changed', customerId, redemptionId: id, state: 'CANCELLED' });
      return { redemptionId: id, balance: balanceOf(account, tx.now) };
    }),
  );
}

/** Releases the hold of a reservation, or undoes the spending; gives the reversal's id, if there is one. */
async function givePointsBack(tx: Tx, { redemption, ledger, account }: OpenRedemption): Promise<string | null> {
  const cause = { reason: `Cancellation of redemption ${publicId('Redemption', redemption.id)}` };
  if (redemption.state === 'RESERVED') {
    const held = holdOf(account, redemption);
    if (held !== null) releaseHold(ledger.posting, account, held, { as: 'RELEASED', effectiveAt: tx.now, cause });
    return null;
  }
  if (redemption.transactionId === null) return null;
  const reversal = await undoSpending(tx, ledger.posting, account, {
    transactionId: redemption.transactionId,
    counterparty: 'REDEMPTION',
    effectiveAt: tx.now,
    cause,
  });
  return reversal.id;
}
