import { setImmediate as othersFirst } from 'node:timers/promises';

import type { ExecutionArgs, ExecutionResult } from 'graphql';

import { executeEvent, openEvents, subscribeOperation } from '#src/http/execution.ts';
import type { Metrics } from '#src/http/metrics.ts';
import type { RequestContext } from '#src/http/request-context.ts';
import { toPublicResult } from '#src/http/result.ts';

import { membershipOf } from './audience.ts';
import { SharedMessage, type Outlet } from './frame.ts';
import { Reader, type Readers } from './reader.ts';
import { isStateStream, type StateSource } from './stream.ts';

/** A subscription that one operation of a socket asks for, and where its messages go. */
export type SocketArgs = ExecutionArgs & { id: string; outlet: Outlet; contextValue: RequestContext };

/** Streams of this process's sockets. Whoever must get the same bytes shares one source, one execution and one print. */
export type SharedStreams = {
  /** Opens a subscription for one operation of a socket: shared where it can be, its own else. */
  subscribe(args: SocketArgs): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>;
};

/** Readers served in one go, some milliseconds of work, before anything else has its turn. */
const READERS_AT_ONCE = 1_000;

type Counted = Pick<Metrics, 'subscriptionExecuted' | 'subscriptionSent'>;

export function createSharedStreams(metrics: Counted): SharedStreams {
  const groups = new Map<string, Group>();
  return {
    async subscribe(args) {
      const membership = membershipOf(args);
      if (membership === null) return subscribeOperation(args);
      const { name, after } = membership;
      for (;;) {
        const group = groups.get(name) ?? new Group(args, metrics, () => groups.delete(name));
        groups.set(name, group);
        const joined = await group.join({ id: args.id, outlet: args.outlet, cost: args.contextValue.cost }, after);
        if (joined !== null) return joined;
      }
    },
  };
}

/**
 * Readers who must get the same bytes. Each has a state that its messages lead to; those who have the group's last one get
 * the same message, and those who just joined or were slow get one that leads from what they have to where the group is.
 */
class Group implements Readers {
  readonly #args: SocketArgs;
  readonly #context: RequestContext;
  readonly #metrics: Counted;
  readonly #onEnd: () => void;
  readonly #readers = new Set<Reader>();
  readonly #opened: Promise<ExecutionResult | null>;
  #source: StateSource<object, unknown> | null = null;
  #state: object | null = null;
  /** Messages that lead to the present state, by the state that they lead from. */
  #messages = new Map<object | null, Promise<SharedMessage | null>>();
  #looking: Promise<void> | null = null;
  #isWoken = false;
  #hasEnded = false;

  /** The callers of a group have equal rights, so it acts as the one who came first, also when that one has left. */
  constructor(args: SocketArgs, metrics: Counted, onEnd: () => void) {
    this.#args = args;
    // Readers are told the price of their own operation; what they share says nothing of it.
    this.#context = args.contextValue.fresh();
    this.#metrics = metrics;
    this.#onEnd = onEnd;
    this.#opened = this.#open();
  }

  /** Gives what the source said when it refused, and null when the group has come to its end meanwhile. */
  async join(
    operation: ConstructorParameters<typeof Reader>[0],
    after: string | null,
  ): Promise<Reader | ExecutionResult | null> {
    if (this.#source !== null) {
      // What was granted to those who came first may have been taken back since.
      await this.#look();
      if (this.#hasEnded) return null;
    }
    const reader = new Reader(operation, this);
    // Who comes back gets nothing before it is clear what they have.
    reader.isBusy = after !== null;
    this.#readers.add(reader);
    const refusal = await this.#opened;
    if (refusal !== null) return refusal;
    if (after !== null) {
      reader.seen = (await this.#source?.at?.(after)) ?? null;
      reader.isBusy = false;
    }
    void this.#catchUp(reader);
    return reader;
  }

  async #open(): Promise<ExecutionResult | null> {
    try {
      const opened = await openEvents(this.#args);
      if (!('events' in opened)) {
        this.#end();
        return opened;
      }
      if (!isStateStream(opened.events)) throw new Error('a field that says that its stream is shared has no states');
      this.#source = await opened.events.openStates({ wake: () => void this.#look(), end: () => this.#end() });
      if (this.#hasEnded) this.#source.close();
      else await this.#look();
      return null;
    } catch (error) {
      this.#end(asError(error));
      return null;
    }
  }

  idle(reader: Reader): void {
    void this.#catchUp(reader);
  }

  gone(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#end();
  }

  #end(failure?: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
    this.#source?.close();
    for (const reader of this.#readers) reader.end(failure);
    this.#readers.clear();
  }

  /** Goes on to the present state of the source, and takes all readers along. One look at a time, and none left out. */
  #look(): Promise<void> {
    this.#isWoken = true;
    // Before the source is there nobody looks; the first look comes when it is.
    if (this.#source === null || this.#hasEnded) return Promise.resolve();
    this.#looking ??= this.#lookOn(this.#source);
    return this.#looking;
  }

  async #lookOn(source: StateSource<object, unknown>): Promise<void> {
    try {
      while (this.#isWoken && !this.#hasEnded) {
        this.#isWoken = false;
        const state = await source.look();
        if (state !== null && state !== this.#state) await this.#goTo(state);
      }
    } catch (error) {
      this.#end(asError(error));
    } finally {
      this.#looking = null;
    }
  }

  async #goTo(state: object): Promise<void> {
    const from = this.#state;
    this.#state = state;
    this.#messages = new Map();
    const message = await this.#messageFrom(from);
    let served = 0;
    let sent = 0;
    for (const reader of this.#readers) {
      if (reader.isBusy) continue;
      if (reader.seen !== from) void this.#catchUp(reader);
      else if (message === null) reader.seen = state;
      else {
        reader.send(message, state);
        sent += 1;
      }
      served += 1;
      if (served % READERS_AT_ONCE === 0) await othersFirst();
    }
    this.#metrics.subscriptionSent(sent);
  }

  /** Leads one reader to the present state, wherever they are. Whoever is busy is seen to when they are not. */
  async #catchUp(reader: Reader): Promise<void> {
    try {
      while (!reader.isBusy && !reader.isGone && this.#state !== null && reader.seen !== this.#state) {
        const state = this.#state;
        reader.isBusy = true;
        const message = await this.#messageFrom(reader.seen);
        reader.isBusy = false;
        if (reader.isGone) return;
        if (message === null) reader.seen = state;
        else {
          reader.send(message, state);
          this.#metrics.subscriptionSent(1);
        }
      }
    } catch (error) {
      this.#end(asError(error));
    }
  }

  /** The message from a state to the present one, executed once for all who ask; null when it would say nothing. */
  #messageFrom(from: object | null): Promise<SharedMessage | null> {
    const known = this.#messages.get(from);
    if (known !== undefined) return known;
    const message = this.#makeMessage(from, this.#state);
    this.#messages.set(from, message);
    return message;
  }

  async #makeMessage(from: object | null, to: object | null): Promise<SharedMessage | null> {
    if (to === null || this.#source === null) return null;
    const item = this.#source.between(from, to);
    if (item === null) return null;
    this.#metrics.subscriptionExecuted();
    const result = await executeEvent(this.#args, item);
    return new SharedMessage(toPublicResult(result, this.#context));
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
