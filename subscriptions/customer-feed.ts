import type { Logger } from 'pino';

import { STREAM_REPLAY_MAX } from '#domain/stream/cursor.ts';
import {
  readCustomerEvents,
  readLogState,
  type CustomerEventRow,
  type LogPlace,
  type LogState,
} from '#storage/customer-event-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Listening, Live } from './pubsub.ts';

/** A reader's share in what this process knows of a customer's log. */
export type Following = {
  /** The log at this moment: its end, and how many rows lie behind a place. */
  state(after: number): Promise<LogState>;
  /** Rows after a place, the oldest first; none when there are no more. `wake` is called when there are. */
  rowsAfter(seq: number): Promise<readonly CustomerEventRow[]>;
  close(): void;
};

/**
 * The logs of customers that this process watches. However many streams watch a customer, what is new is read once; and what
 * is new about any number of customers is read with one statement.
 */
export type CustomerFeeds = {
  /** Resolves once messages arrive: only what is read after that cannot miss one. */
  follow(customer: Customer, wake: () => void): Promise<Following>;
  /** Feeds that are running. */
  size(): number;
};

type Customer = { programId: string; customerId: string };
type FeedDeps = { live: Live; reads: Statements; log: Logger };
type Load = (place: LogPlace) => Promise<CustomerEventRow[]>;

const ROWS_AT_ONCE = 100;
/** Rows that are kept at hand, for readers who are a little behind. */
const ROWS_KEPT = 256;
const PLACES_AT_ONCE = 1_000;
const RETRY_MS = 500;

export function createCustomerFeeds(deps: FeedDeps): CustomerFeeds {
  const feeds = new Map<string, CustomerFeed>();
  const load = createLoad(deps.reads);
  return {
    follow(customer, wake) {
      const name = `${customer.programId} ${customer.customerId}`;
      const feed = feeds.get(name) ?? new CustomerFeed(deps, load, customer, () => feeds.delete(name));
      feeds.set(name, feed);
      return feed.join(wake);
    },
    size: () => feeds.size,
  };
}

/** Gathers what is asked for while a statement is under way into the next one. */
function createLoad(reads: Statements): Load {
  type Asked = { place: LogPlace; answer: PromiseWithResolvers<CustomerEventRow[]> };
  let waiting: Asked[] = [];
  let isReading = false;

  async function readOn(): Promise<void> {
    isReading = true;
    // Whoever asks in the same turn is in the first statement already.
    await Promise.resolve();
    while (waiting.length > 0) {
      const part = waiting.slice(0, PLACES_AT_ONCE);
      waiting = waiting.slice(PLACES_AT_ONCE);
      try {
        const found = await readCustomerEvents(
          reads,
          part.map(({ place }) => place),
          ROWS_AT_ONCE,
        );
        for (const [index, { answer }] of part.entries()) answer.resolve(found[index] ?? []);
      } catch (error) {
        for (const { answer } of part) answer.reject(error);
      }
    }
    isReading = false;
  }

  return (place) => {
    const answer = Promise.withResolvers<CustomerEventRow[]>();
    waiting.push({ place, answer });
    if (!isReading) void readOn();
    return answer.promise;
  };
}

/** One watched customer: idle until something is announced, then read up to the end of the log. */
class CustomerFeed {
  readonly #deps: FeedDeps;
  readonly #load: Load;
  readonly #customer: Customer;
  readonly #onIdle: () => void;
  readonly #listening: Listening;
  readonly #stopResets: () => void;
  readonly #wakes = new Set<() => void>();
  /** All rows after the floor, as far as they were read. Null until the log's end is known. */
  #floor: number | null = null;
  #rows: CustomerEventRow[] = [];
  #isStale = false;
  #isReading = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(deps: FeedDeps, load: Load, customer: Customer, onIdle: () => void) {
    this.#deps = deps;
    this.#load = load;
    this.#customer = customer;
    this.#onIdle = onIdle;
    this.#listening = deps.live.listen('customer', customer, () => this.#hear());
    this.#stopResets = deps.live.onReset(() => this.#hear());
  }

  async join(wake: () => void): Promise<Following> {
    this.#wakes.add(wake);
    await this.#listening.ready;
    return {
      state: async (after) => {
        const state = await readLogState(this.#deps.reads, { ...this.#customer, after }, STREAM_REPLAY_MAX + 1);
        this.#floor ??= state.head;
        return state;
      },
      rowsAfter: (seq) => this.#rowsAfter(seq),
      close: () => this.#leave(wake),
    };
  }

  async #rowsAfter(seq: number): Promise<readonly CustomerEventRow[]> {
    // Who is further behind catches up alone, and joins the others when the rows at hand go on from there.
    if (this.#floor === null || seq < this.#floor) return this.#load({ ...this.#customer, after: seq });
    const from = this.#rows.findLastIndex((row) => row.seq <= seq);
    return this.#rows.slice(from + 1);
  }

  #leave(wake: () => void): void {
    this.#wakes.delete(wake);
    if (this.#wakes.size > 0) return;
    clearTimeout(this.#retry);
    this.#listening.stop();
    this.#stopResets();
    this.#onIdle();
  }

  #hear(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isStale && this.#wakes.size > 0) {
        this.#isStale = false;
        const found = await this.#load({ ...this.#customer, after: this.#rows.at(-1)?.seq ?? this.#floor ?? 0 });
        if (found.length === ROWS_AT_ONCE) this.#isStale = true;
        if (found.length > 0) this.#take(found);
      }
    } catch (error) {
      this.#isStale = true;
      this.#deps.log.warn({ err: error, ...this.#customer }, 'a watched customer’s log could not be read');
      this.#retry = setTimeout(() => this.#hear(), RETRY_MS).unref();
    } finally {
      this.#isReading = false;
    }
  }

  #take(found: readonly CustomerEventRow[]): void {
    this.#rows.push(...found);
    const gone = this.#rows.splice(0, Math.max(0, this.#rows.length - ROWS_KEPT));
    this.#floor = gone.at(-1)?.seq ?? this.#floor;
    for (const wake of this.#wakes) wake();
  }
}
