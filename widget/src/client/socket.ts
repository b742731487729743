import { backoffMs } from './backoff.ts';
import { afterClose } from './close-codes.ts';
import { failureOf, isPassing, LaurelError } from './failure.ts';
import type { Surroundings } from './surroundings.ts';
import type { Tokens } from './tokens.ts';

/**
 * IDLE: nobody reads. CONNECTING, LIVE. WAITING: the line is broken, another try follows. OFFLINE: the browser says that there
 * is no network. REFUSED: trying again with this token is of no use.
 */
export type ConnectionState = 'IDLE' | 'CONNECTING' | 'LIVE' | 'WAITING' | 'OFFLINE' | 'REFUSED';

export type Reader = {
  /** The operation's text. Its name gives the id on the socket. */
  text: string;
  /** Asked for on every connection, so that a reader goes on after what it has. */
  variables: () => unknown;
  onItem: (data: unknown) => void;
  /** The stream is over, or was refused. It is asked for again on the next connection. */
  onFailure: (failure: LaurelError) => void;
};

export type SocketParts = {
  /** ws:// or wss://. */
  url: string;
  tokens: Tokens;
  surroundings: Surroundings;
  onState: () => void;
};

type Message = { id?: string; type: string; payload?: unknown };
type Wanted = { reader: Reader; id: string | null };
type Timer = ReturnType<typeof setTimeout>;

const PROTOCOL = 'graphql-transport-ws';
/** An unread socket is kept a little, since pages often take a widget away and put another one in. */
const LINGER_MS = 3_000;
const ACK_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 10_000;
/** Laurel is asked for a sign of life after so long a silence; a line that has slept says nothing, and never will. */
const SILENCE_MS = 25_000;
const ANSWER_WITHIN_MS = 4_000;
/** Tries that count as made already when Laurel asks for some seconds. */
const LATER_TRIES = 4;

/**
 * One socket by the protocol graphql-transport-ws for everything that a page reads. It opens with the first reader, comes back
 * after breaks, sleep and new tokens, and starts all readers again. A hidden page does not come back before it is looked at:
 * nobody would see what it reads, and thousands of forgotten tabs would make every restart harder.
 */
export class LiveSocket {
  readonly #parts: SocketParts;
  readonly #wanted = new Set<Wanted>();
  #state: ConnectionState = 'IDLE';
  #refusal: LaurelError | null = null;
  #socket: WebSocket | null = null;
  /** Counts connections, so that what belongs to an earlier one can tell. */
  #turn = 0;
  /** How many readers of each name were started on this connection. */
  #started = new Map<string, number>();
  #token: string | null = null;
  #tries = 0;
  #heardAt = 0;
  #lookedAt = 0;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;
  #looking: Timer | undefined;
  #unlisten: (() => void) | null = null;

