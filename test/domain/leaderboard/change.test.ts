import fc from 'fast-check';
import { expect, it } from 'vitest';

import { changeBetween, isNoChange } from '#domain/leaderboard/change.ts';
import {
  rankAmong,
  standingsOf,
  TIE_RULES,
  windowStart,
  type Placed,
  type Standing,
} from '#domain/leaderboard/standing.ts';

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

/** What may happen to a board: a score moves, below zero too; somebody hides or comes back; everything begins anew. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('SCORE' as const), who: fc.nat(7), by: fc.integer({ min: -5, max: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('HIDE' as const), who: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('RESET' as const) }) },
);
const tieRules = fc.constantFrom(...TIE_RULES);

it('keeps a list equal to the board over random histories with negative scores, resets and opt-outs', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      tieRules,
      fc.nat(6),
      fc.nat(2),
      fc.boolean(),
      (steps, rule, top, radius, up) => {
        const direction = up ? 'ASCENDING' : 'DESCENDING';
        const rows = new Map<number, Placed>();
        const hidden = new Set<number>();
        let shown: readonly Standing[] = [];
        const kept = new Map<string, Standing>();
        for (const [turn, one] of steps.entries()) {
          if (one.kind === 'RESET') rows.clear();
          if (one.kind === 'HIDE') {
            if (!hidden.delete(one.who)) hidden.add(one.who);
          }
          if (one.kind === 'SCORE') {
            const score = (rows.get(one.who)?.score ?? 0) + one.by;
            rows.set(one.who, { customerId: `c${one.who}`, score, subScore: 0, reachedAt: new Date(turn) });
          }
          const listed = [...rows].filter(([who]) => !hidden.has(who)).map(([, row]) => row);
          const board = rankAmong(listed, direction, rule);
          const me = board.findIndex(({ customerId }) => customerId === 'c0');
          const start = windowStart(me, board.length, radius);
          const window = top > 0 ? board.slice(0, top) : me < 0 ? [] : board.slice(start, start + 2 * radius + 1);
          const change = changeBetween(shown, window);
          for (const id of change.left) kept.delete(id);
          for (const row of [...change.entered, ...change.updated]) kept.set(row.customerId, row);
          shown = window;
          expect([...kept.values()].toSorted((a, b) => a.position - b.position)).toEqual(
            board.length === 0 ? [] : window,
          );
          expect(window.map(({ position }) => position)).toEqual(
            window.map((_, index) => (window[0]?.position ?? 0) + index),
          );
        }
      },
    ),
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
