import type { ServerResponse } from 'node:http';

import type { Caller } from '#domain/caller.ts';

import type { LiveConnection, LiveConnections } from './connections.ts';
import { LIMITS } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { EventStream } from './through-yoga.ts';

/** Event streams over plain HTTP, counted by caller so that they are no way around the limits of sockets. */
export type EventStreams = {
  /** Takes a place for one more stream, or throws a Refusal. The result gives the place back. */
  reserve(caller: Caller, address: string): () => void;
  /** Sends a stream until either side ends it. */
  send(
    response: ServerResponse,
    stream: EventStream,
    connection: Omit<LiveConnection, 'close'>,
    headers: Readonly<Record<string, string>>,
  ): Promise<void>;
  size(): number;
};

export function createEventStreams(connections: LiveConnections): EventStreams {
  const open = new Map<string, number>();
  let total = 0;
  return {
    reserve(caller, address) {
      // Many visitors share a publishable key, and nobody's key is shared by all who have none.
      const holder =
        caller.kind === 'ANONYMOUS' || caller.kind === 'PUBLISHABLE_KEY' ? `${caller.actor} ${address}` : caller.actor;
      const count = open.get(holder) ?? 0;
      if (count >= LIMITS.eventStreamsPerCaller) {
        throw new Refusal(
          429,
          'THROTTLED',
          `At most ${LIMITS.eventStreamsPerCaller} event streams a caller. Use a websocket.`,
        );
      }
      open.set(holder, count + 1);
      total += 1;
      return () => {
        total -= 1;
        const left = (open.get(holder) ?? 1) - 1;
        if (left === 0) open.delete(holder);
        else open.set(holder, left);
      };
    },
    async send(response, stream, connection, headers) {
      const forget = connections.add({ ...connection, close: () => response.destroy() });
      try {
        response.writeHead(stream.status, {
          ...Object.fromEntries(stream.headers),
          'cache-control': 'no-store',
          ...headers,
        });
        if (stream.body !== null) await pump(response, stream.body.getReader());
        response.end();
      } finally {
        forget();
      }
    },
    size: () => total,
  };
}

/** Takes the next event only when the last one is on its way, and gives a reader up that has stalled. */
async function pump(response: ServerResponse, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const onClose = (): void => void reader.cancel().catch(() => undefined);
  response.once('close', onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) return;
      if (!response.write(value)) await drained(response);
    }
  } finally {
    response.off('close', onClose);
    await reader.cancel().catch(() => undefined);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), LIMITS.unsentMs);
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
