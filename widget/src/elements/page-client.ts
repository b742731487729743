import { createClient, type Client } from '../client/client.ts';
import { LaurelError } from '../client/failure.ts';
import type { Surroundings } from '../client/surroundings.ts';
import type { TokenSource } from '../client/tokens.ts';

export type ConnectOptions = {
  /** Where the graph is; by default on the server that the script came from. */
  endpoint?: string | undefined;
  /** A publishable key, or a function that gives a customer token. */
  token: TokenSource;
  /** For pages of a special kind, and tests; a browser's page by default. */
  surroundings?: Surroundings;
};

const ATTRIBUTES = ['endpoint', 'access-key', 'token-url'] as const;
const waiting = new Set<() => void>();
const named = new Map<string, Client>();
let pageClient: Client | null = null;
let home: string | null = null;

/**
 * Connects all elements of the page that have no connection of their own, now and later. Calling it again, as after signing in
 * as somebody else, moves them to the new connection. Gives the client, for hooks and own queries.
 */
export function connect({ endpoint, ...options }: ConnectOptions): Client {
  pageClient?.close();
  pageClient = createClient({ ...options, endpoint: endpoint ?? home ?? '/graphql' });
  // A copy: whoever moves to the new connection listens anew.
  for (const wake of [...waiting]) wake();
  return pageClient;
}

/** The connection that `connect` or the script tag made; null before. */
export function connectedClient(): Client | null {
  return pageClient;
}

/** Calls back whenever `connect` makes another connection. */
export function onConnect(listener: () => void): () => void {
  waiting.add(listener);
  return () => waiting.delete(listener);
}

/**
 * The connection that an element asks for by `access-key` or `token-url`, or else the page's; null while there is none. Equal
 * attributes share one.
 */
export function clientOf(element: Element): Client | null {
  const [endpoint, key, url] = ATTRIBUTES.map((name) => element.getAttribute(name));
  const token = sourceOf(key, url);
  if (token === null) return pageClient;
  const name = JSON.stringify([endpoint, key, url]);
  const client = named.get(name) ?? createClient({ endpoint: endpoint ?? home ?? '/graphql', token });
  named.set(name, client);
  return client;
}

/** Takes the connection from a script tag: `data-endpoint`, `data-access-key`, `data-token-url`. */
export function connectByScript(script: HTMLScriptElement): void {
  home = new URL('/graphql', script.src).href;
  const { endpoint, accessKey, tokenUrl } = script.dataset;
  const token = sourceOf(accessKey, tokenUrl);
  if (token !== null) connect({ endpoint, token });
}

function sourceOf(key: string | null | undefined, url: string | null | undefined): TokenSource | null {
  if (key) return key;
  return url ? () => tokenFrom(url) : null;
}

/** Asks the page's own server for a customer token: it answers JSON with `token` to whoever is signed in there. */
async function tokenFrom(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' });
  const { token } = (response.ok ? await response.json() : {}) as { token?: unknown };
  if (typeof token !== 'string') throw new LaurelError('REFUSED', `${url} gave no token (${response.status}).`);
  return token;
}
