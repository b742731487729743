import fc from 'fast-check';
import { expect, test } from 'vitest';

import { takeBack, type PurchasedLine } from '../../src/import/cancellation.ts';

const line = (order: number, stockCode: string, remaining: number): PurchasedLine => ({
  activityId: `a${order}`,
  lineId: `${order}:${stockCode}`,
  stockCode,
  order,
  remaining,
  quantity: remaining,
  amount: '1',
});

test('the latest purchase of the article gives first, and earlier ones what it lacks', () => {
  const lines = [line(1, 'A', 5), line(3, 'A', 2), line(2, 'A', 4), line(4, 'B', 9)];
  const { taken, unmatched } = takeBack(lines, 'A', 7);
  expect(taken.map(({ line: { order }, quantity }) => [order, quantity])).toEqual([
    [3, 2],
    [2, 4],
    [1, 1],
  ]);
  expect(unmatched).toBe(0);
  expect(takeBack(lines, 'A', 9)).toMatchObject({ taken: [{ quantity: 4 }], unmatched: 5 });
});

test('nothing is taken back twice, and taken and unmatched always add up to what was cancelled', () => {
  const purchases = fc.array(
    fc.record({ stockCode: fc.constantFrom('A', 'B'), remaining: fc.integer({ min: 1, max: 20 }) }),
    { maxLength: 12 },
  );
  const cancellations = fc.array(
    fc.record({ stockCode: fc.constantFrom('A', 'B'), quantity: fc.integer({ min: 1, max: 30 }) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(purchases, cancellations, (bought, cancelled) => {
      const lines = bought.map(({ stockCode, remaining }, order) => line(order, stockCode, remaining));
      const takenOf = new Map<string, number>();
      for (const { stockCode, quantity } of cancelled) {
        const { taken, unmatched } = takeBack(lines, stockCode, quantity);
        expect(taken.reduce((sum, part) => sum + part.quantity, unmatched)).toBe(quantity);
        for (const part of taken) takenOf.set(part.line.lineId, (takenOf.get(part.line.lineId) ?? 0) + part.quantity);
      }
      for (const { lineId, quantity, remaining } of lines)
        expect(quantity - (takenOf.get(lineId) ?? 0)).toBe(remaining);
    }),
  );
});
