import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  CURSOR_LENGTH_MAX,
  decodeCursor,
  encodeCursor,
  resetReasonOf,
  STREAM_KEPT_MS,
  STREAM_REPLAY_MAX,
  type StreamPlace,
} from '#domain/stream/cursor.ts';
import { parseSnapshot, wasCommitted } from '#domain/stream/snapshot.ts';

const place: StreamPlace = { seq: 7, index: 2, at: 1_790_000_000_000, behind: null };
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const places = fc.record({
  seq: count,
  index: count,
  at: count,
  behind: fc.option(fc.record({ upTo: count, committed: fc.constantFrom('10:20:', '10:20:11,12', '1:1:') })),
});

describe('a cursor', () => {
  it('leads back to its place, needs no escapes, and stays short', () => {
    fc.assert(
      fc.property(places, fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (given, stream) => {
        const cursor = encodeCursor(stream, given);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(cursor.length).toBeLessThan(CURSOR_LENGTH_MAX);
        expect(decodeCursor(stream, cursor)).toEqual(given);
      }),
    );
  });

  it('of another stream leads nowhere, and says so', () => {
    expect(decodeCursor('tierChanged 1', encodeCursor('balanceChanged 1', place))).toBe('OTHER_STREAM');
  });

  it('that is none leads nowhere, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(btoaOf)), (text) => {
        expect(decodeCursor('s', text)).toBeTypeOf('string');
      }),
    );
    for (const parts of [
      [1, 's', -1, 0, 0],
      [1, 's', 1.5, 0, 0],
      [1, 's', 1, 0],
      [2, 's', 1, 0, 0],
      [1, 's', 1, 0, 0, 7],
      [1, 's', 1, 0, 0, 7, 8],
      [1, 's', 1, 0, 0, '10:20:'],
    ])
      expect(decodeCursor('s', btoaOf(JSON.stringify(parts)))).toBe('UNKNOWN');
  });
});

function btoaOf(text: string): string {
  return Buffer.from(text).toString('base64url');
}

describe('a place', () => {
  const now = new Date(place.at + 1_000);
  it.each([
    [{ head: 7, missed: 0, now }, null],
    [{ head: 20_000, missed: STREAM_REPLAY_MAX, now }, null],
    [{ head: 20_000, missed: STREAM_REPLAY_MAX + 1, now }, 'TOO_FAR_BEHIND'],
    [{ head: 6, missed: 0, now }, 'UNKNOWN'],
    [{ head: 7, missed: 0, now: new Date(place.at + STREAM_KEPT_MS - 1) }, null],
    [{ head: 7, missed: 0, now: new Date(place.at + STREAM_KEPT_MS) }, 'TOO_OLD'],
  ] as const)('in a log like %o is answered by %s', (log, reason) => {
    expect(resetReasonOf(place, log)).toBe(reason);
  });
});

describe('a snapshot of the record', () => {
  it('knows what was committed: all before its end that was not under way', () => {
    const snapshot = parseSnapshot('10:14:10,12')!;
    const known = [9n, 10n, 11n, 12n, 13n, 14n, 15n].filter((id) => wasCommitted(snapshot, id));
    expect(known).toEqual([9n, 11n, 13n]);
  });

  it('is read only where it is one', () => {
    for (const text of ['', '1', '1:2', '1:2:x', '1:2:3,', '-1:2:', "1:2:';drop"])
      expect(parseSnapshot(text)).toBeNull();
  });
});
