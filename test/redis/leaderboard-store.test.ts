import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, expect, it } from 'vitest';

import type { ScoreUpdate } from '#domain/events.ts';
import { openRedis } from '#redis/client.ts';
import { createBoardStore, type BoardRef } from '#redis/leaderboard-store.ts';

import { testRedis } from '../support/redis.ts';

const { url } = await testRedis();
const redis = openRedis(url, 'commands');
await new Promise((resolve) => redis.once('ready', resolve));
afterAll(() => redis.disconnect());
const store = createBoardStore(redis);

const T0 = Date.UTC(2026, 10, 22);

function aBoard(direction: BoardRef['direction'] = 'DESCENDING'): BoardRef {
  const rules = { tieRule: 'COMPETITION', hasSubScore: false, hasParts: false } as const;
  return { programId: uuidv7(), leaderboardId: uuidv7(), seasonId: uuidv7(), direction, ...rules };
}

async function aLiveBoard(direction: BoardRef['direction'], scores: ScoreUpdate[] = []): Promise<BoardRef> {
  const board = aBoard(direction);
  expect(await store.beginRebuild(board, 'first', scores.length, 1_000)).toBe(true);
  await store.loadRebuild(board, 'first', scores);
  expect(await store.finishRebuild(board, 'first', 0)).toBeGreaterThan(0);
  return board;
}

const id = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const update = (customer: number, score: number | null, version = 1, after = 0): ScoreUpdate => ({
  customerId: id(customer),
  score,
  version,
  reachedAt: T0 + after,
});

async function live(board: BoardRef, ...windows: Parameters<typeof store.read>[1]) {
  const reading = await store.read(board, windows);
  if (reading.status !== 'LIVE') throw new Error(`the board is ${reading.status}`);
  return reading;
}
const all = { kind: 'PAGE', offset: 0, count: 1_000 } as const;

it('ranks equal scores alike and lists them by who got there first, then by id', async () => {
  const board = await aLiveBoard('DESCENDING', [
    update(1, 10, 1, 5),
    update(2, 30),
    update(3, 20, 1, 9),
    update(5, 20, 1, 2),
    update(4, 20, 1, 2),
  ]);
  const { windows } = await live(board, all);
  expect(windows[0]?.map((row) => [row.customerId, row.position, row.rank, row.score])).toEqual([
    [id(2), 1, 1, 30],
    [id(4), 2, 2, 20],
    [id(5), 3, 2, 20],
    [id(3), 4, 2, 20],
    [id(1), 5, 5, 10],
  ]);
});

it('puts the lowest score first on an ascending board', async () => {
  const board = await aLiveBoard('ASCENDING', [update(1, 10), update(2, -3), update(3, 7)]);
  const { windows } = await live(board, all);
  expect(windows[0]?.map((row) => row.score)).toEqual([-3, 7, 10]);
});

it('keeps scores exact to 2^53−1 on either side of zero', async () => {
  const max = Number.MAX_SAFE_INTEGER;
  const board = await aLiveBoard('DESCENDING', [
    update(1, max - 1),
    update(2, max),
    update(3, -max),
    update(4, -max + 1),
  ]);
  const { windows } = await live(board, all);
  expect(windows[0]?.map((row) => row.score)).toEqual([max, max - 1, -max + 1, -max]);
});

it('ignores older and repeated versions, in any order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ customer: fc.integer({ min: 1, max: 4 }), score: fc.option(fc.integer({ min: -5, max: 5 })) }),
        { maxLength: 20 },
      ),
      fc.infiniteStream(fc.nat()),
      async (history, order) => {
        const versions = new Map<number, number>();
        const updates = history.map(({ customer, score }, index) => {
          const version = (versions.get(customer) ?? 0) + 1;
          versions.set(customer, version);
          return update(customer, score, version, index);
        });
        const inOrder = await aLiveBoard('DESCENDING');
        await store.apply(inOrder, 'e', updates);
        const shuffled = await aLiveBoard('DESCENDING');
        const twice = [...updates, ...updates].map((item) => ({ item, at: order.next().value }));
        for (const { item } of twice.toSorted((a, b) => a.at - b.at)) await store.apply(shuffled, 'e', [item]);
        const [expected, found] = [await live(inOrder, all), await live(shuffled, all)];
        expect(found.windows).toEqual(expected.windows);
        expect(found.size).toBe(found.windows[0]?.length);
      },
    ),
    { numRuns: 60 },
  );
});

