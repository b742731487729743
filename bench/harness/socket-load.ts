// Websocket subscribers: plain sockets that shake hands, say what the protocol asks for, and then only count frames and
// note when they came. A thousand full clients would need more processor than the server that they watch.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export type Subscriber = { close: () => void };
export type SubscriberOptions = {
  port: number;
  path: string;
  /** Sent one after another; each further one after the server's answer to the one before. */
  hello: readonly string[];
  /** Called with the text of every message after the handshake of the protocol. */
  onMessage: (text: string, at: number) => void;
  onGone: (reason: string) => void;
};

const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;
const HANDSHAKE_END = Buffer.from('\r\n\r\n');

/** Connects one subscriber and resolves once its last greeting is sent. */
export function subscribe({ port, path, hello, onMessage, onGone }: SubscriberOptions): Promise<Subscriber> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let upgraded = false;
    let closed = false;
    let greeted = 0;
    let pending: Buffer = Buffer.alloc(0);
    const greet = (): void => {
      const text = hello[greeted];
      greeted += 1;
      if (text !== undefined) sendFrame(socket, OPCODE.text, Buffer.from(text));
      if (greeted >= hello.length) {
        resolve({
          close: () => {
            closed = true;
            socket.destroy();
          },
        });
      }
    };
    const receive = (opcode: number, payload: Buffer): void => {
      if (opcode === OPCODE.ping) sendFrame(socket, OPCODE.pong, payload);
      else if (opcode === OPCODE.close) onGone(`closed by the server: ${payload.subarray(2).toString()}`);
      else if (opcode === OPCODE.text && greeted < hello.length) greet();
      else if (opcode === OPCODE.text) onMessage(payload.toString('latin1'), performance.now());
    };
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      if (!upgraded) {
        const end = pending.indexOf(HANDSHAKE_END);
        if (end < 0) return;
        upgraded = true;
        pending = pending.subarray(end + HANDSHAKE_END.length);
        greet();
      }
      pending = readFrames(pending, receive);
    });
    socket.once('error', reject);
    socket.once('close', () => closed || onGone('the connection ended'));
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n` +
        'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
  });
}

/** Hands on every complete frame and answers what is left. Servers neither mask nor, here, fragment. */
function readFrames(bytes: Buffer, receive: (opcode: number, payload: Buffer) => void): Buffer {
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = at + 2 + lengthBytes;
    if (bytes.length < start) break;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    if (bytes.length < start + length) break;
    receive(bytes.readUInt8(at) & 0x0f, bytes.subarray(start, start + length));
    at = start + length;
  }
  return bytes.subarray(at);
}

/** Clients must mask; a mask of zeroes is one. */
function sendFrame(socket: Socket, opcode: number, payload: Buffer): void {
  const long = payload.length > 125;
  const head = Buffer.alloc((long ? 4 : 2) + 4);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(0x80 | (long ? 126 : payload.length), 1);
  if (long) head.writeUInt16BE(payload.length, 2);
  socket.write(Buffer.concat([head, payload]));
}
