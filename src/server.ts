import { join, resolve } from 'node:path';

import type { GraphQLSchema } from 'graphql';

import { createSharedBuckets } from '#redis/shared-buckets.ts';
import { createSocketServer } from '#subscriptions/ws-server.ts';

import type { Deps } from './deps.ts';
import { createLiveConnections, type LiveConnections } from './http/connections.ts';
import { createThrottle } from './http/cost/throttle.ts';
import { createDirectWay } from './http/direct.ts';
import { createDocuments } from './http/document/cache.ts';
import { createEventStreams } from './http/event-stream.ts';
import { createGate } from './http/gate.ts';
import { createListener, type Listener } from './http/listener.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createOperations } from './http/operations.ts';
import { createOriginPolicy } from './http/origin.ts';
import { watchRevocations } from './http/revocations.ts';
import { createRouter, type PageFolders } from './http/router.ts';
import { useGate } from './http/through-yoga.ts';

export type ServerOptions = {
  schema: GraphQLSchema;
  /** Sends everything through Yoga's own HTTP, to compare both ways. For tests. */
  way?: 'direct' | 'yoga';
  /** False for a worker, which answers for its health and metrics alone. */
  servesGraph?: boolean;
  /** Where the pages and the kit lie; tests have their own. */
  folders?: PageFolders;
};

export type LaurelServer = {
  /** Live connections, to end those whose callers lost their right to be here. */
  sockets: LiveConnections;
  /** Starts to listen; gives the port. */
  listen(port: number, host: string): Promise<number>;
  /** Takes no more requests, finishes those in flight, says goodbye to live connections. */
  close(): Promise<void>;
};

const WIDGET = resolve(import.meta.dirname, '..', 'widget');
const FOLDERS: PageFolders = {
  demo: join(WIDGET, 'demo'),
  kit: join(WIDGET, 'dist'),
  gallery: join(WIDGET, 'gallery'),
};

/** The API: HTTP, event streams and websockets on one port. It opens nothing before `listen`. */
export function createServer(deps: Deps, options: ServerOptions): LaurelServer {
  const { schema, way = 'direct', servesGraph = true, folders = FOLDERS } = options;
  const documents = createDocuments(schema);
  const throttle = createThrottle(deps.config.budgets, createSharedBuckets(deps.redis));
  const operations = { schema, documents, throttle };
  const yoga = createOperations(operations, [useGate()]);
  const direct = createDirectWay(operations);
  const origins = createOriginPolicy(deps.config.allowedOrigins);
  const connections = createLiveConnections(deps.clock);
  const streams = createEventStreams(connections);
  const metrics: Metrics = createMetrics({
    connections: () => listener.connections(),
    sockets: () => sockets.sockets(),
    streams: () => sockets.streams() + streams.size(),
    documents: () => documents.size(),
  });
  const sockets = createSocketServer({ deps, operations, origins, connections, metrics });
  const gate = createGate({ deps, yoga, direct, origins, streams, metrics, way });
  const listener: Listener = createListener(deps, {
    request: createRouter({
      deps,
      gate: servesGraph ? gate : null,
      metrics,
      folders,
      isDraining: () => listener.isDraining(),
    }),
    upgrade: servesGraph ? (request, socket, head) => sockets.upgrade(request, socket, head) : null,
  });
  const unwatch = watchRevocations(deps, connections);

  return {
    sockets: connections,
    listen: (port, host) => listener.listen(port, host),
    async close() {
      connections.closeAll();
      await Promise.all([sockets.close(), listener.close()]);
      unwatch();
      await throttle.settle();
      throttle.stop();
      metrics.stop();
    },
  };
}
