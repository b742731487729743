import type { ToldEvent } from '#domain/stream/telling.ts';

import type { InboxRow } from './inbox-store.ts';
import type { OutboxPlace } from './outbox-store.ts';
import type { Statements } from './postgres.ts';
import { onlyRow } from './postgres.ts';

/** What one transaction told one customer. */
export type CustomerEvents = {
  programId: string;
  customerId: string;
  transactionId: string;
  events: readonly ToldEvent[];
};

/** A row of a customer's log. Of two rows of a customer, the one with the higher number was committed later. */
export type CustomerEventRow = {
  seq: number;
  /** The number of the transaction, as text: it may be too large for a number. */
  transactionId: string;
  recordedAt: Date;
  events: ToldEvent[];
};

/** The new inbox items of a telling: without what only readers do. */
export type NewInboxItem = Omit<InboxRow, 'readAt'> & { programId: string };

/** How far customers have been told. */
export async function readRelayPosition(reads: Statements): Promise<OutboxPlace> {
  // After a restore from a dump the numbers of transactions begin anew, below what was reached.
  return onlyRow(
    await reads.query<OutboxPlace>(
      `/* open-relay-position */ with anew as (
        update relay_position set transaction_id = '0' where transaction_id >= pg_snapshot_xmax(pg_current_snapshot()) returning *
      )
      select transaction_id::text as "transactionId", outbox_id as id from anew
      union all select transaction_id::text, outbox_id from relay_position where not exists (select from anew)`,
    ),
  );
}

/**
 * Writes what customers are told, in the given order, and what goes into their inboxes, all of it or nothing. Gives false,
 * and writes nothing, when somebody else has gone on from `from` already: so each event is told once, wherever a relay dies.
 */
export async function tellCustomers(
  reads: Statements,
  from: OutboxPlace,
  to: OutboxPlace,
  told: readonly CustomerEvents[],
  items: readonly NewInboxItem[],
): Promise<boolean> {
  const { moved } = onlyRow(
    await reads.query<{ moved: boolean }>(
      `/* tell-customers */ with moved as (
        update relay_position set transaction_id = $1::text::xid8, outbox_id = $2
        where transaction_id = $3::text::xid8 and outbox_id = $4 returning 1
      ), told as (
        insert into customer_event (program_id, customer_id, transaction_id, events)
        select given.program_id, given.customer_id, given.transaction_id::xid8, given.events
        from moved cross join unnest($5::uuid[], $6::uuid[], $7::text[], $8::json[]) with ordinality
          as given (program_id, customer_id, transaction_id, events, position)
        order by given.position
      ), put as (
        insert into inbox_item (program_id, customer_id, id, kind, about_type, about_id, data, claim_type, claim_id, at, expires_at)
        select given.* from moved cross join unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::uuid[],
          $15::json[], $16::text[], $17::uuid[], $18::timestamptz[], $19::timestamptz[]) as given
        on conflict do nothing
      )
      select exists (select from moved) as moved`,
      [
        ...[to.transactionId, to.id, from.transactionId, from.id],
        told.map((row) => row.programId),
        told.map((row) => row.customerId),
        told.map((row) => row.transactionId),
        told.map((row) => JSON.stringify(row.events)),
        items.map((item) => item.programId),
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
    ),
  );
  return moved;
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
    select place.position::int as position, e.seq, e.transaction_id::text as "transactionId", e.recorded_at as "recordedAt", e.events
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
        now() as now, pg_current_snapshot()::text as snapshot`,
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
