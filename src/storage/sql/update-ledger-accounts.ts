import type { AccountState } from '#domain/ledger/account.ts';

import type { Statements } from '../postgres.ts';

/** Saves the cached balances of accounts that this transaction has locked. */
export async function updateLedgerAccounts(
  tx: Statements,
  programId: string,
  accounts: readonly AccountState[],
): Promise<void> {
  await tx.query(
    `/* update-ledger-accounts */
    update ledger_account set pending = changed.pending, available = changed.available, held = changed.held, seq = changed.seq,
      next_due_at = changed.next_due_at
    from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[])
      as changed (id, pending, available, held, seq, next_due_at)
    where ledger_account.program_id = $1 and ledger_account.id = changed.id`,
    [
      programId,
      accounts.map((account) => account.id),
      accounts.map((account) => account.pending),
      accounts.map((account) => account.available),
      accounts.map((account) => account.held),
      accounts.map((account) => account.seq),
      accounts.map((account) => account.nextDueAt?.toISOString() ?? null),
    ],
  );
}
