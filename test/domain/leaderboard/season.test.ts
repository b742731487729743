import { expect, it } from 'vitest';

import { seasonOf } from '#domain/leaderboard/season.ts';

const at = (text: string): Date => new Date(text);

it('cuts days, weeks and months in the zone of the program, the first instant included', () => {
  const berlin = 'Europe/Berlin';
  expect(seasonOf({ period: 'DAY' }, at('2026-11-21T22:59:59.999Z'), berlin).key).toBe('2026-11-21');
  expect(seasonOf({ period: 'DAY' }, at('2026-11-21T23:00:00Z'), berlin)).toEqual({
    key: '2026-11-22',
    startsOn: '2026-11-22',
    endsOn: '2026-11-23',
  });
  expect(seasonOf({ period: 'WEEK' }, at('2026-11-22T22:59:59.999Z'), berlin)).toEqual({
    key: '2026-W47',
    startsOn: '2026-11-16',
    endsOn: '2026-11-23',
  });
  expect(seasonOf({ period: 'WEEK' }, at('2026-11-22T23:00:00Z'), berlin).key).toBe('2026-W48');
  expect(seasonOf({ period: 'MONTH' }, at('2026-11-30T23:00:00Z'), berlin)).toEqual({
    key: '2026-12',
    startsOn: '2026-12-01',
    endsOn: '2027-01-01',
  });
  expect(seasonOf({ period: 'ALL_TIME' }, at('1999-01-01T00:00:00Z'), berlin)).toEqual({
    key: 'all',
    startsOn: null,
    endsOn: null,
  });
});

it.each([
  ['2026-03-23T00:00:00+01:00', '2026-03-29T23:59:59.999+02:00', 'the 167 hours of the week that springs forward'],
  ['2026-10-19T00:00:00+02:00', '2026-10-25T23:59:59.999+01:00', 'the 169 hours of the week that falls back'],
])('counts from %s to %s as one week: %s', (first, last) => {
  const week = seasonOf({ period: 'WEEK' }, at(first), 'Europe/Berlin');
  expect(seasonOf({ period: 'WEEK' }, at(last), 'Europe/Berlin')).toEqual(week);
  expect(seasonOf({ period: 'WEEK' }, new Date(at(first).getTime() - 1), 'Europe/Berlin').key).not.toBe(week.key);
  expect(seasonOf({ period: 'WEEK' }, new Date(at(last).getTime() + 1), 'Europe/Berlin').key).not.toBe(week.key);
});

it('puts the last days of December into the ISO year of their week', () => {
  expect(seasonOf({ period: 'WEEK' }, at('2027-01-03T12:00:00Z'), 'UTC').key).toBe('2026-W53');
  expect(seasonOf({ period: 'WEEK' }, at('2024-12-30T12:00:00Z'), 'UTC').key).toBe('2025-W01');
});
