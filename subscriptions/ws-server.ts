import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';

import type { Deps } from '#src/deps.ts';
import type { LiveConnections } from '#src/http/connections.ts';
import { LIMITS } from '#src/http/limits.ts';
import type { Metrics } from '#src/http/metrics.ts';
import type { OperationParts } from '#src/http/operations.ts';
import type { OriginPolicy } from '#src/http/origin.ts';

import { ClientSocket } from './client-socket.ts';
import { createSocketOptions } from './socket-operations.ts';

export type SocketServerParts = {
  deps: Deps;
  operations: OperationParts;
  origins: OriginPolicy;
  connections: LiveConnections;
  metrics: Metrics;
};

/** GraphQL over websockets (graphql-transport-ws), on the same path as HTTP. docs/websocket.md is its contract. */
export type SocketServer = {
  /** Takes over a connection that asks for a websocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Open sockets. */
  sockets(): number;
  /** Operations under way on all of them. */
  streams(): number;
  /** Takes no more sockets, says goodbye to all that are open, and resolves when they are gone. */
  close(): Promise<void>;
};

/** A socket, with the protocol's function for its end. */
type Client = { socket: ClientSocket; closed: (code: number, reason: string) => Promise<void> };

/** How often is looked whom to ping: a part of all sockets each time, for thousands of pings at once would hold up the rest. */
const BEAT_EVERY_MS = 1_000;

export function createSocketServer(parts: SocketServerParts): SocketServer {
  const { log } = parts.deps;
  const protocol = makeServer(createSocketOptions(parts));
  const toSockets = { log, metrics: parts.metrics };
  const clients = new Map<WebSocket, Client>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.messageBytes,
    // Frames are small, and compressing them costs more memory a socket than it saves.
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });
  const listenTo = listenerTo(clients, log);
  const heartbeat = setInterval(() => {
    const now = performance.now();
    for (const { socket } of clients.values()) socket.beat(now);
  }, BEAT_EVERY_MS).unref();
  let closing = false;

  /** Ties one socket to the protocol. */
  function serve(accepted: WebSocket, line: Duplex, request: IncomingMessage): void {
    const address = request.socket.remoteAddress ?? '';
    const { origin } = request.headers;
    const socket = new ClientSocket(toSockets, accepted, line, { address, origin });
    clients.set(accepted, { socket, closed: protocol.opened(socket, socket) });
    listenTo(accepted);
  }

  return {
    upgrade(request, line, head) {
      // A connection that breaks while it is being taken over must not end the process.
      line.on('error', ignore);
      const path = (request.url ?? '').split('?', 1)[0];
      if (closing) return refuseUpgrade(line, '503 Service Unavailable');
      if (path !== '/graphql') return refuseUpgrade(line, '404 Not Found');
      if (!parts.origins.allows(request.headers)) return refuseUpgrade(line, '403 Forbidden');
      server.handleUpgrade(request, line, head, (accepted) => serve(accepted, line, request));
    },
    sockets: () => clients.size,
    streams: () => clients.values().reduce((total, { socket }) => total + socket.running.size, 0),
    async close() {
      closing = true;
      clearInterval(heartbeat);
      const gone = [...clients.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const { socket } of clients.values()) socket.end('GOING_AWAY');
      await Promise.all(gone);
    },
  };
}

/** Listens to sockets, with the same functions for all of them. */
function listenerTo(clients: Map<WebSocket, Client>, log: Logger): (socket: WebSocket) => void {
  function onMessage(this: WebSocket, data: Buffer): void {
    clients.get(this)?.socket.receive(data);
  }
  function onPong(this: WebSocket): void {
    clients.get(this)?.socket.pong();
  }
  /** Too large a message, bad UTF-8, a reset: ws ends the socket by itself, with the right code. */
  function onError(error: Error): void {
    log.debug({ err: error }, 'socket error');
  }
  function onClose(this: WebSocket, code: number, reason: Buffer): void {
    const client = clients.get(this);
    clients.delete(this);
    client?.socket.forget();
    client
      ?.closed(code, reason.toString())
      .catch((error: unknown) => log.warn({ err: error }, 'a stream did not end well'));
  }
  return (socket) => {
    socket.on('message', onMessage).on('pong', onPong).on('error', onError).on('close', onClose);
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), LIMITS.closeGraceMs).unref();
}

/** Apart from all that a connection knows of, so that it keeps nothing of its handshake alive. */
function ignore(): void {}
