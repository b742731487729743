import { expect, test } from 'vitest';

import { lengthsReached, runAround } from '#domain/streak/step.ts';

import { streakProblems } from '../../support/streak.ts';

test('what a streak cannot mean is told when it is published', () => {
  const count = { kind: 'COUNT' as const, activityType: 'purchase' };
  expect(streakProblems({})).toEqual([]);
  expect(streakProblems({ conditions: [{ measure: { kind: 'COUNT', activityType: 'nothing' } }] })).toHaveLength(1);
  expect(streakProblems({ conditions: [{ measure: count, threshold: '0' }] })).toHaveLength(1);
  expect(streakProblems({ conditions: [{ measure: count, threshold: '1.5' }] })).toHaveLength(1);
  expect(streakProblems({ conditions: [{ measure: count }, { measure: count }] })).toEqual([
    'daily.conditions: Two conditions count the same.',
  ]);
  expect(streakProblems({ conditions: [{ measure: count, condition: 'counters.today > 1' }] })).toHaveLength(1);
  expect(streakProblems({ conditions: [{ measure: count, condition: 'activity.properties.amount' }] })).toHaveLength(1);
  expect(streakProblems({ freezes: { initial: 2, max: 1 } })).toHaveLength(1);
  expect(streakProblems({ freezes: { everyPeriods: 7 } })).toHaveLength(1);
  expect(streakProblems({ atRiskHours: 24 })).toEqual([
    'daily.atRiskHours: A period may have 23 hours: tell no earlier than that.',
  ]);
  expect(streakProblems({ customerMayPause: true })).toHaveLength(1);
  expect(streakProblems({ customerMayRestore: true })).toHaveLength(1);
  expect(streakProblems({ audience: 'customer.nothing' })).toHaveLength(1);
});

test('prizes are for lengths that a run newly has: not for what either part of it had reached', () => {
  const prizes = [
    { length: 7, repeats: false, points: 70 },
    { length: 10, repeats: true, points: null },
  ];
  const reached = (before: number, after: number, given: number[] = []) =>
    lengthsReached(prizes, { before, after, length: before + 1 + after }, (length) => given.includes(length));
  expect(reached(6, 0)).toEqual([{ length: 7, points: 70 }]);
  expect(reached(7, 0)).toEqual([]);
  expect(reached(6, 0, [7])).toEqual([]);
  expect(reached(5, 14).map(({ length }) => length)).toEqual([20]);
  expect(reached(5, 5).map(({ length }) => length)).toEqual([7, 10]);
});

test('a run is found around any of its periods', () => {
  const trail = [
    { period: 1, length: 1 },
    { period: 2, length: 2 },
    { period: 5, length: 1 },
    { period: 6, length: 2 },
    { period: 8, length: 3 },
  ];
  expect(runAround(trail, 6)).toEqual({ before: 1, after: 1, length: 3, first: 5, last: 8 });
  expect(runAround(trail, 2)).toEqual({ before: 1, after: 0, length: 2, first: 1, last: 2 });
  expect(runAround(trail, 3)).toBeNull();
});
