import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cohortPart, seatNewcomers } from '#domain/league/cohorts.ts';
import { decideIdle, decideMoves, type LeaguePlayer } from '#domain/league/decide.ts';
import { assertLeague, type LeaguePlan } from '#domain/league/plan.ts';

const PLAN: LeaguePlan = {
  levels: ['bronze', 'silver', 'gold'],
  cohortSize: 4,
  promote: { kind: 'COUNT', value: 1 },
  relegate: { kind: 'PERCENT', value: 25 },
  idleDropMax: 2,
};

const player = (customerId: string, level: number, position: number | null, cohort = 1): LeaguePlayer => ({
  ...{ customerId, level, cohort, position },
});

describe('a cohort', () => {
  it('takes newcomers of its level until it is full, the newest first', () => {
    const seats = seatNewcomers(
      PLAN,
      [
        { level: 0, cohort: 2, size: 3 },
        { level: 1, cohort: 1, size: 4 },
      ],
      ['a', 'b', 'c', 'd'].map((customerId, index) => ({ customerId, level: index === 2 ? 1 : index === 3 ? 9 : 0 })),
    );
    expect(seats.map((seat) => `${seat.customerId} ${cohortPart(PLAN, seat)}`)).toEqual([
      'a bronze:2',
      'b bronze:3',
      'c silver:2',
      'd gold:1',
    ]);
  });

  it('never holds more than its size, and leaves nobody without a seat', () => {
    const newcomers = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 60 });
    fc.assert(
      fc.property(newcomers, fc.integer({ min: 2, max: 7 }), (levels, cohortSize) => {
        const people = levels.map((level, index) => ({ customerId: String(index), level }));
        const seats = seatNewcomers({ ...PLAN, cohortSize }, [], people);
        expect(seats.map(({ customerId, level }) => ({ customerId, level }))).toEqual(people);
        const cohorts = Map.groupBy(seats, ({ level, cohort }) => `${level} ${cohort}`);
        for (const members of cohorts.values()) expect(members.length).toBeLessThanOrEqual(cohortSize);
        // All but the newest cohort of a level are full.
        const open = [...cohorts.values()].filter((members) => members.length < cohortSize);
        expect(open.length).toBeLessThanOrEqual(new Set(levels).size);
      }),
    );
  });
});

describe('a season', () => {
  const outcomes = (players: LeaguePlayer[], plan = PLAN): string[] =>
    decideMoves(plan, players).map(({ customerId, from, to, outcome }) => `${customerId} ${from}-${to} ${outcome}`);

  it('moves the first up and the last down, each cohort by itself', () => {
    const cohort = (level: number, name: string, number: number) =>
      [1, 2, 3, 4].map((position) => player(`${name}${position}`, level, position, number));
    expect(outcomes([...cohort(1, 'a', 1), ...cohort(1, 'b', 2)])).toEqual([
      ...['a1 1-2 PROMOTED', 'a2 1-1 STAYED', 'a3 1-1 STAYED', 'a4 1-0 RELEGATED'],
      ...['b1 1-2 PROMOTED', 'b2 1-1 STAYED', 'b3 1-1 STAYED', 'b4 1-0 RELEGATED'],
    ]);
  });

  it('leaves the first of the highest level and the last of the lowest where they are', () => {
    expect(outcomes([player('a', 2, 1), player('b', 2, 2), player('c', 2, 3), player('d', 2, 4)])).toEqual([
      ...['a 2-2 STAYED', 'b 2-2 STAYED', 'c 2-2 STAYED', 'd 2-1 RELEGATED'],
    ]);
    expect(outcomes([player('a', 0, 1), player('b', 0, 2), player('c', 0, 3), player('d', 0, 4)])).toEqual([
      ...['a 0-1 PROMOTED', 'b 0-0 STAYED', 'c 0-0 STAYED', 'd 0-0 STAYED'],
    ]);
  });

  it('puts who is alone up, and nobody down from a cohort too small for the share', () => {
    expect(outcomes([player('a', 1, 1)])).toEqual(['a 1-2 PROMOTED']);
    expect(outcomes([player('a', 1, 1), player('b', 1, 2), player('c', 1, 3)])).toEqual([
      ...['a 1-2 PROMOTED', 'b 1-1 STAYED', 'c 1-1 STAYED'],
    ]);
  });

  it('puts nobody up who has no place', () => {
    expect(outcomes([player('hidden', 1, null)])).toEqual(['hidden 1-1 STAYED']);
  });

  it('drops who did not play a level at a time, and no more than the plan allows', () => {
    const idle = (level: number, idleDrops: number) => decideIdle(PLAN, [{ customerId: 'a', level, idleDrops }]);
    expect(idle(2, 0)).toEqual([{ customerId: 'a', from: 2, to: 1, outcome: 'DROPPED_IDLE' }]);
    expect(idle(2, 2)).toEqual([]);
    expect(idle(0, 0)).toEqual([]);
  });
});

it('is refused with zones that overlap, levels that repeat, or cohorts of one', () => {
  expect(() => assertLeague(PLAN)).not.toThrow();
  expect(() => assertLeague({ ...PLAN, promote: { kind: 'COUNT', value: 4 } })).toThrow('zones');
  expect(() => assertLeague({ ...PLAN, levels: ['a', 'a'] })).toThrow('levels');
  expect(() => assertLeague({ ...PLAN, cohortSize: 1 })).toThrow('cohort');
  expect(() => assertLeague({ ...PLAN, idleDropMax: 3 })).toThrow('Idle');
});
