/**
 * Messages as they stand on the wire. One answer goes to many sockets: it is printed once, and what each of them costs is
 * the few bytes around it.
 */

const TEXT_FRAME = 0x81;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;
const LONGEST_IN_2_BYTES = 0xffff;

const BEFORE_ID = Buffer.from('{"id":');
const AFTER_ID = Buffer.from(',"type":"next","payload":');
const END = Buffer.from('}}');

/**
 * The id of an operation as JSON: what differs from socket to socket. Kept as text, for small buffers are cut from large
 * ones, which each of them would keep alive.
 */
export type PrintedId = { text: string; length: number };

export function printId(id: string): PrintedId {
  const text = JSON.stringify(id);
  return { text, length: Buffer.byteLength(text) };
}

/** A socket, as somebody needs it who makes frames. */
export type Outlet = {
  /**
   * Writes one whole frame. Gives true when it has left for the network at once, so that its bytes may be changed; else
   * the sender hears when it has, or failed to. On a socket that is closing nothing is written, which is true, too.
   */
  write(frame: Buffer, sender: Sender): boolean;
};
export type Sender = { hasLeft(error?: Error | null): void };

type Frame = { bytes: Buffer; id: PrintedId; idAt: number };

/** An answer in `next` messages for any number of sockets. */
export class SharedMessage {
  /** The payload as JSON without its closing brace. */
  readonly #body: Buffer;
  #frame: Frame | null = null;
  /** Whether a socket still holds the frame. */
  #isWaiting = false;

  constructor(payload: object) {
    this.#body = Buffer.from(JSON.stringify(payload).slice(0, -1));
  }

  /**
   * Sends it under an id, and gives what the outlet says. Where ids are equal, as with a widget that always takes the same
   * one, all sockets get the very same bytes. Else the id is written over the last one in a frame that has left, where it
   * is as long, which it is with the UUIDs that clients take; a frame that still waits for its network is left alone, and
   * another one made.
   */
  send(id: PrintedId, outlet: Outlet, sender: Sender): boolean {
    let frame = this.#frame;
    if (frame === null || (frame.id.text !== id.text && !this.#canTake(frame, id))) {
      frame = frameOf(id, [this.#body]);
      this.#frame = frame;
      this.#isWaiting = false;
    } else if (frame.id.text !== id.text) {
      frame.bytes.write(id.text, frame.idAt);
      frame.id = id;
    }
    const hasLeft = outlet.write(frame.bytes, sender);
    if (!hasLeft) this.#isWaiting = true;
    return hasLeft;
  }

  /** Sends it in a frame of its own, with extensions, which are JSON of an object. */
  sendWith(extensions: string, id: PrintedId, outlet: Outlet, sender: Sender): boolean {
    return outlet.write(frameOf(id, [this.#body, Buffer.from(`,"extensions":${extensions}`)]).bytes, sender);
  }

  #canTake(frame: Frame, id: PrintedId): boolean {
    return !this.#isWaiting && frame.id.length === id.length;
  }
}

/** An unmasked text frame with a whole `next` message. */
function frameOf(id: PrintedId, body: readonly Buffer[]): Frame {
  const parts = [BEFORE_ID, Buffer.from(id.text), AFTER_ID, ...body, END];
  const header = headerOf(parts.reduce((total, part) => total + part.length, 0));
  return { bytes: Buffer.concat([header, ...parts]), id, idAt: header.length + BEFORE_ID.length };
}

function headerOf(length: number): Buffer {
  if (length < LENGTH_IN_2_BYTES) return Buffer.from([TEXT_FRAME, length]);
  const header = Buffer.alloc(length <= LONGEST_IN_2_BYTES ? 4 : 10);
  header[0] = TEXT_FRAME;
  if (length <= LONGEST_IN_2_BYTES) {
    header[1] = LENGTH_IN_2_BYTES;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = LENGTH_IN_8_BYTES;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return header;
}
