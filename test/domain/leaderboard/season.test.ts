import fc from 'fast-check';
import { expect, it } from 'vitest';

import { cronSpan, parseCron } from '#domain/leaderboard/season-cron.ts';
import { defineDates, defineSeasons } from '#domain/leaderboard/season-times.ts';
import {
  seasonAfter,
  seasonOf,
  type SeasonPeriod,
  type SeasonSpan,
  type SeasonTimes,
} from '#domain/leaderboard/season.ts';

const at = (text: string): Date => new Date(text);

/** A season that there must be. */
function season(times: SeasonTimes, instant: Date, timeZone: string): SeasonSpan {
  const span = seasonOf(times, instant, timeZone);
  if (span === null) throw new Error('no season');
  return span;
}

it('cuts days, weeks, months, quarters and years in the zone of the program, the first instant included', () => {
  const berlin = 'Europe/Berlin';
  const keyOf = (period: SeasonPeriod, instant: string): string => season({ period }, at(instant), berlin).key;
  expect(keyOf('DAY', '2026-11-21T22:59:59.999Z')).toBe('2026-11-21');
  expect(season({ period: 'DAY' }, at('2026-11-21T23:00:00Z'), berlin)).toEqual({
    key: '2026-11-22',
    name: null,
    startsOn: '2026-11-22',
    endsOn: '2026-11-23',
    startsAt: at('2026-11-21T23:00:00Z'),
    endsAt: at('2026-11-22T23:00:00Z'),
  });
  expect(season({ period: 'WEEK' }, at('2026-11-22T22:59:59.999Z'), berlin)).toMatchObject({
    key: '2026-W47',
    startsOn: '2026-11-16',
    endsOn: '2026-11-23',
  });
  expect(keyOf('WEEK', '2026-11-22T23:00:00Z')).toBe('2026-W48');
  expect(season({ period: 'MONTH' }, at('2026-11-30T23:00:00Z'), berlin)).toMatchObject({
    key: '2026-12',
    startsOn: '2026-12-01',
    endsOn: '2027-01-01',
  });
  expect(season({ period: 'QUARTER' }, at('2026-12-31T22:59:59.999Z'), berlin)).toMatchObject({
    key: '2026-Q4',
    startsOn: '2026-10-01',
    endsOn: '2027-01-01',
  });
  expect(keyOf('QUARTER', '2026-12-31T23:00:00Z')).toBe('2027-Q1');
  expect(keyOf('YEAR', '2026-12-31T23:00:00Z')).toBe('2027');
  expect(season({ period: 'ALL_TIME' }, at('1999-01-01T00:00:00Z'), berlin)).toMatchObject({
    key: 'all',
    startsOn: null,
    endsOn: null,
  });
});

it.each([
  ['2026-03-23T00:00:00+01:00', '2026-03-29T23:59:59.999+02:00', 'the 167 hours of the week that springs forward'],
  ['2026-10-19T00:00:00+02:00', '2026-10-25T23:59:59.999+01:00', 'the 169 hours of the week that falls back'],
])('counts from %s to %s as one week: %s', (first, last) => {
  const week = season({ period: 'WEEK' }, at(first), 'Europe/Berlin');
  expect(season({ period: 'WEEK' }, at(last), 'Europe/Berlin')).toEqual(week);
  expect(season({ period: 'WEEK' }, new Date(at(first).getTime() - 1), 'Europe/Berlin').key).not.toBe(week.key);
  expect(season({ period: 'WEEK' }, new Date(at(last).getTime() + 1), 'Europe/Berlin').key).not.toBe(week.key);
});

it('puts the last days of December into the ISO year of their week', () => {
  expect(season({ period: 'WEEK' }, at('2027-01-03T12:00:00Z'), 'UTC').key).toBe('2026-W53');
  expect(season({ period: 'WEEK' }, at('2024-12-30T12:00:00Z'), 'UTC').key).toBe('2025-W01');
});

