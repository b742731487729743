/**
 * Where a reader of a stream stands. Cursors are opaque to readers; they hold nothing secret, and what they lead to is
 * checked against the caller as if there were none.
 */

/** Behind which event of a customer's log a reader stands. */
export type LogPosition = {
  /** Number of the row in the log; 0 is before the first. */
  seq: number;
  /** Events of that row that the reader has been told. */
  index: number;
};

/** A place in a customer's stream. */
export type StreamPlace = LogPosition & {
  /** When the reader got there, in milliseconds: how long the log must reach back. */
  at: number;
  /** Behind a snapshot of the state; null when all events have passed that it shows and that were not told by then. */
  behind: SnapshotMark | null;
};

/** What a snapshot of the state shows already: those events are not told again. */
export type SnapshotMark = {
  /** What was committed when it was read, as PostgreSQL prints it. */
  committed: string;
  /** The highest number in the outbox that was not told by then: whatever comes behind it was committed later. */
  upTo: number;
};

/** Why a reader who came back begins anew with a snapshot. */
export type ResetReason = 'TOO_OLD' | 'TOO_FAR_BEHIND' | 'OTHER_STREAM' | 'UNKNOWN';

/** How long a customer's events are kept for those who come back. */
export const STREAM_KEPT_MS = 7 * 86_400_000;
/** More than this, counted in transactions, is not replayed: a snapshot says it in less. */
export const STREAM_REPLAY_MAX = 10_000;

const VERSION = 1;
export const CURSOR_LENGTH_MAX = 2_000;

/** `stream` tells streams from one another: a cursor leads on only in the one that gave it. */
export function encodeCursor(stream: string, { seq, index, at, behind }: StreamPlace): string {
  return printCursor(stream, [seq, index, at, ...(behind === null ? [] : [behind.upTo, behind.committed])]);
}

/** The place of a cursor, or why it leads nowhere. */
export function decodeCursor(stream: string, cursor: string): StreamPlace | ResetReason {
  const parts = readCursor(stream, cursor);
  if (typeof parts === 'string') return parts;
  const [seq, index, at, upTo, committed] = parts;
  if (!isCount(seq) || !isCount(index) || !isCount(at)) return 'UNKNOWN';
  if (upTo === undefined && committed === undefined) return { seq, index, at, behind: null };
  return isCount(upTo) && typeof committed === 'string' ? { seq, index, at, behind: { upTo, committed } } : 'UNKNOWN';
}

/** A place in a stream of a board: a version of one season. */
export type BoardPlace = { seasonKey: string; version: number };

export function encodeBoardCursor(stream: string, { seasonKey, version }: BoardPlace): string {
  return printCursor(stream, [seasonKey, version]);
}

/** The place of a board's cursor, or why it leads nowhere. */
export function decodeBoardCursor(stream: string, cursor: string): BoardPlace | ResetReason {
  const parts = readCursor(stream, cursor);
  if (typeof parts === 'string') return parts;
  const [seasonKey, version] = parts;
  return typeof seasonKey === 'string' && isCount(version) ? { seasonKey, version } : 'UNKNOWN';
}

function printCursor(stream: string, parts: readonly unknown[]): string {
  return toBase64(JSON.stringify([VERSION, stream, ...parts]));
}

/** What follows the name of the stream; or why there is nothing. */
function readCursor(stream: string, cursor: string): unknown[] | ResetReason {
  const [version, of, ...parts] = (cursor.length > CURSOR_LENGTH_MAX ? null : partsOf(cursor)) ?? [];
  if (version !== VERSION || typeof of !== 'string') return 'UNKNOWN';
  return of === stream ? parts : 'OTHER_STREAM';
}

/** Whether what happened since a place can still be told: the log reaches back so far, and knows the place. */
export function resetReasonOf(
  place: StreamPlace,
  log: { head: number; missed: number; now: Date },
): ResetReason | null {
  if (log.now.getTime() - place.at >= STREAM_KEPT_MS) return 'TOO_OLD';
  if (place.seq > log.head) return 'UNKNOWN';
  return log.missed > STREAM_REPLAY_MAX ? 'TOO_FAR_BEHIND' : null;
}

function partsOf(cursor: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(fromBase64(cursor));
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Of letters, digits, - and _ alone, so that a cursor needs no escapes anywhere. */
function toBase64(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(text: string): string {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
