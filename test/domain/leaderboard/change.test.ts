import fc from 'fast-check';
import { expect, it } from 'vitest';

import { changeBetween, isNoChange } from '#domain/leaderboard/change.ts';
import { standingsOf, windowStart, type Standing } from '#domain/leaderboard/standing.ts';

const scores = fc.uniqueArray(
  fc.record({ customerId: fc.stringMatching(/^[a-f]$/), score: fc.integer({ min: 0, max: 3 }) }),
  {
    selector: (row) => row.customerId,
  },
);

const ranked = (rows: readonly { customerId: string; score: number }[]): Standing[] =>
  standingsOf(
    rows
      .toSorted((a, b) => b.score - a.score || (a.customerId < b.customerId ? -1 : 1))
      .map((row) => ({ ...row, reachedAt: new Date(0) })),
    0,
    1,
  );

it('leads from any list to any other: drop, put in, order by position', () => {
  fc.assert(
    fc.property(scores, scores, (first, second) => {
      const [before, after] = [ranked(first), ranked(second)];
      const change = changeBetween(before, after);
      const rows = new Map(before.map((row) => [row.customerId, row]));
      for (const id of change.left) rows.delete(id);
      for (const row of [...change.entered, ...change.updated]) rows.set(row.customerId, row);
      expect([...rows.values()].toSorted((a, b) => a.position - b.position)).toEqual(after);
      expect(isNoChange(change)).toBe(JSON.stringify(before) === JSON.stringify(after));
    }),
  );
});

it('gives equal scores equal ranks and counts on behind them', () => {
  const rows = [9, 7, 7, 7, 2].map((score, index) => ({ customerId: `${index}`, score, reachedAt: new Date(0) }));
  expect(standingsOf(rows, 0, 1).map((row) => row.rank)).toEqual([1, 2, 2, 2, 5]);
  expect(standingsOf(rows.slice(2), 2, 2).map((row) => [row.position, row.rank])).toEqual([
    [3, 2],
    [4, 2],
    [5, 5],
  ]);
});

it('keeps a window as large as it can be, and its customer in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), fc.nat(12), (size, place, radius) => {
      const index = place % size;
      const start = windowStart(index, size, radius);
      const count = Math.min(size, 2 * radius + 1);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start + count).toBeLessThanOrEqual(size);
      expect(index).toBeGreaterThanOrEqual(start);
      expect(index).toBeLessThan(start + count);
    }),
  );
});
