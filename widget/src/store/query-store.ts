import type { Client } from '../client/client.ts';
import { asFailure, isPassing } from '../client/failure.ts';
import { createStore, type Put, type Shown, type Store } from './store.ts';
import { followConnection } from './stream-store.ts';

export type Changes<Data> = { again: () => void; put: Put<Data>; get: () => Shown<Data> };

export type Queried<Data> = {
  /** Reads everything anew. */
  load: () => Promise<Data>;
  /** Subscribes to whatever makes a new reading worth while; gives what ends that. */
  follow: (changes: Changes<Data>) => () => void;
  /** Subscribes to what only the data say where it is told; called after each reading, when what it gave before has ended. */
  loaded?: (data: Data, changes: Changes<Data>) => () => void;
  /** For what nobody tells of: how often to look, in milliseconds, while somebody looks at the page. */
  everyMs: number;
};

/** Several reasons to read within this time are one. */
const GATHER_MS = 80;

/** A store of something that is read by a query, again whenever it may have changed; never two readings at a time. */
export function queryStore<Data>(client: Client, { load, loaded, follow, everyMs }: Queried<Data>): Store<Data> {
  return createStore<Data>((put, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLoading = false;
    let isWanted = false;
    let isOver = false;
    let unload: (() => void) | undefined;

    const again = (): void => {
      isWanted = true;
      clearTimeout(timer);
      timer = setTimeout(() => void read(), GATHER_MS);
    };
    const read = async (): Promise<void> => {
      if (isLoading || isOver) return;
      isLoading = true;
      isWanted = false;
      try {
        const data = await load();
        if (!isOver) {
          put({ data, freshness: 'LIVE', asOf: Date.now() });
          // Those that stay the same are listened to again before they would stop.
          unload?.();
          unload = loaded?.(data, { again, put, get });
        }
      } catch (error) {
        const failure = asFailure(error);
        if (!isOver && isPassing(failure)) put({ freshness: get().data === null ? 'LOADING' : 'STALE' });
        else if (!isOver) put({ freshness: 'FAILED', error: failure });
      }
      isLoading = false;
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(isWanted ? again : look, isWanted ? 0 : everyMs);
    };
    const look = (): void => {
      if (isShown()) again();
      else timer = setTimeout(look, everyMs);
    };

    const unfollow = follow({ again, put, get });
    const unlisten = followConnection(client, put, get);
    const back = client.onConnection(() => client.connection() === 'LIVE' && again());
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
      unfollow();
      unload?.();
      unlisten();
      back();
    };
  });
}

function isShown(): boolean {
  return (globalThis.document as Document | undefined)?.visibilityState !== 'hidden';
}
