import type { DomainEvent } from '#domain/events.ts';

import type { Statements } from './postgres.ts';

/** The events of one transaction. */
export type OutboxRow = {
  programId: string;
  id: string;
  /** Of two transactions of which one waited for a lock of the other, the later one has the higher number. */
  seq: number;
  /** A number that may be too large for one, as text. */
  transactionId: string;
  /** Whether customers were told of it. */
  isTold: boolean;
  events: DomainEvent[];
};

const COLUMNS = `program_id as "programId", id, seq, transaction_id::text as "transactionId", is_told as "isTold", events`;

/**
 * The first rows that were not handed on. A row with a lower number may still appear, when its transaction commits later; but
 * none that a row which is read here depends on, since that had to be committed before this one took its number. So
 * whatever happened to one customer, account or board comes in its order, and nobody waits for a long transaction.
 */
export async function readOutbox(reads: Statements, limit: number): Promise<OutboxRow[]> {
  return reads.query<OutboxRow>(`/* read-outbox */ select ${COLUMNS} from outbox order by seq limit $1`, [limit]);
}

/** The first of those that customers were not told of. */
export async function readUntold(reads: Statements, limit: number): Promise<OutboxRow[]> {
  return reads.query<OutboxRow>(
    `/* read-untold */ select ${COLUMNS} from outbox where not is_told order by seq limit $1`,
    [limit],
  );
}

/** Forgets rows that were handed on. */
export async function deleteOutbox(reads: Statements, rows: readonly OutboxRow[]): Promise<void> {
  await reads.query(
    `/* delete-outbox */ delete from outbox using unnest($1::uuid[], $2::uuid[]) as done (program_id, id)
     where outbox.program_id = done.program_id and outbox.id = done.id`,
    [rows.map((row) => row.programId), rows.map((row) => row.id)],
  );
}

/**
 * Up to which instant everything committed has been handed on, and how many milliseconds ago that is, by PostgreSQL's clock.
 * Whatever waits was committed after the row with the lowest number had begun.
 */
export async function readOutboxAge(reads: Statements): Promise<{ handedOnUntil: Date; lagMs: number }> {
  const [age] = await reads.query<{ until: Date; lag: number }>(
    `/* outbox-age */ select coalesce(oldest.at, now()) as until, (extract(epoch from now() - coalesce(oldest.at, now())) * 1000)::float8 as lag
     from (select 1) as one left join lateral (select created_at as at from outbox order by seq limit 1) as oldest on true`,
  );
  if (age === undefined) throw new Error('a statement without rows gave none');
  return { handedOnUntil: age.until, lagMs: age.lag };
}
