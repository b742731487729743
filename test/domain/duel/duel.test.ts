import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { scoreWith, winnersOf } from '#domain/duel/duel.ts';

const side = (customerId: string, score: number | null) => ({
  customerId,
  score: score === null ? null : new Big(score),
});

describe('who wins a duel', () => {
  test.each([
    [[5, 3], 'NOBODY', ['a']],
    [[3, 5], 'BOTH', ['b']],
    [[5, 5], 'BOTH', ['a', 'b']],
    [[5, 5], 'NOBODY', []],
    [[null, 0.001], 'NOBODY', ['b']],
    [[null, null], 'BOTH', []],
  ] as const)('with scores %j and ties for %s', ([a, b], tie, winners) => {
    const sides = [side('a', a), side('b', b)];
    expect(winnersOf(sides, tie).winners).toEqual(winners);
    expect(winnersOf(sides.toReversed(), tie).winners.toSorted()).toEqual([...winners]);
  });

  test('is never somebody with less than the other, nor somebody without an attempt', () => {
    const score = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
    fc.assert(
      fc.property(score, score, fc.constantFrom('BOTH' as const, 'NOBODY' as const), (a, b, tie) => {
        const { winners } = winnersOf([side('a', a), side('b', b)], tie);
        const least = Math.max(a ?? 0, b ?? 0);
        expect(winners.every((id) => (id === 'a' ? a : b) === least)).toBe(true);
        if (a !== b) expect(winners).toHaveLength(1);
      }),
    );
  });
});

test('attempts add up, or the best one counts, in whatever order they come', () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(amounts, (all) => {
      const total = (scoring: 'SUM' | 'BEST') =>
        all.reduce<Big | null>((score, amount) => scoreWith(score, new Big(amount), scoring), null)?.toNumber();
      expect(total('SUM')).toBe(all.reduce((sum, amount) => sum + amount, 0));
      expect(total('BEST')).toBe(Math.max(...all));
    }),
  );
});
