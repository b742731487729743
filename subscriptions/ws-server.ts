import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';

import type { Deps } from '#src/deps.ts';
import type { LiveConnections } from '#src/http/connections.ts';
import { LIMITS } from '#src/http/limits.ts';
import type { Metrics } from '#src/http/metrics.ts';
import type { OperationParts } from '#src/http/operations.ts';
import type { OriginPolicy } from '#src/http/origin.ts';

import { CLOSE_CODES } from './close-codes.ts';
import type { OnLeft } from './frame.ts';
import { createSocketOptions, type SocketExtra } from './socket-operations.ts';

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

const NOTHING = Buffer.alloc(0);

type Protocol = ReturnType<typeof makeServer<Record<string, unknown> | undefined, SocketExtra>>;
type SocketsByExtra = Map<WebSocket, SocketExtra>;

export function createSocketServer(parts: SocketServerParts): SocketServer {
  const protocol = makeServer(createSocketOptions(parts));
  const extras: SocketsByExtra = new Map();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.messageBytes,
    // Frames are small, and compressing them costs more memory a socket than it saves.
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });
  let closing = false;

  return {
    upgrade(request, socket, head) {
      // A connection that breaks while it is being taken over must not end the process.
      socket.on('error', () => undefined);
      const path = (request.url ?? '').split('?', 1)[0];
      if (closing) return refuseUpgrade(socket, '503 Service Unavailable');
      if (path !== '/graphql') return refuseUpgrade(socket, '404 Not Found');
      if (!parts.origins.allows(request.headers)) return refuseUpgrade(socket, '403 Forbidden');
      server.handleUpgrade(request, socket, head, (accepted) =>
        serveSocket(parts, protocol, extras, accepted, request, socket),
      );
    },
    sockets: () => extras.size,
    streams: () => extras.values().reduce((total, extra) => total + extra.running.size, 0),
    async close() {
      closing = true;
      const gone = [...extras.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const extra of extras.values()) extra.close('GOING_AWAY');
      await Promise.all(gone);
    },
  };
}

/** Ties one socket to the protocol: messages in, backpressure out, heartbeat, and the end. */
function serveSocket(
  parts: SocketServerParts,
  protocol: Protocol,
  extras: SocketsByExtra,
  socket: WebSocket,
  request: IncomingMessage,
  line: Duplex,
): void {
  const { log } = parts.deps;
  const extra: SocketExtra = {
    address: request.socket.remoteAddress ?? '',
    origin: request.headers.origin,
    caller: null,
    running: new Map(),
    outlet: { write: (frame, onLeft) => writeFrame(socket, line, frame, extra, onLeft) },
    close: (ending) => closeSocket(parts, socket, CLOSE_CODES[ending]),
    forget: () => undefined,
  };
  extras.set(socket, extra);
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text, extra, gone),
      close: (code = 4500, reason = '') => closeSocket(parts, socket, { code, reason }),
      onMessage: (receive) => {
        socket.on('message', (data: Buffer) => {
          if (extra.caller === null && data.length > LIMITS.firstMessageBytes) return extra.close('TOO_LARGE');
          receive(data.toString('utf8')).catch((error: unknown) => {
            log.error({ err: error }, 'a socket message failed');
            extra.close('INTERNAL');
          });
        });
      },
    },
    extra,
  );
  const stopHeartbeat = startHeartbeat(socket);
  // Too large a message, bad UTF-8, a reset: ws ends the socket by itself, with the right code.
  socket.on('error', (error) => log.debug({ err: error }, 'socket error'));
  socket.once('close', (code, reason) => {
    extras.delete(socket);
    stopHeartbeat();
    extra.forget();
    closed(code, reason.toString()).catch((error: unknown) => log.warn({ err: error }, 'a stream did not end well'));
  });
}

/**
 * Resolves when the frame has left for the kernel, so that a stream makes its next item only when the last one is gone.
 * What piles up nevertheless, from many operations at once, is bounded: a reader that far behind has stalled. On a socket
 * that is closing nothing more leaves, and a stream waits for its end, as it would otherwise run through all its items.
 */
async function send(socket: WebSocket, text: string, extra: SocketExtra, gone: Promise<void>): Promise<void> {
  if (socket.readyState !== socket.OPEN) return gone;
  if (socket.bufferedAmount > LIMITS.unsentBytes) {
    extra.close('STALLED');
    return gone;
  }
  const failure = await new Promise<Error | null>((resolve) => {
    socket.send(text, (error) => resolve(error ?? null));
  });
  // A send that fails is followed by the socket's end, which ends its streams.
  return failure === null ? undefined : gone;
}

/**
 * Writes a whole frame past ws, which would build it anew for each socket. It stands between ws's own frames and never
 * within one: without compression ws writes each of its frames whole, too, as soon as it is told to. The bounds are those
 * of `send`.
 */
function writeFrame(socket: WebSocket, line: Duplex, frame: Buffer, extra: SocketExtra, onLeft: OnLeft): boolean {
  if (socket.readyState !== socket.OPEN) return true;
  if (socket.bufferedAmount > LIMITS.unsentBytes) {
    extra.close('STALLED');
    return true;
  }
  line.write(frame);
  if (line.writableLength === 0) return true;
  // Nearly all frames leave at once and are spared a callback; nothing, written behind the others, leaves after them.
  line.write(NOTHING, onLeft);
  return false;
}

/** Says goodbye with a code, and cuts the line of a peer that does not answer in time. */
function closeSocket(
  parts: SocketServerParts,
  socket: WebSocket,
  { code, reason }: { code: number; reason: string },
): void {
  if (socket.readyState === socket.CLOSED || socket.readyState === socket.CLOSING) return;
  parts.metrics.socketClosed(code);
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), LIMITS.closeGraceMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Pings the peer, and drops one that has not answered by the next ping: gone without a word, or reading no more. */
function startHeartbeat(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, LIMITS.heartbeatMs).unref();
  return () => clearInterval(timer);
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), LIMITS.closeGraceMs).unref();
}
