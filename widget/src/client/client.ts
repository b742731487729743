import { asFailure, type LaurelError } from './failure.ts';
import type { Operation } from './operation.ts';
import { createRequest, type Request } from './request.ts';
import { LiveSocket, type ConnectionState } from './socket.ts';
import { pageSurroundings, type Surroundings } from './surroundings.ts';
import { createTokens, type TokenSource } from './tokens.ts';

export type ClientOptions = {
  /** Where the graph is: https://…/graphql. A path alone is on the page's own server. */
  endpoint: string;
  /** A publishable key, or a function that gives a customer token; it is called again whenever another one is needed. */
  token: TokenSource;
  /** For pages of a special kind, and tests; a browser's page by default. */
  surroundings?: Surroundings;
};

export type Subscription<Data, Variables> = {
  operation: Operation<Data, Variables>;
  /** Asked for on every connection: a reader who knows a cursor goes on after it. */
  variables: () => Variables;
  onItem: (data: Data) => void;
  onFailure: (failure: LaurelError) => void;
};

/** One connection to Laurel, shared by everything on the page that reads or writes as the same caller. */
export type Client = {
  /** One operation over HTTP. Throws a LaurelError. */
  request: Request;
  /** Follows a stream through breaks until what it gives is called. */
  subscribe<Data, Variables>(subscription: Subscription<Data, Variables>): () => void;
  connection(): ConnectionState;
  /** Why the connection is REFUSED; null in other states. */
  refusal(): LaurelError | null;
  onConnection(listener: () => void): () => void;
  /** What was made for this name before, or else what `make` gives: widgets that show the same share one stream. */
  shared<Made>(name: string, make: () => Made): Made;
  /** Tries again at once, for a person who asks. */
  retry(): void;
  close(): void;
};

/** Makes a client; it connects when something is first read. */
export function createClient({ endpoint, token, surroundings = pageSurroundings() }: ClientOptions): Client {
  const url = new URL(endpoint, globalThis.location?.href).href;
  const tokens = createTokens(token);
  const listeners = new Set<() => void>();
  const made = new Map<string, unknown>();
  const socket = new LiveSocket({
    url: url.replace(/^http/, 'ws'),
    tokens,
    surroundings,
    onState: () => [...listeners].forEach((listener) => listener()),
  });
  const request = createRequest(url, tokens);

  return {
    request: (operation, variables) =>
      request(operation, variables).catch((error: unknown) => {
        throw asFailure(error);
      }),
    subscribe: ({ operation, variables, onItem, onFailure }) =>
      socket.read({ text: operation, variables, onItem: (data) => onItem(data as never), onFailure }),
    connection: () => socket.state,
    refusal: () => socket.refusal,
    onConnection(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    shared<Made>(name: string, make: () => Made) {
      if (!made.has(name)) made.set(name, make());
      return made.get(name) as Made;
    },
    retry: () => socket.retry(),
    close: () => socket.close(),
  };
}