const CRONS = ['0 9 * * 1', '30 2 * * *', '0 0 1 */3 *', '15 6,18 * * *', '0 12 29 2 *', '30 23 1,15 * 5', '0 0 * * 7'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Australia/Lord_Howe', 'America/Sao_Paulo'];

it('puts every instant into exactly one season of a schedule, over changes of the clock and a skipped day', () => {
  const instants = fc.oneof(
    fc.date({ min: at('2011-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z'), noInvalidDate: true }),
    // About the night in which Apia had no 30 December, and nights in which clocks change.
    fc.date({ min: at('2011-12-29T00:00:00Z'), max: at('2012-01-01T00:00:00Z'), noInvalidDate: true }),
    fc.date({ min: at('2026-03-28T22:00:00Z'), max: at('2026-03-29T04:00:00Z'), noInvalidDate: true }),
    fc.date({ min: at('2026-10-24T22:00:00Z'), max: at('2026-10-25T04:00:00Z'), noInvalidDate: true }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...CRONS), fc.constantFrom(...ZONES), instants, (cron, zone, instant) => {
      // Past what is remembered: each answer must come to the same by itself.
      const spanAt = (moment: Date) => cronSpan(parseCron(cron), moment, zone);
      const span = spanAt(instant);
      expect(span.startsAt <= instant && instant < span.endsAt).toBe(true);
      expect(spanAt(span.startsAt)).toEqual(span);
      expect(spanAt(new Date(span.endsAt.getTime() - 1))).toEqual(span);
      expect(spanAt(span.endsAt).startsAt).toEqual(span.endsAt);
      const times: SeasonTimes = { period: 'CRON', cron };
      const named = season(times, instant, zone);
      expect(seasonAfter(times, named, zone)?.key).not.toBe(named.key);
    }),
    { numRuns: 150 },
  );
});

it('begins a season of a schedule at the time that the clocks of the zone show', () => {
  const times: SeasonTimes = { period: 'CRON', cron: '0 9 * * 1' };
  expect(season(times, at('2026-10-22T12:00:00Z'), 'Europe/Berlin')).toEqual({
    key: '2026-10-19T09:00',
    name: null,
    startsOn: '2026-10-19',
    endsOn: '2026-10-27',
    startsAt: at('2026-10-19T07:00:00Z'),
    endsAt: at('2026-10-26T08:00:00Z'),
  });
  // 02:30 is skipped on 29 March: the season begins when the clocks go on.
  expect(season({ period: 'CRON', cron: '30 2 * * *' }, at('2026-03-29T12:00:00Z'), 'Europe/Berlin').startsAt).toEqual(
    at('2026-03-29T01:30:00Z'),
  );
});

it.each(['* * * * *', '0 9 * *', '0 25 * * *', '0 9 30 2 *', '0 9 * 13 *', '0 9 * * 1-x', '*/5 9 * * *'])(
  'refuses the schedule %s, which is malformed, never comes, or comes every minute',
  (cron) => {
    expect(() => parseCron(cron)).toThrow(/schedule|none of/);
  },
);

it('counts nothing between dated seasons, and refuses those that overlap', () => {
  const dated = (key: string, from: string, to: string) => ({ key, name: key, startsAt: at(from), endsAt: at(to) });
  const dates = [
    dated('summer', '2026-06-01T00:00:00Z', '2026-08-01T00:00:00Z'),
    dated('spring', '2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z'),
  ];
  const times: SeasonTimes = { period: 'DATES', dates: defineDates(dates) };
  expect(seasonOf(times, at('2026-05-15T00:00:00Z'), 'UTC')).toBeNull();
  expect(seasonOf(times, at('2026-05-01T00:00:00Z'), 'UTC')).toBeNull();
  const spring = season(times, at('2026-04-30T23:59:59.999Z'), 'UTC');
  expect(spring.key).toBe('spring');
  expect(seasonAfter(times, spring, 'UTC')?.key).toBe('summer');
  expect(() => defineDates([...dates, dated('may', '2026-04-30T00:00:00Z', '2026-05-30T00:00:00Z')])).toThrow(
    'overlap',
  );
  expect(() => defineDates([dated('x', '2026-05-01T00:00:00Z', '2026-05-01T00:00:00Z')])).toThrow('ends after');
  expect(() => defineSeasons({ period: 'WEEK', dates })).toThrow('DATES');
  expect(() => defineSeasons({ period: 'CRON' })).toThrow('schedule');
});
