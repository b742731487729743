import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TieRule } from '#domain/leaderboard/standing.ts';
import { assertPlan, type PrizeBand, type PrizePlan } from '#domain/season/plan.ts';
import { decidePrizes, prizeCost, type Ranking } from '#domain/season/prizes.ts';
import { placeRows, type SealedRow } from '#domain/season/sealed.ts';

const band = (from: number, to: number, points: number, overrides: Partial<PrizeBand> = {}): PrizeBand => ({
  ...{ name: `${from} to ${to}`, kind: 'RANK', from, to, points, rewardId: null, badge: null },
  ...overrides,
});

const plan = (bands: readonly PrizeBand[], overrides: Partial<PrizePlan> = {}): PrizePlan => ({
  ...{
    currencyId: 'points',
    bands,
    ties: 'SPLIT',
    minimumScore: null,
    minimumEntrants: 0,
    budget: null,
    claimDays: null,
  },
  ...overrides,
});

const DESCENDING: Ranking = { direction: 'DESCENDING', tieRule: 'COMPETITION' };

/** Sealed rows of customers c0, c1, … with these scores. */
function sealed(scores: readonly number[], { direction, tieRule }: Ranking = DESCENDING, part = ''): SealedRow[] {
  const rows = scores.map((score, index) => ({
    ...{ customerId: `${part}c${String(index).padStart(4, '0')}`, score, subScore: 0, part, isListed: true },
    reachedAt: new Date(index),
  }));
  return placeRows(rows, direction, tieRule);
}

/** Who wins how many points. */
function pointsOf(prizes: PrizePlan, rows: readonly SealedRow[], ranking = DESCENDING): Record<string, number> {
  return Object.fromEntries(decidePrizes(prizes, rows, ranking).map((award) => [award.customerId, award.points]));
}

describe('a prize', () => {
  it('goes by rank, the first band that holds the place', () => {
    const bands = [band(1, 1, 100), band(1, 3, 50), band(4, 4, 7)];
    expect(pointsOf(plan(bands), sealed([40, 30, 20, 10, 5]))).toEqual({ c0000: 100, c0001: 50, c0002: 50, c0003: 7 });
  });

  it('is the better band for everybody, or the pool shared and rounded down, over the edge of a band', () => {
    // Places 2, 3 and 4 are shared by three.
    const rows = sealed([40, 30, 30, 30, 5]);
    const bands = [band(1, 1, 100), band(2, 3, 50)];
    expect(pointsOf(plan(bands), rows)).toEqual({ c0000: 100, c0001: 33, c0002: 33, c0003: 33 });
    const better = plan(bands, { ties: 'BETTER_BAND', budget: 1_000 });
    expect(pointsOf(better, rows)).toEqual({ c0000: 100, c0001: 50, c0002: 50, c0003: 50 });
  });

  it('gives what cannot be divided to everybody who shares the place', () => {
    const rows = sealed([40, 40, 5]);
    const awards = decidePrizes(plan([band(1, 1, 101, { badge: 'winner', rewardId: 'mug' })]), rows, DESCENDING);
    expect(awards.map(({ points, badge, rewardId }) => [points, badge, rewardId])).toEqual([
      [50, 'winner', 'mug'],
      [50, 'winner', 'mug'],
    ]);
  });

  it('counts ranks without gaps, or places one by one, as the tie rule of the board does', () => {
    const bands = [band(1, 1, 90), band(2, 2, 60), band(3, 3, 30)];
    const scores = [9, 9, 5, 1];
    const by = (tieRule: TieRule) => {
      const ranking: Ranking = { direction: 'DESCENDING', tieRule };
      return Object.values(pointsOf(plan(bands), sealed(scores, ranking), ranking));
    };
    expect(by('COMPETITION')).toEqual([75, 75, 30]);
    expect(by('DENSE')).toEqual([45, 45, 60, 30]);
    expect(by('FIRST_TO_REACH')).toEqual([90, 60, 30]);
  });

  it('goes to a share of the entrants, where a started place counts as whole', () => {
    const percent = (from: number, to: number, points: number) => band(from, to, points, { kind: 'PERCENT' });
    const prizes = plan([percent(0, 1_000, 9), percent(1_000, 5_000, 3)], { budget: 1_000 });
    // 10 % of 11 is two places, 50 % are six.
    const rows = sealed(Array.from({ length: 11 }, (_row, index) => 100 - index));
    expect(Object.values(pointsOf(prizes, rows))).toEqual([9, 9, 3, 3, 3, 3]);
  });

  it('asks for a score and for entrants, and looks at each part of a board by itself', () => {
    const bands = [band(1, 2, 10)];
    expect(pointsOf(plan(bands, { minimumScore: 20 }), sealed([30, 10]))).toEqual({ c0000: 10 });
    expect(pointsOf(plan(bands, { minimumEntrants: 3 }), sealed([30, 10]))).toEqual({});
    const ascending: Ranking = { direction: 'ASCENDING', tieRule: 'COMPETITION' };
    expect(pointsOf(plan(bands, { minimumScore: 20 }), sealed([30, 10], ascending), ascending)).toEqual({ c0001: 10 });
    const parts = [...sealed([30, 10, 5], DESCENDING, 'a'), ...sealed([3], DESCENDING, 'b')];
    expect(pointsOf(plan(bands, { minimumEntrants: 2 }), parts)).toEqual({ ac0000: 10, ac0001: 10 });
    expect(pointsOf(plan(bands), parts)).toEqual({ ac0000: 10, ac0001: 10, bc0000: 10 });
  });

  it('is cut for the group that uses the budget up, and gone for those after it', () => {
    const bands = [band(1, 1, 10), band(2, 9, 8)];
    const prizes = plan(bands, { ties: 'BETTER_BAND', budget: 20 });
    expect(pointsOf(prizes, sealed([9, 5, 5, 5, 1]))).toEqual({ c0000: 10, c0001: 3, c0002: 3, c0003: 3 });
  });

  it('is not for who is not listed, and ranks those who are without a gap', () => {
    const rows = placeRows(
      [3, 2, 1].map((score, index) => ({
        ...{ customerId: `c${index}`, score, subScore: 0, part: '', isListed: index !== 0, reachedAt: new Date(0) },
      })),
      'DESCENDING',
      'COMPETITION',
    );
    expect(pointsOf(plan([band(1, 1, 10)]), rows)).toEqual({ c1: 10 });
  });
});

