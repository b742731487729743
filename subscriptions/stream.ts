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
