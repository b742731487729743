import fc from 'fast-check';
import { expect, it } from 'vitest';

import { changeBetween, isNoChange } from '#domain/leaderboard/change.ts';
import { rankAmong, standingsOf, windowStart, type Standing } from '#domain/leaderboard/standing.ts';

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
      .map((row) => ({ ...row, subScore: 0, reachedAt: new Date(0) })),
    0,
    1,
    'COMPETITION',
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

const tied = [9, 7, 7, 7, 2].map((score, index) => ({
  customerId: `${index}`,
  score,
  subScore: 0,
  reachedAt: new Date(0),
}));

it('gives equal scores equal ranks and counts on behind them', () => {
  expect(standingsOf(tied, 0, 1, 'COMPETITION').map((row) => row.rank)).toEqual([1, 2, 2, 2, 5]);
  expect(standingsOf(tied.slice(2), 2, 2, 'COMPETITION').map((row) => [row.position, row.rank])).toEqual([
    [3, 2],
    [4, 2],
    [5, 5],
  ]);
});

it('leaves no rank out where ranks are dense, and gives each row its own where the first to reach wins', () => {
  expect(standingsOf(tied, 0, 1, 'DENSE').map((row) => row.rank)).toEqual([1, 2, 2, 2, 3]);
  expect(standingsOf(tied.slice(3), 3, 2, 'DENSE').map((row) => row.rank)).toEqual([2, 3]);
  expect(standingsOf(tied, 0, 1, 'FIRST_TO_REACH').map((row) => row.rank)).toEqual([1, 2, 3, 4, 5]);
});

it('takes rows for equal only when their sub-scores are, too', () => {
  const rows = [5, 5, 5].map((score, index) => ({ ...tied[index]!, score, subScore: index === 0 ? 1 : 0 }));
  expect(standingsOf(rows, 0, 1, 'COMPETITION').map((row) => row.rank)).toEqual([1, 2, 2]);
  expect(rankAmong(rows.toReversed(), 'DESCENDING', 'DENSE').map((row) => [row.customerId, row.rank])).toEqual([
    ['0', 1],
    ['1', 2],
    ['2', 2],
  ]);
  expect(rankAmong(rows, 'ASCENDING', 'DENSE').map((row) => row.rank)).toEqual([1, 1, 2]);
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