const arbitraryPlan = fc.record({
  amounts: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 6 }),
  widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 6, maxLength: 6 }),
  ties: fc.constantFrom('SPLIT' as const, 'BETTER_BAND' as const),
  budget: fc.integer({ min: 1, max: 5_000 }),
});
const arbitraryScores = fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 40 });
const arbitraryRule = fc.constantFrom<TieRule>('COMPETITION', 'DENSE', 'FIRST_TO_REACH');

describe('whatever the standings', () => {
  it('prizes never cost more than the budget or the worst case, never grow with the rank, and are equal for equals', () => {
    fc.assert(
      fc.property(arbitraryPlan, arbitraryScores, arbitraryRule, (wanted, scores, tieRule) => {
        let from = 1;
        const bands = wanted.amounts
          .toSorted((a, b) => b - a)
          .map((points, index) => {
            const to = from + (wanted.widths[index] ?? 1) - 1;
            const made = band(from, to, points, { badge: 'took part' });
            from = to + 1;
            return made;
          });
        const prizes = plan(bands, { ties: wanted.ties, budget: wanted.budget });
        const ranking: Ranking = { direction: 'DESCENDING', tieRule };
        const rows = sealed(scores, ranking);
        const awards = decidePrizes(prizes, rows, ranking);
        const sum = awards.reduce((total, award) => total + award.points, 0);
        expect(sum).toBeLessThanOrEqual(wanted.budget);
        expect(sum).toBeLessThanOrEqual(prizeCost(prizes, scores.length, 1, tieRule).worstCase);
        const byRank = awards.toSorted((a, b) => a.rank - b.rank);
        for (const [index, award] of byRank.entries()) {
          const next = byRank[index + 1];
          if (next === undefined) continue;
          if (tieRule !== 'DENSE' || wanted.ties === 'BETTER_BAND')
            expect(next.points).toBeLessThanOrEqual(award.points);
          if (next.rank === award.rank) expect(next.points).toBe(award.points);
        }
        expect(new Set(awards.map(({ customerId }) => customerId)).size).toBe(awards.length);
      }),
      { numRuns: 500 },
    );
  });

  it('a shared pool is paid out but for what does not divide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 10_000 }), (size, points) => {
        const prizes = plan([band(1, 30, points)]);
        const rows = sealed(Array.from({ length: size }, () => 7));
        const sum = decidePrizes(prizes, rows, DESCENDING).reduce((total, award) => total + award.points, 0);
        expect(sum).toBe(size * points);
        const single = decidePrizes(plan([band(1, 1, points)]), rows, DESCENDING);
        const paid = single.reduce((total, award) => total + award.points, 0);
        expect(points - paid).toBeGreaterThanOrEqual(0);
        expect(points - paid).toBeLessThan(size);
      }),
    );
  });
});

describe('a plan', () => {
  const check = (prizes: PrizePlan) => () => assertPlan({ graceMinutes: 60, prizes });

  it('states a budget where ties or shares could cost without limit', () => {
    expect(check(plan([band(1, 3, 50)]))).not.toThrow();
    expect(check(plan([band(1, 3, 50)], { ties: 'BETTER_BAND' }))).toThrow('budget');
    expect(check(plan([band(0, 1_000, 50, { kind: 'PERCENT' })]))).toThrow('budget');
    expect(check(plan([band(0, 1_000, 0, { kind: 'PERCENT', badge: 'top' })]))).not.toThrow();
  });

  it('is refused with a band that gives nothing, or lies nowhere', () => {
    expect(check(plan([band(1, 3, 0)]))).toThrow('gives something');
    expect(check(plan([band(0, 3, 5)]))).toThrow('place');
    expect(check(plan([band(3, 2, 5)]))).toThrow('place');
    expect(check(plan([band(0, 10_001, 5, { kind: 'PERCENT' })], { budget: 9 }))).toThrow('place');
    expect(check(plan([]))).toThrow('bands');
  });

  it('tells what it costs at worst, before anybody has won', () => {
    const bands = [band(1, 1, 100), band(2, 3, 50)];
    expect(prizeCost(plan(bands), 10, 1, 'COMPETITION')).toEqual({
      ...{ withoutTies: 200, worstCase: 200, uncapped: 200, places: [1, 2] },
    });
    const better = plan(bands, { ties: 'BETTER_BAND', budget: 500 });
    expect(prizeCost(better, 10, 1, 'COMPETITION')).toMatchObject({
      withoutTies: 200,
      worstCase: 500,
      uncapped: 1_000,
    });
    expect(prizeCost(better, 10, 1, 'FIRST_TO_REACH')).toMatchObject({ worstCase: 200, uncapped: 200 });
    expect(prizeCost(plan(bands, { minimumEntrants: 11 }), 10, 1, 'COMPETITION')).toMatchObject({ worstCase: 0 });
  });
});
