import { setTimeout as sleep } from 'node:timers/promises';

/** Where a stream's items come from: they are made when they are asked for, so that nothing piles up. */
export type Source<Item> = {
  /** The next item, or null when there is nothing new: it is asked again after the next call of `wake`. */
  take(): Promise<Item | null> | Item | null;
  close(): void;
};

/** The way for a source to say that it may have something new, or that it has come to its end. */
export type Signals = { wake: () => void; end: () => void };

/**
 * A stream for one reader. It is as fast as its reader: whatever happens between two items shows in the later one. It
 * ends at once when the reader leaves, also while an item is awaited.
 */
export function createStream<Item>(
  open: (signals: Signals) => Promise<Source<Item>> | Source<Item>,
  /** Least time between two items. */
  pauseMs = 0,
): AsyncIterableIterator<Item> {
  let lastItemAt = Number.NEGATIVE_INFINITY;
  let opening: Promise<Source<Item>> | null = null;
  let isWoken = true;
  const ended = new AbortController();
  let resume: (() => void) | null = null;

  const wake = (): void => {
    isWoken = true;
    resume?.();
  };
  const end = (): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    resume?.();
    // A source that cannot even be opened has nothing to close; its reader has been told.
    opening?.then(
      (source) => source.close(),
      () => undefined,
    );
  };

  async function next(): Promise<IteratorResult<Item>> {
    while (!ended.signal.aborted) {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
        continue;
      }
      const restMs = lastItemAt + pauseMs - performance.now();
      if (restMs > 0) await sleep(restMs, undefined, { ref: false });
      isWoken = false;
      opening ??= Promise.resolve(open({ wake, end }));
      const item = await (await opening).take();
      if (ended.signal.aborted) break;
      if (item === null) continue;
      // There may be more: the source is asked again before anybody waits.
      isWoken = true;
      lastItemAt = performance.now();
      return { done: false, value: item };
    }
    return { done: true, value: undefined };
  }

  return {
    next: () =>
      next().catch((error: unknown) => {
        end();
        throw error;
      }),
    return: () => {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * A source of states rather than of events: each item leads a reader from the state that they have to the present one. So
 * all who have the same state get the same item, and whoever comes late, or was slow, gets one item that leads to where
 * the others are.
 */
export type StateSource<State extends object, Item> = {
  /** The present state, the same object as long as nothing changes; null when there is none, or the stream has ended. */
  look(): Promise<State | null>;
  /** What leads from one state to a later one, or from nothing to it; null when a reader would see no difference. */
  between(from: State | null, to: State): Item | null;
  /**
   * The state of a reader who comes back with a cursor, or one that stands for none and says why. Left out where every item
   * is the whole state, so that there is nothing to go on from.
   */
  at?(after: string): Promise<State>;
  close(): void;
};

export type OpenStates<State extends object, Item> = (signals: Signals) => Promise<StateSource<State, Item>>;

/** A stream that one reader may take items from, or many share the states of. */
export type StateStream<State extends object, Item> = AsyncIterableIterator<Item> & {
  openStates: OpenStates<State, Item>;
};

/** A stream of states for one reader, opened when the first item is asked for; behind the cursor `after`, where there is one. */
export function createStateStream<State extends object, Item>(
  openStates: OpenStates<State, Item>,
  after: string | null = null,
): StateStream<State, Item> {
  const stream = createStream<Item>(async (signals) => {
    const source = await openStates(signals);
    let seen: State | null = after === null ? null : ((await source.at?.(after)) ?? null);
    return {
      async take() {
        const state = await source.look();
        if (state === null || state === seen) return null;
        const item = source.between(seen, state);
        seen = state;
        return item;
      },
      close: () => source.close(),
    };
  });
  return Object.assign(stream, { openStates });
}

/** Whether the states of a stream can be shared. */
export function isStateStream(stream: object): stream is StateStream<object, unknown> {
  return 'openStates' in stream;
}
