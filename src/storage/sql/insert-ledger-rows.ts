import type { EntryRow, TransactionRow } from '#domain/ledger/posting.ts';

import type { Statements } from '../postgres.ts';

/** Appends transactions. They come before the lots and entries that name them. */
export async function insertLedgerTransactions(
  tx: Statements,
  programId: string,
  rows: readonly TransactionRow[],
): Promise<void> {
  await tx.query(
    `/* insert-ledger-transactions */
    insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, to_customer_id, amount, uncollected,
      effective_at, recorded_at, activity_id, rule_id, rule_revision, hold_id, reverses_id, reason, actor)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[],
      $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::uuid[], $13::integer[], $14::uuid[], $15::uuid[], $16::text[], $17::text[])`,
    [
      programId,
      rows.map((row) => row.id),
      rows.map((row) => row.currencyId),
      rows.map((row) => row.kind),
      rows.map((row) => row.customerId),
      rows.map((row) => row.toCustomerId),
      rows.map((row) => row.amount),
      rows.map((row) => row.uncollected),
      rows.map((row) => row.effectiveAt.toISOString()),
      rows.map((row) => row.recordedAt.toISOString()),
      rows.map((row) => row.activityId),
      rows.map((row) => row.ruleId),
      rows.map((row) => row.ruleRevision),
      rows.map((row) => row.holdId),
      rows.map((row) => row.reversesId),
      rows.map((row) => row.reason),
      rows.map((row) => row.actor),
    ],
  );
}

/** Appends entries: all of them in one statement, because the database checks the sums of what one statement writes. */
export async function insertLedgerEntries(tx: Statements, programId: string, rows: readonly EntryRow[]): Promise<void> {
  await tx.query(
    `/* insert-ledger-entries */
    insert into ledger_entry (program_id, id, transaction_id, account_id, bucket, lot_id, amount, seq, balance_after, effective_at, recorded_at)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[], $9::bigint[],
      $10::timestamptz[], $11::timestamptz[])`,
    [
      programId,
      rows.map((row) => row.id),
      rows.map((row) => row.transactionId),
      rows.map((row) => row.accountId),
      rows.map((row) => row.bucket),
      rows.map((row) => row.lotId),
      rows.map((row) => row.amount),
      rows.map((row) => row.seq),
      rows.map((row) => row.balanceAfter),
      rows.map((row) => row.effectiveAt.toISOString()),
      rows.map((row) => row.recordedAt.toISOString()),
    ],
  );
}
