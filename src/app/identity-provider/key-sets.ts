import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';

const FETCH_TIMEOUT_MS = 3_000;
/** How long after a fetch a token with an unknown key may cause the next one; the same after a failure. */
const COOLDOWN_MS = 30_000;
const FRESH_MS = 600_000;
const PROVIDERS_MAX = 1_000;

/** Where the keys of one identity provider are: in the record, or at an https address. */
export type KeySource = { id: string } & ({ jwks: JSONWebKeySet; jwksUri: null } | { jwks: null; jwksUri: string });

/** Key sets of the providers that this process has met. A provider's keys never change under its id. */
export type KeySets = { of(source: KeySource): JWTVerifyGetKey };

/** Fetches what a tenant named, within the rules of src/outbound/public-fetch.ts. */
export type FetchKeys = (address: string, options: { signal: AbortSignal }) => Promise<Response>;

export function createKeySets(fetchKeys: FetchKeys): KeySets {
  const known = new LRUCache<string, JWTVerifyGetKey>({ max: PROVIDERS_MAX });
  return {
    of(source) {
      const set = known.get(source.id) ?? open(source, fetchKeys);
      known.set(source.id, set);
      return set;
    },
  };
}

function open(source: KeySource, fetchKeys: FetchKeys): JWTVerifyGetKey {
  if (source.jwks !== null) return createLocalJWKSet(source.jwks);
  return createRemoteJWKSet(new URL(source.jwksUri), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: FRESH_MS,
    [customFetch]: restAfterFailure(fetchKeys),
  });
}

/** An address that fails is left alone for a while: a stream of bad tokens must not become a stream of requests. */
function restAfterFailure(fetchKeys: FetchKeys): FetchKeys {
  let failedAt = -Infinity;
  return async (address, options) => {
    if (performance.now() - failedAt < COOLDOWN_MS) throw new Error('the key set could not be fetched a moment ago');
    try {
      return await fetchKeys(address, { signal: options.signal });
    } catch (error) {
      failedAt = performance.now();
      throw error;
    }
  };
}
