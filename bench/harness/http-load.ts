// The HTTP load: a fixed number of keep-alive connections, each with one request under way. It writes prepared bytes to
// plain sockets and reads no more of an answer than it must, because a generator that is slower than the server
// measures itself.
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

import { LatencyHistogram } from './statistics.ts';

export type HttpLoad = {
  port: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  connections: number;
  /** The body of the n-th request of a turn. */
  body: (index: number) => string;
  /** Checks an answer and says how much work it stands for; throws when it is not what was asked for. */
  accept: (answer: string) => number;
};

/** What one running load has done so far. */
export type LoadCount = { requests: number; work: number };

const HEADER_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** A load under way. `count` grows while it runs; `stop` sends nothing more and resolves when every answer is there. */
export type RunningLoad = {
  count: LoadCount;
  latencies: LatencyHistogram;
  stop: () => Promise<void>;
  failed: Promise<never>;
};

/** Opens the connections and starts sending. */
export async function startHttpLoad(load: HttpLoad): Promise<RunningLoad> {
  const count: LoadCount = { requests: 0, work: 0 };
  const latencies = new LatencyHistogram();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  let sent = 0;
  let stopped = false;
  // Nothing more is sent after the first wrong answer; whoever waits for the load hears why.
  failed.catch(() => {
    stopped = true;
  });
  const head = requestHead(load);
  const lanes = await Promise.all(Array.from({ length: load.connections }, () => openSocket(load.port)));
  const idle = lanes.map((socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let sentAt = 0;
    const send = (): void => {
      if (stopped) {
        resolve();
        return;
      }
      const body = load.body(sent);
      sent += 1;
      sentAt = performance.now();
      socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    readAnswers(socket, fail, (status, answer) => {
      latencies.record(performance.now() - sentAt);
      try {
        if (status !== 200) throw new Error(`status ${status}`);
        count.work += load.accept(answer);
      } catch (error) {
        fail(new Error(`${error instanceof Error ? error.message : 'refused'}: ${answer.slice(0, 600)}`));
        return;
      }
      count.requests += 1;
      send();
    });
    send();
    return promise;
  });
  return {
    count,
    latencies,
    failed,
    stop: async () => {
      stopped = true;
      await Promise.race([Promise.all(idle), failed]);
      for (const socket of lanes) socket.destroy();
    },
  };
}

/** One request and its answer, for setting up and for looking at what comes back. */
export async function postOnce(
  load: Omit<HttpLoad, 'connections' | 'accept'>,
): Promise<{ status: number; answer: string }> {
  const socket = await openSocket(load.port);
  try {
    return await new Promise((resolve, reject) => {
      readAnswers(socket, reject, (status, answer) => resolve({ status, answer }));
      const body = load.body(0);
      socket.write(`${requestHead(load)}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  } finally {
    socket.destroy();
  }
}

function requestHead({ path, port, headers }: Pick<HttpLoad, 'path' | 'port' | 'headers'>): string {
  const all = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', accept: 'application/json', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: `;
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Calls back once an answer. No second request is under way on a connection, so an answer ends where its bytes end. */
function readAnswers(
  socket: Socket,
  fail: (error: Error) => void,
  answered: (status: number, answer: string) => void,
): void {
  let pending: Buffer | undefined;
  socket.on('data', (chunk: Buffer) => {
    const bytes = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
    const end = bytes.indexOf(HEADER_END);
    const start = end + HEADER_END.length;
    const header = end < 0 ? '' : bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(header)?.[1];
    const complete =
      end >= 0 &&
      (length === undefined
        ? bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
        : bytes.length >= start + Number(length));
    if (!complete) {
      pending = bytes;
      return;
    }
    pending = undefined;
    const status = Number(header.slice(9, 12));
    answered(status, length === undefined ? unchunked(bytes.subarray(start)) : bytes.toString('latin1', start));
  });
  socket.once('error', fail);
  socket.once('close', () => fail(new Error('the server closed the connection')));
}

function unchunked(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return text;
    text += bytes.toString('latin1', lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
  return text;
}