it('shows a window of constant size around a customer, at both ends of the board too', async () => {
  const scores = Array.from({ length: 9 }, (_, index) => update(index + 1, 100 - index));
  const board = await aLiveBoard('DESCENDING', scores);
  const around = async (customer: number, radius: number) =>
    (await live(board, { kind: 'AROUND', customerId: id(customer), radius })).windows[0]?.map((row) => row.position);
  expect(await around(5, 2)).toEqual([3, 4, 5, 6, 7]);
  expect(await around(1, 2)).toEqual([1, 2, 3, 4, 5]);
  expect(await around(2, 2)).toEqual([1, 2, 3, 4, 5]);
  expect(await around(9, 2)).toEqual([5, 6, 7, 8, 9]);
  expect(await around(5, 0)).toEqual([5]);
  expect(await around(5, 50)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await around(99, 2)).toEqual([]);
});

it('equals a sort of the scores on every page and around everybody', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('DESCENDING' as const, 'ASCENDING' as const),
      fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(4)), { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 0, max: 4 }),
      async (direction, rows, radius) => {
        const updates = rows.map(([score, after], index) => update(index + 1, score, 1, after));
        const board = await aLiveBoard(direction, updates);
        const sign = direction === 'DESCENDING' ? -1 : 1;
        const sorted = updates.toSorted(
          (a, b) =>
            sign * ((a.score ?? 0) - (b.score ?? 0)) ||
            a.reachedAt - b.reachedAt ||
            (a.customerId < b.customerId ? -1 : 1),
        );
        const expected = sorted.map((row, index) => ({
          customerId: row.customerId,
          position: index + 1,
          rank: sorted.findIndex((other) => other.score === row.score) + 1,
          score: row.score,
          subScore: 0,
          reachedAt: new Date(row.reachedAt),
        }));
        const size = 2 * radius + 1;
        for (let offset = 0; offset < sorted.length; offset += 1) {
          const start = Math.max(0, Math.min(offset - radius, sorted.length - size));
          const { windows } = await live(
            board,
            { kind: 'PAGE', offset, count: 4 },
            { kind: 'AROUND', customerId: sorted[offset]?.customerId ?? '', radius },
          );
          expect(windows[0]).toEqual(expected.slice(offset, offset + 4));
          expect(windows[1]).toEqual(expected.slice(start, start + size));
        }
      },
    ),
    { numRuns: 25 },
  );
});

it('answers MISSING when the board or one of its keys is gone', async () => {
  expect(await store.read(aBoard(), [all])).toEqual({ status: 'MISSING' });
  expect(await store.apply(aBoard(), 'e', [update(1, 1)])).toBeNull();
  for (const part of ['scores', 'entries', 'meta']) {
    const board = await aLiveBoard('DESCENDING', [update(1, 1)]);
    await redis.del(`laurel:${board.programId}:board:{${board.seasonId}}:${part}`);
    expect(await store.read(board, [all])).toEqual({ status: 'MISSING' });
  }
});

