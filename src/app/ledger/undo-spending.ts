import type { AccountState } from '#domain/ledger/account.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { reverseDebit, type DebitReversal } from '#domain/ledger/reverse.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import { readTaken } from '#storage/reversal-store.ts';
import { selectLots } from '#storage/sql/select-lots.ts';

import type { Tx } from '../transaction.ts';

/**
 * Puts all that a spending, capture or negative adjustment took back into its lots, with their old expiry. The account is
 * locked with its lots, and nobody has undone the transaction before.
 */
export async function undoSpending(
  tx: Tx,
  posting: Posting,
  account: AccountState,
  original: Omit<DebitReversal, 'parts'>,
): Promise<TransactionRow> {
  const taken = await readTaken(tx, tx.programId, original.transactionId);
  const ids = taken.map((part) => part.lotId);
  const lots = new Map((await selectLots(tx, tx.programId, ids)).map((lot) => [lot.id, lot]));
  const parts = taken.flatMap(({ lotId, amount }) => {
    const lot = lots.get(lotId);
    return lot === undefined ? [] : [{ lot, amount }];
  });
  return reverseDebit(posting, account, { ...original, parts });
}
