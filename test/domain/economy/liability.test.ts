import { describe, expect, test } from 'vitest';

import {
  allocate,
  deferredLiability,
  expectedRemaining,
  liabilityAt,
  revenueToDate,
  SENSITIVITY_RATES,
  standAlonePoints,
} from '#domain/economy/liability.ts';

/** Minor units as whole money, rounded the way the sources print it. */
const whole = (minor: number): number => Math.round(minor / 100);

describe('IFRS 15 and ASC 606, Example 52', () => {
  // 10,000 points worth 1 each, 9,500 of them expected, with goods of 100,000; in cents.
  const points = standAlonePoints(10_000, '100000', '0.95');
  const share = allocate(10_000_000, { goods: 10_000_000, points });

  test('allocates 91,324 to the goods and 8,676 to the points', () => {
    expect([whole(share.goods), whole(share.points)]).toEqual([91_324, 8_676]);
    expect(share.goods + share.points).toBe(10_000_000);
  });

  test('earns 4,110 in the first year and owes 4,566', () => {
    const first = { share: share.points, redeemed: 4_500, expected: 9_500 };
    expect([whole(revenueToDate(first)), whole(deferredLiability(first))]).toEqual([4_110, 4_566]);
  });

  test('earns 3,493 in the second year by a new estimate and owes 1,073, without a new allocation', () => {
    const first = revenueToDate({ share: share.points, redeemed: 4_500, expected: 9_500 });
    const second = { share: share.points, redeemed: 8_500, expected: 9_700 };
    expect([whole(revenueToDate(second) - first), whole(deferredLiability(second))]).toEqual([3_493, 1_073]);
  });
});

describe('KPMG handbook, examples 10A and 10B', () => {
  const earned = (redeemed: number, expected: number): number => revenueToDate({ share: 900_000, redeemed, expected });

  test('would allocate 8,842.30 before its rounding to 9,000', () => {
    const points = standAlonePoints(10_000, '100000', '0.97');
    expect(allocate(10_000_000, { goods: 10_000_000, points }).points).toBe(884_230);
  });

  test('earns 4,175, then 3,552 with 9,900 expected or 4,140 with 9,200', () => {
    const second = earned(4_500, 9_700);
    expect(whole(second)).toBe(4_175);
    expect(whole(earned(8_500, 9_900) - second)).toBe(3_552);
    expect(whole(earned(8_500, 9_200) - second)).toBe(4_140);
  });
});

describe('a liability at cost', () => {
  test('is 912,886 / 1,114,959 / 1,317,031 / 1,519,103 for the airline at .7 / .8 / .9 / 1', () => {
    // Hundredths of a point; 501,620 dollars were paid for 6,197,774 points.
    const points = { issued: 2_496_707_893, redeemed: 619_777_400, outstanding: 1_876_930_493 };
    const perThousand = '80.935510072';
    expect(SENSITIVITY_RATES.map((rate) => whole(liabilityAt(points, rate, perThousand)))).toEqual([
      912_886, 1_114_959, 1_317_031, 1_519_103,
    ]);
  });

  test('is never below zero, nor for more than customers still have', () => {
    expect(expectedRemaining({ issued: 100, redeemed: 80, outstanding: 5 }, '0.7').toFixed()).toBe('0');
    expect(expectedRemaining({ issued: 100, redeemed: 10, outstanding: 5 }, '0.7').toFixed()).toBe('5');
    expect(expectedRemaining({ issued: 100, redeemed: 100, outstanding: -20 }, '1').toFixed()).toBe('0');
  });

  test('is all revenue once nothing more is expected', () => {
    expect(deferredLiability({ share: 500, redeemed: 0, expected: 0 })).toBe(0);
    expect(deferredLiability({ share: 500, redeemed: 20, expected: 10 })).toBe(0);
  });
});
