import type { EntryRow, TransactionRow } from '#domain/ledger/writes.ts';

import type { Columns } from './columns.ts';
import { insertPart } from './statement-parts.ts';
import type { StatementPart } from './statement-parts.ts';

const TRANSACTION: Columns<TransactionRow> = {
  id: ['uuid', (row) => row.id],
  currency_id: ['uuid', (row) => row.currencyId],
  kind: ['text', (row) => row.kind],
  customer_id: ['uuid', (row) => row.customerId],
  to_customer_id: ['uuid', (row) => row.toCustomerId],
  amount: ['bigint', (row) => row.amount],
  uncollected: ['bigint', (row) => row.uncollected],
  effective_at: ['timestamptz', (row) => row.effectiveAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
  activity_id: ['uuid', (row) => row.activityId],
  rule_id: ['uuid', (row) => row.ruleId],
  rule_revision: ['integer', (row) => row.ruleRevision],
  hold_id: ['uuid', (row) => row.holdId],
  reverses_id: ['uuid', (row) => row.reversesId],
  reason: ['text', (row) => row.reason],
  actor: ['text', (row) => row.actor],
};

const ENTRY: Columns<EntryRow> = {
  id: ['uuid', (row) => row.id],
  transaction_id: ['uuid', (row) => row.transactionId],
  account_id: ['uuid', (row) => row.accountId],
  bucket: ['text', (row) => row.bucket],
  lot_id: ['uuid', (row) => row.lotId],
  amount: ['bigint', (row) => row.amount],
  seq: ['bigint', (row) => row.seq],
  balance_after: ['bigint', (row) => row.balanceAfter],
  effective_at: ['timestamptz', (row) => row.effectiveAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
};

/** Appends transactions. */
export function insertLedgerTransactions(programId: string, rows: readonly TransactionRow[]): StatementPart {
  return insertPart('ledger_transaction', programId, TRANSACTION, rows);
}

/** Appends entries: all of a transaction's at once, because the database checks the sums of what one statement writes. */
export function insertLedgerEntries(programId: string, rows: readonly EntryRow[]): StatementPart {
  return insertPart('ledger_entry', programId, ENTRY, rows);
}
