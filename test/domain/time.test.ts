import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { endOfDayAfter, isTimeZone, localDay, periodDays, periodKey, startOfDay } from '#domain/time.ts';

/** The local day as the runtime's own calendar tells it, asked without any memory. */
function dayByIntl(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    instant,
  );
}

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Pacific/Apia',
  'America/Santiago',
  'Africa/Cairo',
];

describe('the local day', () => {
  test('is the runtime’s own, at any instant since 1990 in any zone', () => {
    const instants = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2037-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
        expect(localDay(instant, zone)).toBe(dayByIntl(instant, zone));
      }),
      { numRuns: 1_000 },
    );
  });

  test('changes at midnight there, to the millisecond', () => {
    expect(localDay(new Date('2026-03-01T04:59:59.999Z'), 'America/New_York')).toBe('2026-02-28');
    expect(localDay(new Date('2026-03-01T05:00:00.000Z'), 'America/New_York')).toBe('2026-03-01');
  });

  test('of both 01:30 of a repeated hour is the same', () => {
    expect(
      ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((at) => localDay(new Date(at), 'Europe/London')),
    ).toEqual(['2026-10-25', '2026-10-25']);
  });

  test('was skipped in Apia on 30 December 2011', () => {
    expect(
      ['2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z'].map((at) => localDay(new Date(at), 'Pacific/Apia')),
    ).toEqual(['2011-12-29', '2011-12-31']);
  });
});

describe('periods', () => {
  test('are named by day, ISO week, month and year', () => {
    expect(
      ['DAY', 'WEEK', 'MONTH', 'YEAR', 'ALL_TIME'].map((period) => periodKey(period as 'DAY', '2027-01-03')),
    ).toEqual(['2027-01-03', '2026-W53', '2027-01', '2027', 'all']);
    expect(periodKey('WEEK', '2027-01-04')).toBe('2027-W01');
  });

  test('begin on Monday, on the first, and contain their day', () => {
    expect(periodDays('WEEK', '2026-11-22')).toEqual({ startsOn: '2026-11-16', endsOn: '2026-11-23' });
    expect(periodDays('MONTH', '2028-02-29')).toEqual({ startsOn: '2028-02-01', endsOn: '2028-03-01' });
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        fc.constantFrom('DAY', 'WEEK', 'MONTH', 'YEAR' as const),
        (instant, period) => {
          const day = instant.toISOString().slice(0, 10);
          const { startsOn, endsOn } = periodDays(period, day);
          expect(startsOn <= day && day < endsOn).toBe(true);
          expect(periodKey(period as 'DAY', startsOn)).toBe(periodKey(period as 'DAY', day));
          expect(periodKey(period as 'DAY', endsOn)).not.toBe(periodKey(period as 'DAY', day));
        },
      ),
    );
  });
});

describe('a length of time from a day', () => {
  test.each([
    ['1 month from 31 January', '2026-01-31T12:00:00Z', { months: 1 }, '2026-03-01T00:00:00.000Z'],
    ['1 month from 31 January of a leap year', '2028-01-31T12:00:00Z', { months: 1 }, '2028-03-01T00:00:00.000Z'],
    ['12 months from 29 February', '2028-02-29T12:00:00Z', { months: 12 }, '2029-03-01T00:00:00.000Z'],
    ['14 days', '2026-11-22T23:59:59Z', { days: 14 }, '2026-12-07T00:00:00.000Z'],
  ])('%s ends with the last day that it includes', (_title, from, length, until) => {
    expect(endOfDayAfter(new Date(from), 'UTC', length).toISOString()).toBe(until);
  });

  test('is counted in local days, over both clock changes', () => {
    expect(endOfDayAfter(new Date('2026-03-28T22:00:00Z'), 'Europe/Berlin', { days: 1 }).toISOString()).toBe(
      '2026-03-29T22:00:00.000Z',
    );
    expect(endOfDayAfter(new Date('2026-10-24T21:00:00Z'), 'Europe/Berlin', { days: 1 }).toISOString()).toBe(
      '2026-10-25T23:00:00.000Z',
    );
  });
});

test('a day begins at its first moment where midnight does not exist', () => {
  const start = startOfDay('2026-09-06', 'America/Santiago');
  expect(start.toISOString()).toBe('2026-09-06T04:00:00.000Z');
  expect(localDay(new Date(start.getTime() - 1), 'America/Santiago')).toBe('2026-09-05');
});

test('only names of the zone database are zones', () => {
  expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).toBe(true);
  expect(['Mars/Phobos', 'GMT+25', '', '+02:00', 'Europe/Berlin; drop'].some(isTimeZone)).toBe(false);
});
