import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PointsOutOfRangeError } from '#domain/errors.ts';
import { scoreChanges, type ScoredFact } from '#domain/leaderboard/changes.ts';
import {
  contribution,
  NOT_JUDGED,
  scoreText,
  toUnits,
  type ReversedFact,
  type TrackedFact,
} from '#domain/leaderboard/score.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { DEFAULT_PLAN } from '#domain/season/plan.ts';

const board = (overrides: Partial<Leaderboard> = {}): Leaderboard => ({
  id: 'board',
  code: 'board',
  name: 'Board',
  metric: 'PROPERTY_SUM',
  currencyId: null,
  activityTypeId: 'purchase',
  property: 'amount',
  scoreDecimals: 2,
  direction: 'DESCENDING',
  period: 'ALL_TIME',
  cron: null,
  dates: [],
  plan: DEFAULT_PLAN,
  league: null,
  tieRule: 'COMPETITION',
  subProperty: null,
  subScoreDecimals: 0,
  scoreMin: null,
  scoreMax: null,
  attemptsMax: null,
  scope: 'PROGRAM',
  scopeKey: null,
  audience: '',
  customersSee: 'EVERYTHING',
  isPublic: true,
  archived: false,
  ...overrides,
});

const tracked = (amount: unknown, points = 0): TrackedFact => ({
  kind: 'TRACKED',
  activityTypeId: 'purchase',
  properties: { amount },
  judged: NOT_JUDGED,
  points: new Map([['points', points]]),
});
const reversed = (amount: unknown, overrides: Partial<ReversedFact> = {}): ReversedFact => ({
  kind: 'REVERSED',
  activityTypeId: 'purchase',
  properties: { amount },
  whole: true,
  judged: NOT_JUDGED,
  earned: new Map(),
  points: new Map(),
  returned: new Map(),
  ...overrides,
});
const part = (before: string, now: string): Partial<ReversedFact> => ({
  whole: false,
  returned: new Map([['amount', { before, now }]]),
});

describe('a contribution', () => {
  it('of points earned is what was granted in the currency, and back what was taken', () => {
    const points = board({ metric: 'POINTS_EARNED', currencyId: 'points', activityTypeId: null, property: null });
    expect(contribution(points, tracked('1', 7))).toEqual({ kind: 'ADD', amount: 7, sub: 0 });
    expect(contribution(points, reversed('1', { points: new Map([['points', 5]]) }))).toEqual({
      kind: 'ADD',
      amount: -5,
      sub: 0,
    });
    expect(contribution({ ...points, currencyId: 'other' }, tracked('1', 7))).toBeNull();
  });

  it('of a count is one, and a partial reversal leaves it', () => {
    const count = board({ metric: 'ACTIVITY_COUNT', property: null, scoreDecimals: 0 });
    expect(contribution(count, tracked('1'))).toEqual({ kind: 'ADD', amount: 1, sub: 0 });
    expect(contribution(count, reversed('1'))).toEqual({ kind: 'ADD', amount: -1, sub: 0 });
    expect(contribution(count, reversed('1', part('0', '1')))).toBeNull();
    expect(contribution({ ...count, activityTypeId: 'visit' }, tracked('1'))).toBeNull();
  });

  it.each([
    ['10.5', 1_050],
    [10.5, 1_050],
    ['0.005', 1],
    ['-0.005', -1],
    ['0.004', null],
    ['0', null],
    [undefined, null],
    ['ten', null],
    [true, null],
  ])('of a property %j with two decimals is %j, ties away from zero', (amount, units) => {
    expect(contribution(board(), tracked(amount))).toEqual(
      units === null ? null : { kind: 'ADD', amount: units, sub: 0 },
    );
  });

  it('of a property beyond 2^53−1 units is refused', () => {
    expect(contribution(board({ scoreDecimals: 0 }), tracked('9007199254740991'))).toEqual({
      kind: 'ADD',
      amount: Number.MAX_SAFE_INTEGER,
      sub: 0,
    });
    expect(() => contribution(board({ scoreDecimals: 0 }), tracked('9007199254740992'))).toThrow(PointsOutOfRangeError);
    expect(() => contribution(board({ scoreDecimals: 6 }), tracked('9007199254740991'))).toThrow(PointsOutOfRangeError);
  });

  it('of returned parts adds up to nothing once all is returned, whatever the rounding', () => {
    const cents = fc.integer({ min: 1, max: 99_999 });
    fc.assert(
      fc.property(
        fc.array(cents, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 6 }),
        (parts, scoreDecimals) => {
          const text = (thousandths: number): string => (thousandths / 1_000).toFixed(3);
          const total = parts.reduce((sum, one) => sum + one, 0);
          const facts = [
            tracked(text(total)),
            ...parts.map((one, index) =>
              reversed(
                text(total),
                part(text(parts.slice(0, index).reduce((sum, before) => sum + before, 0)), text(one)),
              ),
            ),
          ];
          const amounts = facts
            .map((fact) => contribution(board({ scoreDecimals }), fact))
            .map((one) => (one?.kind === 'ADD' ? one.amount : 0));
          expect(amounts.reduce((sum, one) => sum + one, 0)).toBe(0);
        },
      ),
    );
  });
});

describe('a batch of facts', () => {
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 23, minute));
  const fact = (customerId: string, amount: string, minute: number): ScoredFact => ({
    ...tracked(amount),
    customerId,
    activityId: `${customerId} ${minute}`,
    occurredAt: at(minute),
  });

  it('becomes one change a board, season and customer, the same in any order', () => {
    const boards = [
      board({ id: 'sum' }),
      board({ id: 'highest', metric: 'PROPERTY_BEST' }),
      board({ id: 'lowest', metric: 'PROPERTY_BEST', direction: 'ASCENDING', period: 'DAY' }),
      board({ id: 'archived', archived: true }),
    ];
    const facts = [fact('a', '3', 1), fact('a', '9', 5), fact('a', '9', 4), fact('a', '2', 59), fact('b', '1', 0)];
    const folded = (order: readonly ScoredFact[]) =>
      scoreChanges(boards, order, 'Europe/Berlin')
        .map(({ leaderboard, season, customerId, change, reachedAt }) => [
          leaderboard.id,
          season.key,
          customerId,
          change,
          reachedAt.getUTCMinutes(),
        ])
        .toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    expect(folded(facts)).toEqual([
      ['highest', 'all', 'a', { kind: 'VALUE', amount: 900, sub: 0 }, 4],
      ['highest', 'all', 'b', { kind: 'VALUE', amount: 100, sub: 0 }, 0],
      ['lowest', '2026-11-23', 'a', { kind: 'VALUE', amount: 200, sub: 0 }, 59],
      ['lowest', '2026-11-23', 'b', { kind: 'VALUE', amount: 100, sub: 0 }, 0],
      ['sum', 'all', 'a', { kind: 'ADD', amount: 2_300, sub: 0 }, 59],
      ['sum', 'all', 'b', { kind: 'ADD', amount: 100, sub: 0 }, 0],
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (order) => {
        expect(folded(order)).toEqual(folded(facts));
      }),
    );
  });
});

describe('a score as text', () => {
  it('is exact and reads back', () => {
    expect([
      scoreText(2_933, 2),
      scoreText(-5, 2),
      scoreText(0, 2),
      scoreText(7, 0),
      scoreText(Number.MAX_SAFE_INTEGER, 6),
    ]).toEqual(['29.33', '-0.05', '0.00', '7', '9007199254.740991']);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (score, decimals) => {
        expect(toUnits(scoreText(score, decimals), decimals)).toBe(score);
      }),
    );
  });
});
