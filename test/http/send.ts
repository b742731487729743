import { request, type IncomingHttpHeaders } from 'node:http';
// Requests byte by byte, as no polite client sends them.
import { connect } from 'node:net';

export type Sent = {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Sends the body in pieces, without telling its length. */
  chunked?: boolean;
};

export type Received = { status: number; headers: IncomingHttpHeaders; body: string };

/** Sends one request on a connection of its own and reads the whole answer. */
export function send(
  port: number,
  { method = 'POST', path = '/graphql', headers = {}, body, chunked = false }: Sent,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sending = request({
      port,
      host: '127.0.0.1',
      method,
      path,
      agent: false,
      headers: { ...length, ...headers },
    });
    sending.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() });
      });
    });
    // A server that refuses a body may cut the line after its answer; only a cut without one is an error.
    sending.on('error', (error) => setTimeout(() => reject(error), 200));
    if (body !== undefined && chunked) for (const piece of pieces(body)) sending.write(piece);
    else if (body !== undefined) sending.write(body);
    sending.end();
  });
}

function pieces(body: string | Buffer): Buffer[] {
  const bytes = Buffer.from(body);
  const size = Math.max(1, Math.ceil(bytes.length / 5));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_piece, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Writes text to a fresh connection, now and then more, and gives everything that came back until it was closed. */
export function talk(
  port: number,
  text: string,
  drip: { every: number; piece: string } | null = null,
): Promise<{ text: string; ms: number }> {
  return new Promise((resolve) => {
    const began = Date.now();
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.write(text);
    const timer = drip === null ? undefined : setInterval(() => socket.write(drip.piece), drip.every);
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text: received, ms: Date.now() - began });
    });
  });
}
