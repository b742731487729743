// A socket of the protocol graphql-transport-ws that a test holds in its hand: what arrives, what is answered, when it breaks.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';

export type Heard = {
  id?: string;
  type: string;
  payload?: { query?: string; variables?: unknown; authorization?: string };
};

/** One connection as the server sees it. */
export type Line = {
  heard: Heard[];
  send: (message: object) => void;
  close: (code: number) => void;
  /** Stops answering and hearing, as a line does that sleeps. */
  sleep: () => void;
};

export type SocketServer = { endpoint: string; lines: Line[] };

/** Starts the server, which acknowledges whoever comes and answers nothing else. It ends with the test. */
export async function socketServer(): Promise<SocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const lines: Line[] = [];
  server.on('connection', (socket) => lines.push(lineOf(socket)));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, lines };
}

function lineOf(socket: WebSocket): Line {
  const heard: Heard[] = [];
  let isAsleep = false;
  const send = (message: object): void => {
    if (!isAsleep) socket.send(JSON.stringify(message));
  };
  socket.on('message', (data: Buffer) => {
    if (isAsleep) return;
    const message = JSON.parse(data.toString('utf8')) as Heard;
    heard.push(message);
    if (message.type === 'connection_init') send({ type: 'connection_ack' });
    if (message.type === 'ping') send({ type: 'pong' });
  });
  return {
    heard,
    send,
    close: (code) => socket.close(code),
    sleep: () => {
      isAsleep = true;
    },
  };
}
