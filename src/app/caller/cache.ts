import { LRUCache } from 'lru-cache';

import type { Caller } from '#domain/caller.ts';

/**
 * How long an answer may be repeated without asking the record again: the longest time for which another process can
 * still take a key that was revoked here. It needs neither Redis nor a listening connection.
 */
const FRESH_MS = 1_000;
const CALLERS_MAX = 20_000;

/** Callers that proved themselves within the last second, by what they sent. */
export type CallerCache = {
  /** Answers what is known at once, joins a lookup that is under way, or starts one. Failures are not kept. */
  remember(bearer: string, identify: () => Promise<Caller>): Caller | Promise<Caller>;
  /** Drops every caller of which the predicate holds, and distrusts all lookups that are under way. */
  forget(predicate: (caller: Caller) => boolean): void;
};

export function createCallerCache(): CallerCache {
  // The age is looked at here: the library's own way sets a timer for every millisecond in which somebody asks.
  const known = new LRUCache<string, { caller: Caller; until: number }>({ max: CALLERS_MAX });
  const underWay = new Map<string, Promise<Caller>>();
  let forgotten = 0;

  async function lookUp(bearer: string, identify: () => Promise<Caller>): Promise<Caller> {
    const before = forgotten;
    const caller = await identify();
    if (forgotten === before) known.set(bearer, { caller, until: performance.now() + FRESH_MS });
    return caller;
  }

  async function joinLookUp(bearer: string, identify: () => Promise<Caller>): Promise<Caller> {
    const lookup = underWay.get(bearer) ?? lookUp(bearer, identify);
    underWay.set(bearer, lookup);
    try {
      return await lookup;
    } finally {
      if (underWay.get(bearer) === lookup) underWay.delete(bearer);
    }
  }

  return {
    remember(bearer, identify) {
      const entry = known.get(bearer);
      return entry !== undefined && performance.now() < entry.until ? entry.caller : joinLookUp(bearer, identify);
    },
    forget(predicate) {
      forgotten += 1;
      underWay.clear();
      for (const [bearer, { caller }] of known.entries()) if (predicate(caller)) known.delete(bearer);
    },
  };
}
