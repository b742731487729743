// A snapshot and the changes after it make the board: for any history, on the real store, held against a model.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, expect, it } from 'vitest';

import { changeBetween } from '#domain/leaderboard/change.ts';
import type { BoardWindow, Standing } from '#domain/leaderboard/standing.ts';
import { openRedis } from '#redis/client.ts';
import { createBoardStore, type BoardRef } from '#redis/leaderboard-store.ts';

import { testRedis } from '../support/redis.ts';

const { url } = await testRedis();
const redis = openRedis(url, 'commands');
await new Promise((resolve) => redis.once('ready', resolve));
afterAll(() => redis.disconnect());
const store = createBoardStore(redis);

const CUSTOMERS = 6;
const T0 = Date.UTC(2026, 10, 22);
const id = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const WATCHED = id(1);
const WINDOWS: readonly BoardWindow[] = [
  { kind: 'PAGE', offset: 0, count: 3 },
  { kind: 'AROUND', customerId: WATCHED, radius: 1 },
];

type Entry = { score: number; reachedAt: number; isListed: boolean };
const customer = fc.integer({ min: 1, max: CUSTOMERS });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('SCORE'), customer, score: fc.integer({ min: -4, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('LEAVE'), customer }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('HIDE'), customer, isListed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('RESET') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('READ') }) },
);

/** A client: what it was shown first, and what every change since has made of it. */
class Reader {
  #seen: readonly (readonly Standing[])[] = WINDOWS.map(() => []);
  readonly #lists = WINDOWS.map(() => new Map<string, Standing>());

  take(windows: readonly (readonly Standing[])[]): void {
    for (const [index, rows] of this.#lists.entries()) {
      const change = changeBetween(this.#seen[index] ?? [], windows[index] ?? []);
      for (const gone of change.left) rows.delete(gone);
      for (const row of [...change.entered, ...change.updated]) rows.set(row.customerId, row);
    }
    this.#seen = windows;
  }

  get lists(): Standing[][] {
    return this.#lists.map((rows) => [...rows.values()].toSorted((a, b) => a.position - b.position));
  }
}

it('gives what a fresh reading gives, after negative scores, resets, opt-outs and leaving, however many are skipped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (history) => {
      const rules = { direction: 'DESCENDING', tieRule: 'COMPETITION', hasSubScore: false, hasParts: false } as const;
      const board: BoardRef = { programId: uuidv7(), leaderboardId: uuidv7(), seasonId: uuidv7(), ...rules };
      await store.beginRebuild(board, 'first', 0, 1_000);
      await store.finishRebuild(board, 'first', 60_000);
      const entries = new Map<string, Entry>();
      const reader = new Reader();
      let version = 0;
      const put = async (customerId: string, entry: Entry | null): Promise<void> => {
        version += 1;
        if (entry === null) entries.delete(customerId);
        else entries.set(customerId, entry);
        const { score = null, reachedAt = T0, isListed = true } = entry ?? {};
        await store.apply(board, uuidv7(), [{ customerId, score, version, reachedAt, isListed }]);
      };
      for (const [index, one] of history.entries()) {
        if (one.kind === 'READ') reader.take((await reading(board)).windows);
        if (one.kind === 'RESET') for (const customerId of [...entries.keys()]) await put(customerId, null);
        if (!('customer' in one)) continue;
        const customerId = id(one.customer);
        const known = entries.get(customerId);
        if ('score' in one)
          await put(customerId, { score: one.score, reachedAt: T0 + index, isListed: known?.isListed ?? true });
        else if ('isListed' in one) {
          if (known !== undefined) await put(customerId, { ...known, isListed: one.isListed });
        } else await put(customerId, null);
      }
      const fresh = await reading(board);
      reader.take(fresh.windows);
      expect(reader.lists).toEqual(fresh.windows);
      const listed = [...entries].filter(([, entry]) => entry.isListed).toSorted(inOrder);
      expect(reader.lists[0]?.map((row) => [row.customerId, row.score])).toEqual(
        listed.slice(0, 3).map(([customerId, { score }]) => [customerId, score]),
      );
      expect(fresh.size).toBe(listed.length);
    }),
    { numRuns: 60 },
  );
}, 120_000);

function inOrder([a, one]: [string, Entry], [b, other]: [string, Entry]): number {
  return other.score - one.score || one.reachedAt - other.reachedAt || (a < b ? -1 : 1);
}

async function reading(board: BoardRef) {
  const found = await store.read(board, [...WINDOWS]);
  if (found.status !== 'LIVE') throw new Error(`the board is ${found.status}`);
  return found;
}
