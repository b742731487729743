import { noticeOf, tellingOf, type ToldEvent } from '#domain/stream/telling.ts';
import { tellCustomers, type CustomerEvents, type NewInboxItem } from '#storage/customer-event-store.ts';
import { readUntold, type OutboxRow } from '#storage/outbox-store.ts';
import type { Statements } from '#storage/postgres.ts';

/**
 * Tells customers what happened to them: into their log, which their streams read, and into their inbox. Each event is told
 * once, and what waited for another comes behind it, also when a relay dies at any moment or two of them overlap; Redis plays
 * no part.
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
  return {
    async tell(rows) {
      const untold = rows.filter(({ isTold }) => !isTold);
      if (untold.length === 0) return;
      const told = untold.flatMap(eventsByCustomer);
      const items = told.flatMap((row) => row.events.flatMap((event) => itemOf(row, event)));
      await tellCustomers(reads, untold, told, items);
    },
    next: (limit) => readUntold(reads, limit),
  };
}

/** What a transaction told each of its customers, in the order of its events. */
function eventsByCustomer({ programId, id: outboxId, events }: OutboxRow): CustomerEvents[] {
  const told = events.map(tellingOf).flatMap((telling) => (telling === null ? [] : [telling.event]));
  return [...Map.groupBy(told, ({ customerId }) => customerId)].flatMap(([customerId, all]) => {
    const parts = Array.from({ length: Math.ceil(all.length / EVENTS_A_ROW) }, (_, part) =>
      all.slice(part * EVENTS_A_ROW, (part + 1) * EVENTS_A_ROW),
    );
    return parts.map((part) => ({ programId, customerId, outboxId, events: part }));
  });
}

function itemOf({ programId, outboxId }: CustomerEvents, event: ToldEvent): NewInboxItem | [] {
  const notice = noticeOf(event);
  if (notice === null) return [];
  const { kind, about, values, expiresAt, claim = null } = notice;
  return {
    programId,
    outboxId,
    ...{ customerId: event.customerId, id: event.id, kind, about, values, claim },
    at: new Date(event.at),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
  };
}
