import type { ToldEvent } from '#domain/stream/telling.ts';

import type { InboxRow } from './inbox-store.ts';
import type { Statements } from './postgres.ts';
import { onlyRow } from './postgres.ts';

/** What one transaction told one customer. */
export type CustomerEvents = {
  programId: string;
  customerId: string;
  /** The row of the outbox that says so. */
  outboxId: string;
  events: readonly ToldEvent[];
};

/** A row of a customer's log. */
export type CustomerEventRow = {
  seq: number;
  /** Number of the row of the outbox that said it. */
  outboxSeq: number;
  /** The number of the transaction, as text: it may be too large for a number. */
  transactionId: string;
  recordedAt: Date;
  events: ToldEvent[];
};

/** The new inbox items of a telling: without what only readers do. */
export type NewInboxItem = Omit<InboxRow, 'readAt'> & { programId: string; outboxId: string };

const ONE_TELLER = "hashtextextended('laurel telling', 0)";

/**
 * Writes what customers are told by rows of the outbox, in the given order, and what goes into their inboxes; all of it or
 * nothing. What somebody else has told already is left out: so each event is told once, wherever a relay dies. Tellers wait for
 * each other, so that numbers become visible in their order.
 */
export async function tellCustomers(
  reads: Statements,
  rows: readonly { programId: string; id: string }[],
  told: readonly CustomerEvents[],
  items: readonly NewInboxItem[],
): Promise<void> {
  await reads.query(
    `/* tell-customers */ with turn as materialized (
      select pg_advisory_xact_lock(${ONE_TELLER})
    ), untold as (
      update outbox set is_told = true
      from turn cross join unnest($1::uuid[], $2::uuid[]) as given (program_id, id)
      where outbox.program_id = given.program_id and outbox.id = given.id and not outbox.is_told
      returning outbox.program_id, outbox.id, outbox.seq, outbox.transaction_id
    ), told as (
      insert into customer_event (program_id, customer_id, outbox_seq, transaction_id, events)
      select program_id, given.customer_id, untold.seq, untold.transaction_id, given.events
      from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::json[]) with ordinality
        as given (program_id, customer_id, id, events, position)
      join untold using (program_id, id)
      order by given.position
    )
    insert into inbox_item (program_id, customer_id, id, kind, about_type, about_id, data, claim_type, claim_id, at, expires_at)
    select program_id, customer_id, given.id, kind, about_type, about_id, data, claim_type, claim_id, at, expires_at
    from unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::uuid[],
      $14::json[], $15::text[], $16::uuid[], $17::timestamptz[], $18::timestamptz[])
      as given (program_id, outbox_id, customer_id, id, kind, about_type, about_id, data, claim_type, claim_id, at, expires_at)
    join untold using (program_id) where untold.id = given.outbox_id
    on conflict do nothing`,
    [
      rows.map((row) => row.programId),
      rows.map((row) => row.id),
      told.map((row) => row.programId),
      told.map((row) => row.customerId),
      told.map((row) => row.outboxId),
      told.map((row) => JSON.stringify(row.events)),
      items.map((item) => item.programId),
      items.map((item) => item.outboxId),
      items.map((item) => item.customerId),
      items.map((item) => item.id),
      items.map((item) => item.kind),
      items.map((item) => item.about.type),
      items.map((item) => item.about.id),
      items.map((item) => JSON.stringify(item.values)),
      items.map((item) => item.claim?.type ?? null),
      items.map((item) => item.claim?.id ?? null),
      items.map((item) => item.at),
      items.map((item) => item.expiresAt),
    ],
  );
}

/** Where in a customer's log to read on. */
export type LogPlace = { programId: string; customerId: string; after: number };

/** The next rows of any number of customers' logs with one statement, at most `limit` each, in the order of the places. */
export async function readCustomerEvents(
  reads: Statements,
  places: readonly LogPlace[],
  limit: number,
): Promise<CustomerEventRow[][]> {
  const rows = await reads.query<CustomerEventRow & { position: number }>(
    `/* read-customer-events */
    select place.position::int as position, e.seq, e.outbox_seq as "outboxSeq", e.transaction_id::text as "transactionId", e.recorded_at as "recordedAt", e.events
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) with ordinality as place (program_id, customer_id, after, position)
    cross join lateral (
      select * from customer_event e
      where e.program_id = place.program_id and e.customer_id = place.customer_id and e.seq > place.after
      order by e.seq limit $4
    ) e
    order by place.position, e.seq`,
    [
      places.map((place) => place.programId),
      places.map((place) => place.customerId),
      places.map((place) => place.after),
      limit,
    ],
  );
  const byPosition = Map.groupBy(rows, ({ position }) => position);
  return places.map((_place, index) => byPosition.get(index + 1) ?? []);
}

/** How a customer's log stands. */
export type LogState = {
  /** Number of its last row; 0 of an empty one. */
  head: number;
  /** Rows after `after`, counted up to `countMax`. */
  missed: number;
  now: Date;
  /** What is committed at this moment, as PostgreSQL prints a snapshot. */
  snapshot: string;
  /** The highest number in the outbox that customers were not told of yet; null when there is none. */
  untoldUpTo: number | null;
};

/** The state of a customer's log at one moment. */
export async function readLogState(
  reads: Statements,
  { programId, customerId, after }: LogPlace,
  countMax: number,
): Promise<LogState> {
  return onlyRow(
    await reads.query<LogState>(
      `/* read-log-state */ select
        coalesce((select seq from customer_event where program_id = $1 and customer_id = $2 order by seq desc limit 1), 0) as head,
        (select count(*) from (select from customer_event where program_id = $1 and customer_id = $2 and seq > $3 limit $4) as later) as missed,
        now() as now, pg_current_snapshot()::text as snapshot,
        (select seq from outbox where not is_told order by seq desc limit 1) as "untoldUpTo"`,
      [programId, customerId, after, countMax],
    ),
  );
}

const FORGOTTEN_AT_ONCE = 20_000;

/** Forgets what was recorded before an instant; gives how many rows that were. In portions, so that nobody waits long. */
export async function forgetCustomerEvents(reads: Statements, before: Date): Promise<number> {
  for (let total = 0; ;) {
    const { gone } = onlyRow(
      await reads.query<{ gone: number }>(
        `/* forget-customer-events */ with gone as (
          delete from customer_event where ctid = any(array(select ctid from customer_event where recorded_at < $1 limit $2)) returning 1
        ) select count(*) as gone from gone`,
        [before, FORGOTTEN_AT_ONCE],
      ),
    );
    total += gone;
    if (gone < FORGOTTEN_AT_ONCE) return total;
  }
}
