import {
  decodeCursor,
  encodeCursor,
  resetReasonOf,
  type ResetReason,
  type StreamPlace,
} from '#domain/stream/cursor.ts';
import { parseSnapshot, wasCommitted } from '#domain/stream/snapshot.ts';
import type { ToldEvent } from '#domain/stream/telling.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findOwnCustomer } from '#schema/ledger-party.ts';
import { badUserInput } from '#schema/paging.ts';
import { resumeArgs, type StreamMark } from '#schema/stream-item.ts';
import type { CustomerEventRow } from '#storage/customer-event-store.ts';

import type { Following } from './customer-feed.ts';
import { createStream, type Signals, type Source } from './stream.ts';

/** What streams about one customer share: who is meant, from where on, and how their log becomes items. */

/** The two arguments, of which a subscription gives one; a customer token needs neither. */
export const whoseArgs = builder.args((t) => ({
  customerId: t.id({
    description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.',
  }),
  customerExternalId: t.string({ description: 'Whose, by the tenant’s own id.' }),
}));

/** Whose stream, and from where on. */
export const streamArgs = { ...whoseArgs, ...resumeArgs };

/** The UUID of the customer that is meant. Throws BAD_USER_INPUT when there is none that the caller may see. */
export async function requireOwnCustomer(
  context: Context,
  named: Parameters<typeof findOwnCustomer>[1],
): Promise<string> {
  const customerId = await findOwnCustomer(context, named);
  if (customerId === null) throw badUserInput('There is no such customer.');
  return customerId;
}

/** What one subscription makes of a customer's log. */
export type StreamPlan<Body extends object> = {
  /** The subscription's field and the arguments that make another stream of it: its cursors lead on only there. */
  name: string;
  /** The state that a reader who begins sees first. */
  snapshot(): Promise<Body>;
  /** What an event says to the reader; null when it says nothing. */
  item(event: ToldEvent): Promise<Body | null> | Body | null;
};

/**
 * A stream of all that the plan tells of a customer, each change an item, in the order in which they waited for each other and without a gap: it
 * begins with a snapshot, or behind the cursor `after`. However slow the reader, what waits for it waits in the record.
 */
export function createCustomerStream<Body extends object>(
  context: Context,
  customerId: string,
  after: string | null | undefined,
  plan: StreamPlan<Body>,
): AsyncIterableIterator<Body & StreamMark> {
  return createStream((signals) => openLog(context, customerId, after ?? null, plan, signals));
}

async function openLog<Body extends object>(
  context: Context,
  customerId: string,
  after: string | null,
  plan: StreamPlan<Body>,
  signals: Signals,
): Promise<Source<Body & StreamMark>> {
  const { programId } = programOf(context);
  const following = await context.deps.customerFeeds.follow({ programId, customerId }, signals.wake);
  // The end of an id is random enough to tell customers from one another.
  const stream = `${plan.name} ${customerId.slice(-12)}`;
  const { place, reset } = await beginAt(following, stream, after).catch((error: unknown) => {
    following.close();
    throw error;
  });
  const walk = new Walk(following, place);
  let isNew = after === null || reset !== null;
  return {
    async take() {
      if (isNew) {
        // Read after the place was taken: what changes meanwhile is told again rather than not at all.
        const body = await plan.snapshot();
        isNew = false;
        return { ...body, cursor: encodeCursor(stream, place), isSnapshot: true, reset };
      }
      for (let event = await walk.next(); event !== null; event = await walk.next()) {
        const body = await plan.item(event);
        if (body !== null) return { ...body, cursor: encodeCursor(stream, walk.place), isSnapshot: false, reset: null };
      }
      return null;
    },
    close: () => following.close(),
  };
}

/** From where a reader is told: behind the cursor, or from now on, and then why the cursor leads nowhere. */
async function beginAt(
  following: Following,
  stream: string,
  after: string | null,
): Promise<{ place: StreamPlace; reset: ResetReason | null }> {
  const asked = after === null ? null : decodeCursor(stream, after);
  const wanted = typeof asked === 'string' ? null : asked;
  const log = await following.state(wanted?.seq ?? Number.MAX_SAFE_INTEGER);
  const reset = wanted === null ? (asked as ResetReason | null) : resetReasonOf(wanted, log);
  if (wanted !== null && reset === null) return { place: wanted, reset };
  const behind = log.untoldUpTo === null ? null : { upTo: log.untoldUpTo, committed: log.snapshot };
  return { place: { seq: log.head, index: 0, at: log.now.getTime(), behind }, reset };
}

/** Goes through a customer's log event by event. */
class Walk {
  readonly #following: Following;
  #rows: readonly CustomerEventRow[] = [];
  #place: StreamPlace;

  constructor(following: Following, place: StreamPlace) {
    this.#following = following;
    this.#place = place;
  }

  /** Behind the last event that was given. */
  get place(): StreamPlace {
    return this.#place;
  }

  /** The next event, or null at the end of the log. */
  async next(): Promise<ToldEvent | null> {
    for (;;) {
      if (this.#rows.length === 0) this.#rows = await this.#following.rowsAfter(this.#place.seq);
      const [row, ...later] = this.#rows;
      if (row === undefined) return null;
      const { seq, index } = this.#place;
      // Tellings are in the order of the outbox: one behind the mark has seen all that the snapshot shows, and told it before.
      const behind = this.#place.behind === null || row.outboxSeq > this.#place.behind.upTo ? null : this.#place.behind;
      const shown = behind === null ? null : parseSnapshot(behind.committed);
      const event = row.events[index];
      const isLast = index >= row.events.length - 1;
      if (isLast) this.#rows = later;
      this.#place = {
        seq: isLast ? row.seq : seq,
        index: isLast ? 0 : index + 1,
        at: row.recordedAt.getTime(),
        behind,
      };
      if (event !== undefined && (shown === null || !wasCommitted(shown, BigInt(row.transactionId)))) return event;
    }
  }
}
