import type { ExecutionResult } from 'graphql';

import type { CostReport } from '#src/http/request-context.ts';

import { printId, type Outlet, type PrintedId, type Sender, type SharedMessage } from './frame.ts';

/** What a reader belongs to. */
export type Readers = {
  /** The reader may be sent something again. */
  idle(reader: Reader): void;
  /** The reader has left. */
  gone(reader: Reader): void;
};

type End = IteratorResult<ExecutionResult, void>;

const OVER: End = { done: true, value: undefined };

/**
 * One operation on one socket that reads a shared stream. Its messages are written by the group; to the protocol it is a
 * stream without items, which ends when the group or the client ends it.
 */
export class Reader implements AsyncGenerator<ExecutionResult, void, void>, Sender {
  readonly #id: PrintedId;
  readonly #outlet: Outlet;
  readonly #readers: Readers;
  #cost: CostReport | undefined;
  /** Made when somebody waits for the end. */
  #ending: PromiseWithResolvers<End> | null = null;
  #failure: Error | undefined;
  /** The state that its messages so far lead to. */
  seen: object | null = null;
  /** A message is being made for it, or is on its way: meanwhile it gets no other, and later one that leads further. */
  isBusy = false;
  isGone = false;

  constructor({ id, outlet, cost }: { id: string; outlet: Outlet; cost: CostReport | undefined }, readers: Readers) {
    this.#id = printId(id);
    this.#outlet = outlet;
    this.#cost = cost;
    this.#readers = readers;
  }

  /** Sends a message that leads to a state. The first one tells the price of the stream as well. */
  send(message: SharedMessage, state: object): void {
    this.seen = state;
    if (this.#cost === undefined) {
      this.isBusy = !message.send(this.#id, this.#outlet, this);
      return;
    }
    const extensions = JSON.stringify({ cost: this.#cost });
    this.#cost = undefined;
    this.isBusy = !message.sendWith(extensions, this.#id, this.#outlet, this);
  }

  hasLeft(error?: Error | null): void {
    // A write that fails is followed by the socket's end, which ends this too.
    if (error) return;
    this.isBusy = false;
    this.#readers.idle(this);
  }

  /** The group's end: the client is told of it, and why. */
  end(failure?: Error): void {
    this.isGone = true;
    this.#failure = failure;
    if (failure === undefined) this.#ending?.resolve(OVER);
    else this.#ending?.reject(failure);
  }

  next(): Promise<End> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.isGone) return Promise.resolve(OVER);
    this.#ending ??= Promise.withResolvers();
    return this.#ending.promise;
  }

  /** The reader's own end, also when its socket is gone. */
  return(): Promise<End> {
    if (!this.isGone) {
      this.isGone = true;
      this.#readers.gone(this);
      this.#ending?.resolve(OVER);
    }
    return Promise.resolve(OVER);
  }

  throw(): Promise<End> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