it('builds a new generation beside the live one, which takes scores meanwhile, and swaps them', async () => {
  const board = await aLiveBoard('DESCENDING', [update(1, 999), update(9, 5)]);
  const before = await live(board, all);
  expect(await store.beginRebuild(board, 'second', 3, 1_000)).toBe(true);
  expect(await store.beginRebuild(board, 'rival', 3, 60_000)).toBe(false);
  await store.loadRebuild(board, 'second', [update(1, 10, 2)]);
  await store.apply(board, 'e', [update(2, 20, 7)]);
  await store.loadRebuild(board, 'second', [update(2, 1, 6), update(3, null, 2)]);
  expect((await live(board, all)).windows[0]?.map((row) => row.score)).toEqual([999, 20, 5]);
  const version = await store.finishRebuild(board, 'second', 0);
  const after = await live(board, all);
  expect(after.windows[0]?.map((row) => [row.customerId, row.score])).toEqual([
    [id(2), 20],
    [id(1), 10],
  ]);
  expect(after.size).toBe(2);
  expect(after.version).toBe(version);
  expect(after.version).toBeGreaterThan(before.version);
});

it('lets go of a rebuild that was flushed away or taken over', async () => {
  const board = aBoard();
  await store.beginRebuild(board, 'first', 1, 1_000);
  expect((await store.read(board, [all])).status).toBe('REBUILDING');
  expect(await store.beginRebuild(board, 'second', 1, 0)).toBe(true);
  expect(await store.loadRebuild(board, 'first', [update(1, 1)])).toBeNull();
  expect(await store.finishRebuild(board, 'first', 0)).toBeNull();
  expect(await store.loadRebuild(board, 'second', [update(1, 1)])).toBe(1);
});

const unsplit = { subScore: 0, part: '', isListed: true };

it('tells how it holds an entry, and whether the ranking agrees', async () => {
  const board = await aLiveBoard('DESCENDING', [update(1, 10, 3, 7), update(2, null, 4)]);
  expect(await store.entriesOf(board, [id(1), id(2), id(3)])).toEqual([
    { version: 3, score: 10, reachedAt: T0 + 7, ranked: true, ...unsplit },
    { version: 4, score: null, reachedAt: T0, ranked: true, ...unsplit },
    null,
  ]);
});

it('grows its version even after everything was deleted', async () => {
  const board = await aLiveBoard('DESCENDING');
  const first = await store.apply(board, 'e', [update(1, 1)]);
  for (let version = 2; version < 50; version += 1) await store.apply(board, 'e', [update(1, version, version)]);
  const last = (await live(board)).version;
  await redis.flushdb();
  await store.beginRebuild(board, 'again', 0, 1_000);
  const fresh = await store.finishRebuild(board, 'again', 0);
  expect(last).toBeGreaterThan(first ?? 0);
  expect(fresh).toBeGreaterThan(last);
});

it('gives rows that did not change as the same objects to who says what was seen last, and all others anew', async () => {
  const around = { kind: 'AROUND', customerId: id(2), radius: 1 } as const;
  const windows = [all, around, { kind: 'PLACE', customerId: id(3) } as const];
  const read = async (board: BoardRef, seen: Parameters<typeof store.read>[2]) => {
    const reading = await store.read(board, windows, seen);
    if (reading.status !== 'LIVE') throw new Error(`the board is ${reading.status}`);
    return reading.windows.map((rows, index) => ({ rows, mark: reading.marks[index] ?? '' }));
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ customer: fc.integer({ min: 1, max: 8 }), score: fc.option(fc.integer({ min: -3, max: 3 })) }),
        { minLength: 1, maxLength: 15 },
      ),
      async (history) => {
        const board = await aLiveBoard('DESCENDING');
        let seen = await read(board, []);
        for (const [index, { customer, score }] of history.entries()) {
          await store.apply(board, 'e', [update(customer, score, index + 1, index)]);
          const before = seen;
          seen = await read(board, before);
          const fresh = await live(board, ...windows);
          expect(seen.map(({ rows }) => rows)).toEqual(fresh.windows);
          for (const [window, { mark, rows }] of seen.entries())
            expect(rows === before[window]?.rows).toBe(mark === before[window]?.mark);
        }
      },
    ),
    { numRuns: 30 },
  );
});
