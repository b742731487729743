import type { DomainEvent } from '#domain/events.ts';

import type { Statements } from './postgres.ts';

/** The place of a row in the order in which rows became visible. */
export type OutboxPlace = {
  /** A number that may be too large for one, as text. */
  transactionId: string;
  id: string;
};

/** The events of one transaction. */
export type OutboxRow = OutboxPlace & { programId: string; events: DomainEvent[] };

const FIRST: OutboxPlace = { transactionId: '0', id: '00000000-0000-0000-0000-000000000000' };

/**
 * The oldest rows, or the oldest after a place, in the order in which their transactions became visible. A row is read only when every transaction that
 * began before its own is over: none can then appear in front of it. A long transaction therefore holds up what follows.
 */
export async function readOutbox(reads: Statements, limit: number, after = FIRST): Promise<OutboxRow[]> {
  return reads.query<OutboxRow>(
    `/* read-outbox */ select program_id as "programId", id, transaction_id::text as "transactionId", events from outbox
     where transaction_id < pg_snapshot_xmin(pg_current_snapshot()) and (transaction_id, id) > ($2::text::xid8, $3::uuid)
     order by transaction_id, id limit $1`,
    [limit, after.transactionId, after.id],
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

/** Up to which instant everything committed has been handed on, and how many milliseconds ago that is, by PostgreSQL's clock. */
export async function readOutboxAge(reads: Statements): Promise<{ handedOnUntil: Date; lagMs: number }> {
  const [age] = await reads.query<{ until: Date; lag: number }>(
    `/* outbox-age */ select coalesce(oldest.at, now()) as until, (extract(epoch from now() - coalesce(oldest.at, now())) * 1000)::float8 as lag
     from (select 1) as one left join lateral (select created_at as at from outbox order by transaction_id, id limit 1) as oldest on true`,
  );
  if (age === undefined) throw new Error('a statement without rows gave none');
  return { handedOnUntil: age.until, lagMs: age.lag };
}
