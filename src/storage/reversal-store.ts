import type { Lot } from '#domain/ledger/account.ts';
import type { TransactionKind } from '#domain/ledger/writes.ts';

import type { Statements } from './postgres.ts';
import { selectLotsOfTransactions } from './sql/select-lots.ts';

/** A transaction on record with what a reversal has to know. Read it under the lock of its customer's account. */
export type Reversible = {
  id: string;
  kind: TransactionKind;
  customerId: string;
  currencyId: string;
  amount: number;
  activityId: string | null;
  ruleId: string | null;
  ruleRevision: number | null;
  /** What no earlier reversal has taken back or given up; zero when it is wholly reversed. */
  left: number;
  /** Lots that it brought, as they are on record. */
  lots: Lot[];
  /** Points of those lots that expired or were cancelled, less what earlier reversals left uncollected. */
  lapsed: number;
};

type TransactionRow = {
  id: string;
  kind: TransactionKind;
  customer_id: string;
  currency_id: string;
  amount: number;
  activity_id: string | null;
  rule_id: string | null;
  rule_revision: number | null;
  taken: number;
  uncollected: number;
};

/** Reads transactions for their reversal, three statements for any number; an unknown id is absent from the map. */
export async function readReversible(
  tx: Statements,
  programId: string,
  transactionIds: readonly string[],
): Promise<Map<string, Reversible>> {
  const transactions = await tx.query<TransactionRow>(
    `/* read-reversible */
    select t.id, t.kind, t.customer_id, t.currency_id, t.amount, t.activity_id, t.rule_id, t.rule_revision,
      coalesce(sum(r.amount), 0)::bigint as taken, coalesce(sum(r.uncollected), 0)::bigint as uncollected
    from ledger_transaction t
    left join ledger_transaction r on r.program_id = t.program_id and r.reverses_id = t.id
    where t.program_id = $1 and t.id = any($2::uuid[])
    group by t.program_id, t.id`,
    [programId, transactionIds],
  );
  const lots = await selectLotsOfTransactions(tx, programId, transactionIds);
  const lapsed = await readLapsed(tx, programId, lots);
  return new Map(
    transactions.map((row) => {
      const own = lots.filter((lot) => lot.transactionId === row.id);
      const gone = own.reduce((sum, lot) => sum + (lapsed.get(lot.id) ?? 0), 0);
      return [
        row.id,
        {
          id: row.id,
          kind: row.kind,
          customerId: row.customer_id,
          currencyId: row.currency_id,
          amount: row.amount,
          activityId: row.activity_id,
          ruleId: row.rule_id,
          ruleRevision: row.rule_revision,
          left: row.amount - row.taken - row.uncollected,
          lots: own,
          lapsed: gone - row.uncollected,
        },
      ];
    }),
  );
}

/** How many points of each lot expired or were cancelled. A lot that is still whole needs no look. */
async function readLapsed(tx: Statements, programId: string, lots: readonly Lot[]): Promise<Map<string, number>> {
  const touched = lots.filter((lot) => lot.remaining + lot.held < lot.amount);
  if (touched.length === 0) return new Map();
  const rows = await tx.query<{ lot_id: string; lapsed: number }>(
    `/* read-lapsed */
    select e.lot_id, (-sum(e.amount))::bigint as lapsed
    from ledger_entry e
    join ledger_transaction t on t.program_id = e.program_id and t.id = e.transaction_id
    where e.program_id = $1 and e.lot_id = any($2::uuid[]) and t.kind in ('EXPIRE', 'CANCEL')
    group by e.lot_id`,
    [programId, touched.map((lot) => lot.id)],
  );
  return new Map(rows.map((row) => [row.lot_id, row.lapsed]));
}

/** What a spending, capture or negative adjustment took of each lot. */
export async function readTaken(
  tx: Statements,
  programId: string,
  transactionId: string,
): Promise<{ lotId: string; amount: number }[]> {
  return tx.query<{ lotId: string; amount: number }>(
    `/* read-taken */
    select lot_id as "lotId", (-sum(amount))::bigint as amount
    from ledger_entry
    where program_id = $1 and transaction_id = $2 and lot_id is not null
    group by lot_id
    having sum(amount) < 0
    order by lot_id`,
    [programId, transactionId],
  );
}
