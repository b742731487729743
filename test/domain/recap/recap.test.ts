import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { busiest, placeAmong, RECAP_ACTIVE_MIN, windowProblem } from '#domain/recap/recap.ts';

describe('the place among active customers', () => {
  test('is told from thirty of them on, and not before', () => {
    const group = (customers: number) => [
      { points: 0, customers: customers - 1 },
      { points: 5, customers: 1 },
    ];
    expect(placeAmong(group(29), 5)).toBeNull();
    expect(placeAmong(group(30), 5)).toEqual({ active: 30, less: 29, tied: 1, share: 29 / 30 });
    expect(RECAP_ACTIVE_MIN).toBe(30);
  });

  test('counts ties as not less: 10 with less, 15 equals, 5 with more are a third', () => {
    const groups = [
      { points: 900, customers: 5 },
      { points: 1, customers: 10 },
      { points: 40, customers: 15 },
    ];
    expect(placeAmong(groups, 40)).toEqual({ active: 30, less: 10, tied: 15, share: 1 / 3 });
    expect(placeAmong(groups, 1)?.share).toBe(0);
    // Points that came after the others were counted.
    expect(placeAmong(groups, 41)).toEqual({ active: 30, less: 25, tied: 1, share: 25 / 30 });
  });

  test('is the same as by counting one by one, for any points', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 30, maxLength: 60 }), (points) => {
        const groups = [...Map.groupBy(points, (one) => one)].map(([key, all]) => ({
          points: key,
          customers: all.length,
        }));
        for (const own of points) {
          const place = placeAmong(groups, own);
          expect(place?.less).toBe(points.filter((one) => one < own).length);
          expect(place?.tied).toBe(points.filter((one) => one === own).length);
          expect(place?.share).toBeLessThan(1);
        }
      }),
    );
  });
});

test('the busiest day and month are those with the most, of equals the first', () => {
  const day = (name: string, activities: number) => ({ name, activities });
  expect(busiest([])).toBeNull();
  expect(busiest([day('2026-01-31', 3), day('2026-02-01', 2), day('2026-02-28', 2), day('2026-03-05', 3)])).toEqual({
    day: day('2026-01-31', 3),
    month: day('2026-02', 4),
  });
  expect(busiest([day('2026-02-01', 1), day('2026-01-01', 1)])).toEqual({
    day: day('2026-01-01', 1),
    month: day('2026-01', 1),
  });
});

test('a window has at least a day and at most 400', () => {
  const problem = (from: string, to: string) => windowProblem({ from, to });
  expect(problem('2026-01-01', '2027-01-01')).toBeNull();
  expect(problem('2026-01-01', '2026-01-02')).toBeNull();
  expect(problem('2026-01-01', '2026-01-01')).toMatch(/ends after it begins/);
  expect(problem('2026-01-01', '2027-02-05')).toBeNull();
  expect(problem('2026-01-01', '2027-02-06')).toMatch(/at most 400 days/);
});
