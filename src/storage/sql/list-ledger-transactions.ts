import type { TransactionKind, TransactionRow } from '#domain/ledger/writes.ts';
import type { PageRequest } from '#domain/page.ts';

import { TRANSACTION_COLUMNS } from '../ledger-transaction-store.ts';
import type { Statements } from '../postgres.ts';

export type TransactionWhere = {
  currencyId: string | null;
  kinds: readonly TransactionKind[] | null;
  activityId: string | null;
  /** [from, until) of the recording. */
  recordedFrom: Date | null;
  recordedUntil: Date | null;
};

/**
 * Transactions, newest first, of one customer (as sender or as receiver) or of the whole program. Ids are time-ordered, so
 * that the id is the whole key and a page walks one index from its place; a customer's page merges the two indexes.
 * Answers up to `limit + 1` rows in the direction of travel.
 */
export async function listLedgerTransactions(
  reads: Statements,
  programId: string,
  customerId: string | null,
  where: TransactionWhere,
  page: PageRequest,
): Promise<TransactionRow[]> {
  const direction = page.backwards ? 'asc' : 'desc';
  const part = (condition: string): string => `
    (select ${TRANSACTION_COLUMNS} from ledger_transaction t
     where t.program_id = $1 and ${condition}
       and ($3::uuid is null or t.id < $3) and ($4::uuid is null or t.id > $4)
       and ($5::uuid is null or t.currency_id = $5) and ($6::text[] is null or t.kind = any($6))
       and ($7::uuid is null or t.activity_id = $7)
       and ($8::timestamptz is null or t.recorded_at >= $8) and ($9::timestamptz is null or t.recorded_at < $9)
     order by t.id ${direction} limit $10)`;
  const parts =
    customerId === null ? [part('$2::uuid is null')] : [part('t.customer_id = $2'), part('t.to_customer_id = $2')];
  return reads.query<TransactionRow>(
    `/* list-ledger-transactions */ ${parts.join(' union all ')} order by id ${direction} limit $10`,
    [
      programId,
      customerId,
      page.after?.id ?? null,
      page.before?.id ?? null,
      where.currencyId,
      where.kinds,
      where.activityId,
      where.recordedFrom,
      where.recordedUntil,
      page.limit + 1,
    ],
  );
}
