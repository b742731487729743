import type { Duplex } from 'node:stream';

import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';

import type { Caller } from '#domain/caller.ts';
import { LIMITS } from '#src/http/limits.ts';
import type { RequestContext } from '#src/http/request-context.ts';

import { CLOSE_CODES } from './close-codes.ts';
import type { Outlet, Sender } from './frame.ts';

type Receive = Parameters<ProtocolSocket['onMessage']>[0];
type Parts = { log: Logger; metrics: { socketClosed(code: number): void } };

const NOTHING = Buffer.alloc(0);

/**
 * One websocket: what is known of it, and its way out. There are thousands of them, so that each is one object without
 * functions of its own.
 */
export class ClientSocket implements ProtocolSocket, Outlet {
  /** The peer's network address. */
  readonly address: string;
  readonly origin: string | undefined;
  /** Null until the socket is acknowledged. */
  caller: Caller | null = null;
  /** Operations under way, by their id on this socket. */
  readonly running = new Map<string, RequestContext>();
  /** Takes the socket off the register of live connections. */
  forget: () => void = nothing;
  readonly #parts: Parts;
  readonly #socket: WebSocket;
  readonly #line: Duplex;
  #receive: Receive | null = null;
  /** Made when something waits for the socket's end. */
  #end: Promise<void> | null = null;
  #hasAnswered = true;
  #pingAt = performance.now() + LIMITS.heartbeatMs;

  constructor(
    parts: Parts,
    socket: WebSocket,
    line: Duplex,
    { address, origin }: { address: string; origin: string | undefined },
  ) {
    this.#parts = parts;
    this.#socket = socket;
    this.#line = line;
    this.address = address;
    this.origin = origin;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  onMessage(receive: Receive): void {
    this.#receive = receive;
  }

  /** Hands a message to the protocol. */
  receive(data: Buffer): void {
    if (this.caller === null && data.length > LIMITS.firstMessageBytes) return this.end('TOO_LARGE');
    this.#receive?.(data.toString('utf8')).catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'a socket message failed');
      this.end('INTERNAL');
    });
  }

  /**
   * Resolves when the frame has left for the kernel, so that a stream makes its next item only when the last one is gone.
   * What piles up nevertheless, from many operations at once, is bounded: a reader that far behind has stalled. On a socket
   * that is closing nothing more leaves, and a stream waits for its end, as it would otherwise run through all its items.
   */
  async send(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return this.#gone();
    if (socket.bufferedAmount > LIMITS.unsentBytes) {
      this.end('STALLED');
      return this.#gone();
    }
    const failure = await new Promise<Error | null>((resolve) => {
      socket.send(text, (error) => resolve(error ?? null));
    });
    // A send that fails is followed by the socket's end, which ends its streams.
    return failure === null ? undefined : this.#gone();
  }

  /**
   * Writes a whole frame past ws, which would build it anew for each socket. It stands between ws's own frames and never
   * within one: without compression ws writes each of its frames whole, too, as soon as it is told to. The bounds are those
   * of `send`.
   */
  write(frame: Buffer, sender: Sender): boolean {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return true;
    if (socket.bufferedAmount > LIMITS.unsentBytes) {
      this.end('STALLED');
      return true;
    }
    const line = this.#line;
    line.write(frame);
    if (line.writableLength === 0) return true;
    // Nearly all frames leave at once and are spared a callback; nothing, written behind the others, leaves after them.
    line.write(NOTHING, (error) => sender.hasLeft(error));
    return false;
  }

  /** Ends the socket from our side, with the code that says why. */
  end(ending: keyof typeof CLOSE_CODES): void {
    const { code, reason } = CLOSE_CODES[ending];
    this.close(code, reason);
  }

  /** Says goodbye with a code, and cuts the line of a peer that does not answer in time. */
  close(code = 4500, reason = ''): void {
    const socket = this.#socket;
    if (socket.readyState === socket.CLOSED || socket.readyState === socket.CLOSING) return;
    this.#parts.metrics.socketClosed(code);
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), LIMITS.closeGraceMs);
    socket.once('close', () => clearTimeout(timer));
  }

  /** The peer has answered the last ping. */
  pong(): void {
    this.#hasAnswered = true;
  }

  /** Pings the peer when it is time, and drops one that has not answered by then: gone without a word, or reading no more. */
  beat(now: number): void {
    if (now < this.#pingAt) return;
    this.#pingAt = now + LIMITS.heartbeatMs;
    const socket = this.#socket;
    if (!this.#hasAnswered) return socket.terminate();
    this.#hasAnswered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  /** Resolves when the socket is no more. */
  #gone(): Promise<void> {
    const socket = this.#socket;
    this.#end ??=
      socket.readyState === socket.CLOSED
        ? Promise.resolve()
        : new Promise((resolve) => socket.once('close', () => resolve()));
    return this.#end;
  }
}

function nothing(): void {}
