import type { Client } from '../client/client.ts';
import type { Operation } from '../client/operation.ts';
import { createStore, type Freshness, type Put, type Shown, type Store } from './store.ts';

export type Stream<Data, Item, Variables> = {
  operation: Operation<Item, Variables>;
  /** `cursor` is that of the last item taken; null before any. */
  variables: (cursor: string | null) => Variables;
  /** The data after an item. */
  take: (data: Data | null, item: Item) => Data;
  /** Where to go on after a break; left out for a stream that begins with a snapshot each time. */
  cursorOf?: (item: Item) => string | null;
  /** Told apart from the connection: Laurel itself may say that what it sends is not the newest. */
  freshnessOf?: (item: Item) => Freshness;
  /** Beside the store, for what happens once, such as an award. */
  onItem?: (item: Item, before: Data | null) => void;
};

/** A store that follows one stream, and says what the connection makes of it. */
export function streamStore<Data, Item, Variables>(client: Client, stream: Stream<Data, Item, Variables>): Store<Data> {
  let cursor: string | null = null;
  return createStore<Data>((put, get) => {
    const unsubscribe = client.subscribe({
      operation: stream.operation,
      variables: () => stream.variables(cursor),
      onItem(item) {
        const before = get().data;
        cursor = stream.cursorOf?.(item) ?? cursor;
        put({ data: stream.take(before, item), freshness: stream.freshnessOf?.(item) ?? 'LIVE', asOf: Date.now() });
        stream.onItem?.(item, before);
      },
      onFailure: (error) => put({ freshness: 'FAILED', error }),
    });
    // A stream that goes on behind a cursor sends nothing when nothing was missed.
    const unlisten = followConnection(client, put, get, () => cursor !== null);
    return () => {
      unsubscribe();
      unlisten();
    };
  });
}

/**
 * Marks data as old while the connection is away. What makes them new again is an item, and the connection alone only where
 * `goesOn` says that what was missed follows by itself.
 */
export function followConnection<Data>(
  client: Client,
  put: Put<Data>,
  get: () => Shown<Data>,
  goesOn: () => boolean = () => false,
): () => void {
  const look = (): void => {
    const { data, freshness } = get();
    const known = data === null ? 'LOADING' : 'STALE';
    switch (client.connection()) {
      case 'IDLE':
        return;
      case 'LIVE':
        return data !== null && goesOn() ? put({ freshness: 'LIVE', asOf: Date.now() }) : undefined;
      case 'REFUSED':
        return put({ freshness: 'FAILED', error: client.refusal() });
      case 'OFFLINE':
        return put({ freshness: 'OFFLINE' });
      case 'CONNECTING':
        // A single attempt to come back changes nothing of what is known.
        return freshness === 'OFFLINE' || freshness === 'FAILED' ? put({ freshness: known }) : undefined;
      case 'WAITING':
        return put({ freshness: known });
    }
  };
  const unlisten = client.onConnection(look);
  look();
  return unlisten;
}
