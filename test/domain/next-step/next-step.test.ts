import { Big } from 'big.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { rankNextSteps, type Candidate } from '#domain/next-step/next-step.ts';

const step = (kind: Candidate['kind'], code: string, needed: number, has: number): Candidate => ({
  kind,
  code,
  within: null,
  name: code,
  needed: new Big(needed),
  has: new Big(has),
  unit: 'points',
});

it('puts the smallest missing share first, and what is there already before everything', () => {
  const ranked = rankNextSteps(
    [step('TIER', 'gold', 5000, 4000), step('REWARD', 'mug', 9000, 9500), step('LEVEL', 'pro', 1000, 900)],
    10,
  );
  expect(ranked.map(({ code, missing, share }) => [code, missing.toFixed(), share])).toEqual([
    ['mug', '0', 0],
    ['pro', '100', 0.1],
    ['gold', '1000', 0.2],
  ]);
});

it('does not depend on the order in which candidates come', () => {
  const any = fc.array(
    fc.tuple(
      fc.constantFrom('TIER' as const, 'LEVEL' as const, 'REWARD' as const),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(any, (items) => {
      const candidates = items.map(([kind, needed, has], index) => step(kind, `c${index}`, needed, has));
      expect(rankNextSteps(candidates.toReversed(), 5)).toEqual(rankNextSteps(candidates, 5));
    }),
  );
});
