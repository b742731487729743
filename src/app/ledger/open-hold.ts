import { NotFoundError } from '#domain/errors.ts';
import type { AccountState, Hold } from '#domain/ledger/account.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { findAccountOf } from '#storage/ledger-owner-store.ts';
import { selectHolds } from '#storage/sql/select-holds.ts';

import { assertNoRedemption } from '../redemption/paid-by.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { openLedger } from './posting.ts';

/**
 * Locks the account of a hold and finds the hold in it as it stands at `tx.now`: one whose time is over has timed out, also
 * when no job has written that yet. A closed hold is given too; operations on it refuse. Throws NotFoundError, and
 * StateConflictError for the hold of a reservation, which only its redemption may capture or release.
 */
export async function openHold(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  holdId: string | null,
): Promise<{ posting: Posting; account: AccountState; hold: Hold }> {
  const owner = holdId === null ? null : await findAccountOf(tx, tx.programId, 'hold', holdId);
  if (holdId === null || owner === null) throw new NotFoundError('hold', ['holdId']);
  await assertNoRedemption(tx, 'hold', holdId);
  const ledger = await openLedger(deps, tx, [owner]);
  const account = ledger.account(owner.customerId, owner.currencyId);
  const open = account.holds.find((hold) => hold.id === holdId);
  const [closed] = open === undefined ? await selectHolds(tx, tx.programId, [holdId]) : [];
  const hold = open ?? closed;
  if (hold === undefined) throw new NotFoundError('hold', ['holdId']);
  return { posting: ledger.posting, account, hold };
}
