import type { PoolClient } from 'pg';

import type { Postgres } from '#storage/postgres.ts';

import type { PurchasedLine } from './cancellation.ts';
import { stockCodeOfLine } from './invoices.ts';
import type { ActivityUnit } from './unit.ts';

/** The purchased lines of a dry run, with what cancellations have left of them. */
export type TrialLines = {
  add(units: readonly ActivityUnit[]): Promise<void>;
  /** A customer's lines of these articles before an instant. */
  find(customer: string, before: Date, codes: readonly string[]): Promise<PurchasedLine[]>;
  /** Remembers what is left of lines that were found. */
  keep(lines: readonly PurchasedLine[]): Promise<void>;
  /** Remembers message ids and answers which of them are new in this file. */
  addMessages(messageIds: readonly string[]): Promise<Set<string>>;
  close(): Promise<void>;
};

/** A temporary table of a connection of its own, so that the size of the file does not matter; it goes with the connection. */
export function openTrialLines(postgres: Postgres, itemsProperty: string): TrialLines {
  let opened: Promise<PoolClient> | null = null;
  const client = (): Promise<PoolClient> => (opened ??= open(postgres));
  return {
    async add(units) {
      const rows = units.flatMap(({ customer, report }) =>
        report.lines.map((line) => ({ customer: customer.externalId, report, line })),
      );
      if (rows.length === 0) return;
      const db = await client();
      await db.query(
        `insert into trial_line (customer, activity_id, line_id, stock_code, occurred_at, quantity, remaining)
         select customer, activity_id, line_id, stock_code, occurred_at, quantity, quantity
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
           as row (customer, activity_id, line_id, stock_code, occurred_at, quantity)`,
        [
          rows.map((row) => row.customer),
          rows.map(({ report }) => report.messageId),
          rows.map(({ line }) => line.id),
          rows.map(({ line }) => stockCodeOfLine(line.id)),
          rows.map(({ report }) => report.occurredAt),
          rows.map(({ line }) => line.amounts[itemsProperty]),
        ],
      );
    },
    async find(customer, before, codes) {
      const db = await client();
      const { rows } = await db.query<PurchasedLine>(
        `select activity_id as "activityId", line_id as "lineId", stock_code as "stockCode", row_number() over (order by occurred_at, place) as "order", quantity, '0' as amount, remaining
         from trial_line where customer = $1 and occurred_at < $2 and stock_code = any($3::text[]) and remaining > 0`,
        [customer, before, codes],
      );
      return rows;
    },
    async keep(lines) {
      const db = await client();
      await db.query(
        `update trial_line set remaining = kept.remaining from unnest($1::text[], $2::bigint[]) as kept (line_id, remaining)
         where trial_line.line_id = kept.line_id`,
        [lines.map((line) => line.lineId), lines.map((line) => line.remaining)],
      );
    },
    async addMessages(messageIds) {
      const db = await client();
      const { rows } = await db.query<{ id: string }>(
        'insert into trial_message (id) select unnest($1::text[]) on conflict do nothing returning id',
        [messageIds],
      );
      return new Set(rows.map(({ id }) => id));
    },
    async close() {
      // Ending the connection drops the table.
      (await opened)?.release(true);
    },
  };
}

async function open(postgres: Postgres): Promise<PoolClient> {
  const client = await postgres.connect();
  await client.query(
    `create temporary table trial_line (
       place bigint generated always as identity, line_id text primary key, customer text not null, activity_id text not null,
       stock_code text not null, occurred_at timestamptz not null, quantity bigint not null, remaining bigint not null)`,
  );
  await client.query('create index on trial_line (customer, stock_code)');
  await client.query('create temporary table trial_message (id text primary key)');
  return client;
}
