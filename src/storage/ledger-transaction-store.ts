import type { Counterparty } from '#domain/ledger/account.ts';
import type { EntryRow, TransactionRow } from '#domain/ledger/writes.ts';

import type { Statements } from './postgres.ts';

/** The columns of a transaction as the domain names them. */
export const TRANSACTION_COLUMNS = `
  t.id, t.currency_id as "currencyId", t.kind, t.customer_id as "customerId", t.to_customer_id as "toCustomerId", t.amount,
  t.uncollected, t.effective_at as "effectiveAt", t.recorded_at as "recordedAt", t.activity_id as "activityId",
  t.rule_id as "ruleId", t.rule_revision as "ruleRevision", t.hold_id as "holdId", t.reverses_id as "reversesId", t.reason, t.actor`;

/** Transactions by id, in no order; ids of nothing are left out. */
export async function findTransactions(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<TransactionRow[]> {
  return reads.query<TransactionRow>(
    `/* find-ledger-transactions */ select ${TRANSACTION_COLUMNS} from ledger_transaction t where t.program_id = $1 and t.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** The reversals of transactions, oldest first. */
export async function findReversals(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<TransactionRow[]> {
  return reads.query<TransactionRow>(
    `/* find-reversals */ select ${TRANSACTION_COLUMNS} from ledger_transaction t
    where t.program_id = $1 and t.reverses_id = any($2::uuid[]) order by t.id`,
    [programId, ids],
  );
}

/** An entry with whose account it lies on: a customer's, or a counterparty of the program. */
export type EntryView = EntryRow & { accountKind: 'CUSTOMER' | Counterparty; customerId: string | null };

/** The entries of transactions, those on customers' accounts first, in the order in which they were chained. */
export async function findEntries(
  reads: Statements,
  programId: string,
  transactionIds: readonly string[],
): Promise<EntryView[]> {
  return reads.query<EntryView>(
    `/* find-ledger-entries */
    select e.id, e.transaction_id as "transactionId", e.account_id as "accountId", e.bucket, e.lot_id as "lotId", e.amount, e.seq,
      e.balance_after as "balanceAfter", e.effective_at as "effectiveAt", e.recorded_at as "recordedAt",
      a.kind as "accountKind", a.customer_id as "customerId"
    from ledger_entry e
    join ledger_account a on a.program_id = e.program_id and a.id = e.account_id
    where e.program_id = $1 and e.transaction_id = any($2::uuid[])
    order by e.transaction_id, a.customer_id nulls last, e.seq`,
    [programId, transactionIds],
  );
}

/** Which of the reasons stand on transactions of which of the customers, as `<customer id> <reason>`. */
export async function findKnownReasons(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
  reasons: readonly string[],
): Promise<Set<string>> {
  const rows = await statements.query<{ known: string }>(
    `/* find-known-reasons */ select customer_id || ' ' || reason as known from ledger_transaction
     where program_id = $1 and customer_id = any($2::uuid[]) and reason = any($3::text[])`,
    [programId, customerIds, reasons],
  );
  return new Set(rows.map((row) => row.known));
}
