import type { AccountState } from '#domain/ledger/account.ts';
import { isDue } from '#domain/ledger/account.ts';
import { collectWrites, openPosting } from '#domain/ledger/posting.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { settleDue } from '#domain/ledger/settle-due.ts';
import type { LedgerWrites } from '#domain/ledger/writes.ts';
import { loadLots, lockAccounts, writeLedger } from '#storage/ledger-store.ts';
import type { AccountKey } from '#storage/ledger-store.ts';

import { endReservations } from '../redemption/supply.ts';
import type { AppDeps, Tx } from '../transaction.ts';

/** Locked accounts and the posting that changes them. */
export type Ledger = {
  posting: Posting;
  accounts: readonly AccountState[];
  account: (customerId: string, currencyId: string) => AccountState;
};

/**
 * Locks accounts (all that the decision touches, in one call), reads lots where they are needed and settles what is due, so
 * that the decision sees them as they are at `tx.now`. `lots: 'WHEN_DUE'` spares reading lots that plain credits do not
 * need. The customers must exist. Nothing is written before `saveLedger`.
 */
export async function openLedger(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  keys: readonly AccountKey[],
  options: { lots: 'ALWAYS' | 'WHEN_DUE' } = { lots: 'ALWAYS' },
): Promise<Ledger> {
  const { programId, actor, now } = tx;
  const locked = await lockAccounts(tx, deps.newId, programId, keys);
  await loadLots(
    tx,
    programId,
    options.lots === 'ALWAYS' ? locked.states : locked.states.filter((account) => isDue(account, now)),
  );
  const posting = openPosting({ programId, actor, now, newId: deps.newId, counterparties: locked.counterparties });
  for (const account of locked.states) if (isDue(account, now)) settleDue(posting, account, now);
  return { posting, accounts: locked.states, account: locked.account };
}

/**
 * Writes the posting and tells each changed account's balance in absolute numbers. Where holds of reservations have timed
 * out in it, their redemptions end with them.
 */
export async function saveLedger(tx: Tx, posting: Posting): Promise<LedgerWrites> {
  const writes = collectWrites(posting);
  await writeLedger(tx, writes);
  await endReservations(tx, posting);
  for (const { customerId, currencyId, pending, available, held, seq } of writes.accounts) {
    tx.emit({ type: 'balance.changed', customerId, currencyId, pending, available, held, seq });
  }
  return writes;
}
