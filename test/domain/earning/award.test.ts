import { Big } from 'big.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { pointsFromValue, pointsPerUnit, roundToPoints } from '#domain/earning/award.ts';
import { PointsOutOfRangeError } from '#domain/errors.ts';

test.each([
  ['FLOOR', ['-1.5', '-0.1', '0', '0.9', '1.5'], [-2, -1, 0, 0, 1]],
  ['CEILING', ['-1.5', '-0.1', '0', '0.1', '1.5'], [-1, -0, 0, 1, 2]],
  ['HALF_UP', ['-2.5', '-0.5', '0.5', '1.5', '2.5'], [-3, -1, 1, 2, 3]],
  ['HALF_EVEN', ['-2.5', '-0.5', '0.5', '1.5', '2.5'], [-2, -0, 0, 2, 2]],
] as const)('%s rounds as it says, below zero too', (rounding, values, points) => {
  expect(values.map((value) => roundToPoints(new Big(value), rounding) + 0)).toEqual(points.map((value) => value + 0));
});

test('floor and ceiling enclose every value, and differ by one unless it is whole', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: 0, max: 999 }),
      (whole, thousandths) => {
        const value = new Big(whole).plus(new Big(thousandths).div(1_000));
        const [floor, ceiling] = [roundToPoints(value, 'FLOOR'), roundToPoints(value, 'CEILING')];
        expect(value.gte(floor) && value.lte(ceiling)).toBe(true);
        expect(ceiling - floor).toBe(thousandths === 0 ? 0 : 1);
      },
    ),
  );
});

test('no amount leaves a binary residue: n cents at 100 points a unit are n points', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (cents) => {
      expect(pointsPerUnit(cents / 100, '100', 'FLOOR')).toBe(cents);
    }),
  );
});

test('points beyond 2^53−1 are refused, never rounded', () => {
  expect(pointsPerUnit('9007199254740991', '1', 'FLOOR')).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => pointsPerUnit('9007199254740991', '1.0000001', 'FLOOR')).toThrow(PointsOutOfRangeError);
});

test('an expression that comes to no finite number gives nothing', () => {
  expect([Infinity, Number.NaN, 'text', null, true].map((value) => pointsFromValue(value, 'FLOOR'))).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect(pointsFromValue(12n, 'FLOOR')).toBe(12);
});
