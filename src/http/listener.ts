import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Deps } from '#src/deps.ts';

import { answerBrokenRequests } from './broken-requests.ts';
import { LIMITS } from './limits.ts';

const IDLE_CHECK_MS = 50;

/** The port: node:http with our limits, and an end that loses nobody's request. */
export type Listener = {
  /** Gives the port. Throws when it is taken. */
  listen(port: number, host: string): Promise<number>;
  connections(): number;
  isDraining(): boolean;
  /** Answers what is in flight, each with `connection: close`, and resolves when the last connection is gone. */
  close(): Promise<void>;
};

type Handlers = {
  request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | null;
};

/** Makes the listener. A handler that throws costs its caller the connection, and nobody else anything. */
export function createListener({ log }: Pick<Deps, 'log'>, handlers: Handlers): Listener {
  let open = 0;
  let draining = false;
  const http = createServer({
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: LIMITS.requestCheckMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    noDelay: true,
  });
  http.maxHeadersCount = LIMITS.headersCount;
  http.on('request', (request, response) => {
    if (draining) response.setHeader('connection', 'close');
    handlers.request(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request could not be answered');
      response.destroy();
    });
  });
  http.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  if (handlers.upgrade !== null) http.on('upgrade', handlers.upgrade);
  answerBrokenRequests(http);

  return {
    listen: (port, host) =>
      new Promise((done, fail) => {
        http.once('error', fail);
        http.listen(port, host, () => {
          http.off('error', fail);
          done((http.address() as AddressInfo).port);
        });
      }),
    connections: () => open,
    isDraining: () => draining,
    async close() {
      draining = true;
      // Requests that are on their way, or wait to be accepted, would be reset if the port closed at once.
      await sleep(LIMITS.drainMs);
      const closed = new Promise((done) => http.close(done));
      const idle = setInterval(() => http.closeIdleConnections(), IDLE_CHECK_MS);
      await closed;
      clearInterval(idle);
    },
  };
}
