import type { ExecutionResult } from 'graphql';

import type { CostReport } from '#src/http/request-context.ts';

import { printId, type OnLeft, type Outlet, type PrintedId, type SharedMessage } from './frame.ts';

/**
 * One operation on one socket that reads a shared stream. Its messages are written by the group; to the protocol it is a
 * stream without items, which ends when the group or the client ends it.
 */
export class Reader implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #id: PrintedId;
  readonly #outlet: Outlet;
  readonly #over = Promise.withResolvers<IteratorResult<ExecutionResult, void>>();
  readonly #onLeft: OnLeft;
  readonly #onGone: () => void;
  #cost: CostReport | undefined;
  /** The state that its messages so far lead to. */
  seen: object | null = null;
  /** A message is being made for it, or is on its way: meanwhile it gets no other, and later one that leads further. */
  isBusy = false;
  isGone = false;

  constructor(
    { id, outlet, cost }: { id: string; outlet: Outlet; cost: CostReport | undefined },
    { onIdle, onGone }: { onIdle: (reader: Reader) => void; onGone: (reader: Reader) => void },
  ) {
    this.#id = printId(id);
    this.#outlet = outlet;
    this.#cost = cost;
    this.#onLeft = (error) => {
      // A write that fails is followed by the socket's end, which ends this too.
      if (error) return;
      this.isBusy = false;
      onIdle(this);
    };
    this.#onGone = () => onGone(this);
    // Whoever opened it may have left before they could hear of a failure.
    this.#over.promise.catch(() => undefined);
  }

  /** Sends a message that leads to a state. The first one tells the price of the stream as well. */
  send(message: SharedMessage, state: object): void {
    this.seen = state;
    if (this.#cost === undefined) {
      this.isBusy = !message.send(this.#id, this.#outlet, this.#onLeft);
      return;
    }
    const extensions = JSON.stringify({ cost: this.#cost });
    this.#cost = undefined;
    this.isBusy = !message.sendWith(extensions, this.#id, this.#outlet, this.#onLeft);
  }

  /** The group's end: the client is told of it, and why. */
  end(failure?: Error): void {
    this.isGone = true;
    if (failure === undefined) this.#over.resolve({ done: true, value: undefined });
    else this.#over.reject(failure);
  }

  next(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.#over.promise;
  }

  /** The reader's own end, also when its socket is gone. */
  return(): Promise<IteratorResult<ExecutionResult, void>> {
    if (!this.isGone) {
      this.isGone = true;
      this.#onGone();
      this.#over.resolve({ done: true, value: undefined });
    }
    return this.#over.promise;
  }

  throw(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