  constructor(parts: SocketParts) {
    this.#parts = parts;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the connection is REFUSED; null in other states. */
  get refusal(): LaurelError | null {
    return this.#refusal;
  }

  /** Starts a reader, now and on every later connection, until what it gives is called. */
  read(reader: Reader): () => void {
    const each: Wanted = { reader, id: null };
    this.#wanted.add(each);
    if (this.#unlisten === null) this.#begin();
    else this.#start(each);
    return () => {
      if (!this.#wanted.delete(each)) return;
      if (each.id !== null && this.#state === 'LIVE') this.#send({ id: each.id, type: 'complete' });
      if (this.#wanted.size === 0) setTimeout(() => this.#wanted.size === 0 && this.close(), LINGER_MS);
    };
  }

  /** Tries again at once, with a fresh token: for a person who asks for it. */
  retry(): void {
    if (this.#unlisten === null || this.#state === 'LIVE') return;
    this.#tries = 0;
    void this.#open(this.#state === 'REFUSED');
  }

  close(): void {
    this.#drop();
    clearInterval(this.#looking);
    this.#unlisten?.();
    this.#unlisten = null;
    this.#tries = 0;
    this.#become('IDLE');
  }

  #begin(): void {
    this.#lookedAt = Date.now();
    this.#unlisten = this.#parts.surroundings.listen(() => this.#changed());
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    void this.#open(false);
  }

  #become(state: ConnectionState, refusal: LaurelError | null = null): void {
    if (this.#state === state && this.#refusal === refusal) return;
    this.#state = state;
    this.#refusal = refusal;
    this.#parts.onState();
  }

  #send(message: Message): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Gives up the present socket; what still arrives on it is not heard any more. */
  #drop(): void {
    this.#turn += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#deadline);
    const old = this.#socket;
    this.#socket = null;
    for (const each of this.#wanted) each.id = null;
    old?.close(1000);
  }

  async #open(withFreshToken: boolean): Promise<void> {
    this.#drop();
    const { tokens, surroundings } = this.#parts;
    if (!surroundings.isOnline()) return this.#become('OFFLINE');
    this.#become('CONNECTING');
    const turn = this.#turn;
    try {
      const token = withFreshToken ? await tokens.another(this.#token) : await tokens.current();
      if (turn !== this.#turn) return;
      if (token === null) return this.#become('REFUSED', new LaurelError('REFUSED', 'The key or token is refused.'));
      this.#token = token;
    } catch {
      if (turn === this.#turn) this.#wait(withFreshToken);
      return;
    }
    this.#connect();
  }

  #connect(): void {
    const socket = new WebSocket(this.#parts.url, PROTOCOL);
    this.#socket = socket;
    this.#started = new Map();
    this.#deadline = setTimeout(() => this.#wait(), ACK_WITHIN_MS);
    socket.addEventListener('open', () => {
      if (this.#socket === socket)
        this.#send({ type: 'connection_init', payload: { authorization: `Bearer ${this.#token}` } });
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as Message);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#socket === socket) this.#closed(code, reason);
    });
  }

  #closed(code: number, reason: string): void {
    const verdict = afterClose(code);
    if (verdict === 'NEVER') {
      this.#drop();
      return this.#become('REFUSED', new LaurelError('REFUSED', reason || `The connection was refused (${code}).`));
    }
    const isStale = verdict === 'WITH_FRESH_TOKEN';
    // The first fresh token is shown at once; if that is refused as well, the next ones wait.
    if (isStale && this.#tries++ === 0) return void this.#open(true);
    if (verdict === 'LATER') this.#tries = Math.max(this.#tries, LATER_TRIES);
    this.#wait(isStale);
  }

  #wait(withFreshToken = false): void {
    this.#drop();
    const { surroundings } = this.#parts;
    this.#become(surroundings.isOnline() ? 'WAITING' : 'OFFLINE');
    this.#retry = setTimeout(
      () => surroundings.isVisible() && void this.#open(withFreshToken),
      backoffMs(this.#tries++),
    );
  }

  #receive({ type, id, payload }: Message): void {
    this.#heardAt = Date.now();
    clearTimeout(this.#deadline);
    if (type === 'ping') return this.#send({ type: 'pong' });
    if (type === 'connection_ack') {
      this.#tries = 0;
      this.#become('LIVE');
      for (const each of this.#wanted) this.#start(each);
      return;
    }
    const each = [...this.#wanted].find((one) => one.id !== null && one.id === id);
    if (each === undefined) return;
    if (type === 'error') this.#failed(each, failureOf(payload));
    if (type === 'complete') this.#failed(each, new LaurelError('ENDED', 'The stream is over.'));
    if (type !== 'next') return;
    const { data, errors } = payload as { data?: unknown; errors?: unknown };
    if (data === null || data === undefined) this.#failed(each, failureOf(errors));
    else each.reader.onItem(data);
  }

  /** What was only throttled, or found a store away, is asked for again on this connection; all else on the next one. */
  #failed(each: Wanted, failure: LaurelError): void {
    each.id = null;
    each.reader.onFailure(failure);
    if (!isPassing(failure)) return;
    const turn = this.#turn;
    setTimeout(
      () => turn === this.#turn && this.#wanted.has(each) && this.#start(each),
      failure.retryAfterMs ?? backoffMs(LATER_TRIES),
    );
  }

  /**
   * Ids are made of the operation's name and a number that begins anew on each connection: widgets of all pages then use the
   * same ones, and Laurel prints their messages once. No id comes twice on one connection, where an old item may be on its way.
   */
  #start(each: Wanted): void {
    if (this.#state !== 'LIVE' || each.id !== null) return;
    const name = /\w+ (\w+)/.exec(each.reader.text)?.[1] ?? '';
    const number = (this.#started.get(name) ?? 0) + 1;
    this.#started.set(name, number);
    each.id = name + number;
    const payload = { query: each.reader.text, variables: each.reader.variables() };
    this.#send({ id: each.id, type: 'subscribe', payload });
  }

  /** Looks whether the line still lives, and takes every reason to come back early. */
  #look(): void {
    const now = Date.now();
    const hasSlept = now - this.#lookedAt > 2 * LOOK_EVERY_MS;
    this.#lookedAt = now;
    if (this.#state === 'REFUSED') return;
    if (!this.#parts.surroundings.isOnline()) {
      this.#drop();
      return this.#become('OFFLINE');
    }
    if (!this.#parts.surroundings.isVisible()) return;
    if (this.#state === 'OFFLINE' || (this.#state === 'WAITING' && hasSlept)) return void this.#open(false);
    if (this.#state === 'LIVE' && (hasSlept || now - this.#heardAt > SILENCE_MS)) this.#probe();
  }

  #probe(): void {
    this.#send({ type: 'ping' });
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#wait(), ANSWER_WITHIN_MS);
  }

  /** The page is shown again, or the network has come or gone: whatever it is, the line may have broken meanwhile. */
  #changed(): void {
    const { surroundings } = this.#parts;
    if (this.#state === 'WAITING' && surroundings.isVisible() && surroundings.isOnline()) return this.retry();
    if (this.#state === 'LIVE' && surroundings.isOnline() && surroundings.isVisible()) return this.#probe();
    this.#look();
  }
}
