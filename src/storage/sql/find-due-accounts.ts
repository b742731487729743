import type { AccountKey } from '../ledger-store.ts';
import type { Statements } from '../postgres.ts';

/**
 * Accounts of active programs on which something is due, longest overdue first within a program. A program with a test
 * clock is asked by its own time. Reads the index ledger_account_due once a program.
 */
export async function findDueAccounts(
  reads: Statements,
  clock: Date,
  limit: number,
): Promise<(AccountKey & { programId: string })[]> {
  return reads.query<AccountKey & { programId: string }>(
    `/* find-due-accounts */
    select p.id as "programId", due.customer_id as "customerId", due.currency_id as "currencyId"
    from program p
    cross join lateral (
      select a.customer_id, a.currency_id from ledger_account a
      where a.program_id = p.id and a.next_due_at <= coalesce(p.test_clock, $1::timestamptz)
      order by a.next_due_at
      limit $2
    ) due
    where p.state = 'ACTIVE'
    limit $2`,
    [clock, limit],
  );
}

/** Locks those of the accounts that are still due and that nobody else works on; the others are passed over, never waited for. */
export async function claimDueAccounts(
  tx: Statements,
  programId: string,
  now: Date,
  keys: readonly AccountKey[],
): Promise<AccountKey[]> {
  return tx.query<AccountKey>(
    `/* claim-due-accounts */
    select a.customer_id as "customerId", a.currency_id as "currencyId"
    from ledger_account a
    join unnest($3::uuid[], $4::uuid[]) as w (customer_id, currency_id) on w.customer_id = a.customer_id and w.currency_id = a.currency_id
    where a.program_id = $1 and a.next_due_at <= $2
    for update of a skip locked`,
    [programId, now, keys.map((key) => key.customerId), keys.map((key) => key.currencyId)],
  );
}
