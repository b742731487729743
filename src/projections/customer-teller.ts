import { noticeOf, tellingOf, type ToldEvent } from '#domain/stream/telling.ts';
import {
  readRelayPosition,
  tellCustomers,
  type CustomerEvents,
  type NewInboxItem,
} from '#storage/customer-event-store.ts';
import { readOutbox, type OutboxPlace, type OutboxRow } from '#storage/outbox-store.ts';
import type { Statements } from '#storage/postgres.ts';

/**
 * Tells customers what happened to them: into their log, which their streams read, and into their inbox. Each event is told
 * once and in the order of the commits, also when a relay dies at any moment or two of them overlap; Redis plays no part.
 */
export type CustomerTeller = {
  /** Tells what the rows, in their order, have not told yet. Throws when the record is away: then hand it the rows again. */
  tell(rows: readonly OutboxRow[]): Promise<void>;
  /** The next rows that nobody has told yet. */
  next(limit: number): Promise<OutboxRow[]>;
};

/** So many events of one transaction and customer make one row. */
const EVENTS_A_ROW = 200;

export function createCustomerTeller(reads: Statements): CustomerTeller {
  /** What is on record, and how far the rows were looked through since. */
  let position: { from: OutboxPlace; seen: OutboxPlace } | null = null;

  async function open(): Promise<{ from: OutboxPlace; seen: OutboxPlace }> {
    const from = await readRelayPosition(reads);
    return { from, seen: from };
  }

  async function tell(rows: readonly OutboxRow[]): Promise<void> {
    for (;;) {
      const { from, seen } = (position ??= await open());
      const fresh = rows.filter((row) => isAfter(row, seen));
      const last = fresh.at(-1);
      if (last === undefined) return;
      const told = fresh.flatMap(eventsByCustomer);
      const items = told.flatMap(({ programId, events }) => events.flatMap((event) => itemOf(programId, event)));
      const hasGone = told.length === 0 || (await tellCustomers(reads, from, last, told, items));
      // Another relay that led for a moment longer has gone on: from where it is, this one goes on as well.
      position = hasGone ? { from: told.length === 0 ? from : last, seen: last } : null;
      if (hasGone) return;
    }
  }

  return {
    tell,
    async next(limit) {
      position ??= await open();
      return readOutbox(reads, limit, position.seen);
    },
  };
}

function isAfter(row: OutboxPlace, place: OutboxPlace): boolean {
  const [one, other] = [BigInt(row.transactionId), BigInt(place.transactionId)];
  return one === other ? row.id > place.id : one > other;
}

/** What a transaction told each of its customers, in the order of its events. */
function eventsByCustomer({ programId, transactionId, events }: OutboxRow): CustomerEvents[] {
  const told = events.map(tellingOf).flatMap((telling) => (telling === null ? [] : [telling.event]));
  return [...Map.groupBy(told, ({ customerId }) => customerId)].flatMap(([customerId, all]) => {
    const parts = Array.from({ length: Math.ceil(all.length / EVENTS_A_ROW) }, (_, part) =>
      all.slice(part * EVENTS_A_ROW, (part + 1) * EVENTS_A_ROW),
    );
    return parts.map((part) => ({ programId, customerId, transactionId, events: part }));
  });
}

function itemOf(programId: string, event: ToldEvent): NewInboxItem | [] {
  const notice = noticeOf(event);
  if (notice === null) return [];
  const { kind, about, values, expiresAt, claim = null } = notice;
  return {
    programId,
    ...{ customerId: event.customerId, id: event.id, kind, about, values, claim },
    at: new Date(event.at),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
  };
}
