import type { AccountState } from '#domain/ledger/account.ts';

import type { Columns } from './columns.ts';
import { updatePart } from './statement-parts.ts';
import type { StatementPart } from './statement-parts.ts';

const CHANGING: Columns<AccountState> = {
  id: ['uuid', (account) => account.id],
  pending: ['bigint', (account) => account.pending],
  available: ['bigint', (account) => account.available],
  held: ['bigint', (account) => account.held],
  seq: ['bigint', (account) => account.seq],
  next_due_at: ['timestamptz', (account) => account.nextDueAt],
  active_run: ['integer', (account) => account.activeRun],
  active_until: ['timestamptz', (account) => account.activeUntil],
};

/** Saves the cached balances of accounts that this transaction has locked. */
export function updateLedgerAccounts(programId: string, accounts: readonly AccountState[]): StatementPart {
  return updatePart('ledger_account', programId, CHANGING, accounts);
}
