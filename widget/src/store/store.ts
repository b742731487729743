import type { LaurelError } from '../client/failure.ts';

/**
 * How much what is shown can be relied on. LOADING: nothing has come yet. LIVE: it follows Laurel. STALE: it is what was last
 * known, and a newer state may exist. OFFLINE: the same, since the browser has no network. FAILED: it was refused, see `error`.
 */
export type Freshness = 'LOADING' | 'LIVE' | 'STALE' | 'OFFLINE' | 'FAILED';

/** What a widget or a hook shows. A new object for every change, and the same one as long as nothing changes. */
export type Shown<Data> = {
  /** The last that is known; null before anything is. */
  readonly data: Data | null;
  readonly freshness: Freshness;
  /** When `data` was last known to be true, in milliseconds since 1970; null before anything is. */
  readonly asOf: number | null;
  /** Why it FAILED; null in other states. */
  readonly error: LaurelError | null;
};

export type Store<Data> = {
  readonly get: () => Shown<Data>;
  /** Calls back after every change until what it gives is called. The first listener starts the store, the last stops it. */
  readonly listen: (listener: () => void) => () => void;
};

export type Put<Data> = (change: Partial<Shown<Data>>) => void;

/** Whoever leaves may come back at once: frameworks take widgets away and put them in again. */
const LINGER_MS = 1_000;

/** A store that `start` keeps up to date while somebody listens; `start` gives what stops it. */
export function createStore<Data>(start: (put: Put<Data>, get: () => Shown<Data>) => () => void): Store<Data> {
  const listeners = new Set<() => void>();
  let shown: Shown<Data> = { data: null, freshness: 'LOADING', asOf: null, error: null };
  let stop: (() => void) | null = null;

  const get = (): Shown<Data> => shown;
  const put: Put<Data> = (change) => {
    const next = { ...shown, ...change };
    if (next.freshness !== 'FAILED') next.error = null;
    // Who only hears again that all is well has nothing to draw, unless the data are other ones.
    const isSame = next.data === shown.data && next.freshness === shown.freshness && next.error === shown.error;
    shown = isSame ? Object.assign(shown, { asOf: next.asOf }) : next;
    if (!isSame) for (const listener of [...listeners]) listener();
  };

  return {
    get,
    listen(listener) {
      listeners.add(listener);
      stop ??= start(put, get);
      return () => {
        listeners.delete(listener);
        setTimeout(() => {
          if (listeners.size > 0 || stop === null) return;
          stop();
          stop = null;
          if (shown.data !== null) shown = { ...shown, freshness: 'STALE' };
        }, LINGER_MS);
      };
    },
  };
}
