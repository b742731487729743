import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AwardExpirySchema, CurrencyExpirySchema, type AwardExpiry } from '#domain/earning/expiry-style.ts';
import { expiryOf } from '#domain/earning/expiry.ts';
import { localDay, startOfDay } from '#domain/time.ts';

import { POINTS } from '../../support/earning.ts';

const BERLIN = 'Europe/Berlin';
/** Where clocks go from 23:59 to 1:00 in spring: the day has no midnight. */
const CAIRO = 'Africa/Cairo';

const end = (expiry: AwardExpiry, earnedAt: string, zone = 'UTC'): string | undefined =>
  expiryOf(expiry, POINTS, new Date(earnedAt), zone)?.toISOString();

describe('points that expire so long after the day of earning', () => {
  it.each([
    ['to the end of that day', {}, '2026-11-22T10:00:00Z', '2027-11-23T00:00:00.000Z'],
    ['to the end of its month', { roundUpTo: 'MONTH' }, '2026-11-22T10:00:00Z', '2027-12-01T00:00:00.000Z'],
    ['to the end of its quarter', { roundUpTo: 'QUARTER' }, '2026-11-22T10:00:00Z', '2028-01-01T00:00:00.000Z'],
    ['to the end of its half-year', { roundUpTo: 'HALF_YEAR' }, '2026-05-22T10:00:00Z', '2027-07-01T00:00:00.000Z'],
    ['to the end of its year', { roundUpTo: 'YEAR' }, '2026-05-22T10:00:00Z', '2028-01-01T00:00:00.000Z'],
    [
      'on the last day of a month to its end',
      { roundUpTo: 'MONTH' },
      '2026-02-28T10:00:00Z',
      '2027-03-01T00:00:00.000Z',
    ],
  ] as const)('last %s', (_title, rounding, earnedAt, expiresAt) => {
    expect(end({ months: 12, days: null, ...rounding }, earnedAt)).toBe(expiresAt);
  });

  it('round days up, too', () => {
    expect(end({ months: null, days: 10, roundUpTo: 'QUARTER' }, '2026-03-25T10:00:00Z')).toBe(
      '2026-07-01T00:00:00.000Z',
    );
  });

  it('end with the last day of a month that lacks theirs', () => {
    expect(end({ months: 1, days: null }, '2027-01-31T10:00:00Z')).toBe('2027-03-01T00:00:00.000Z');
  });
});

describe('points that expire on days of the year', () => {
  const halves: AwardExpiry = { kind: 'ON_DATES', dates: ['12-31', '06-30'], minDays: 30 };

  it.each([
    ['the next of the days', '2026-03-01T00:00:00Z', '2026-07-01T00:00:00.000Z'],
    ['a day that lies exactly so many days ahead', '2026-05-31T23:59:59Z', '2026-07-01T00:00:00.000Z'],
    ['the day after that when it lies nearer', '2026-06-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['a day of the next year', '2026-12-05T00:00:00Z', '2027-07-01T00:00:00.000Z'],
  ])('last to the end of %s', (_title, earnedAt, expiresAt) => {
    expect(end(halves, earnedAt)).toBe(expiresAt);
  });

  it('last to the end of today without a least time', () => {
    expect(end({ ...halves, minDays: 0 }, '2026-06-30T23:00:00Z')).toBe('2026-07-01T00:00:00.000Z');
  });

  it('take 28 February for the 29th in other years', () => {
    const leap: AwardExpiry = { kind: 'ON_DATES', dates: ['02-29'], minDays: 0 };
    expect(end(leap, '2027-01-01T00:00:00Z')).toBe('2027-03-01T00:00:00.000Z');
    expect(end(leap, '2028-01-01T00:00:00Z')).toBe('2028-03-01T00:00:00.000Z');
    expect(end(leap, '2028-02-29T12:00:00Z')).toBe('2028-03-01T00:00:00.000Z');
  });
});

describe('days of the program’s zone', () => {
  it('end at its midnight, which daylight saving moves', () => {
    const year: AwardExpiry = { months: 12, days: null, roundUpTo: 'MONTH' };
    // 23:30 UTC is the next day, and the next month, in Berlin.
    expect(end(year, '2026-02-28T23:30:00Z', BERLIN)).toBe('2027-03-31T22:00:00.000Z');
    expect(end({ kind: 'ON_DATES', dates: ['03-27'], minDays: 0 }, '2027-01-01T12:00:00Z', BERLIN)).toBe(
      '2027-03-27T23:00:00.000Z',
    );
    expect(end({ kind: 'ON_DATES', dates: ['03-28'], minDays: 0 }, '2027-01-01T12:00:00Z', BERLIN)).toBe(
      '2027-03-28T22:00:00.000Z',
    );
  });

  it('begin with the first moment where midnight is skipped', () => {
    expect(end({ kind: 'ON_DATES', dates: ['04-23'], minDays: 0 }, '2026-04-01T12:00:00Z', CAIRO)).toBe(
      '2026-04-23T22:00:00.000Z',
    );
    expect(localDay(new Date('2026-04-23T22:00:00Z'), CAIRO)).toBe('2026-04-24');
  });
});

const length = fc.oneof(
  fc.record({ months: fc.integer({ min: 1, max: 1_200 }), days: fc.constant(null) }),
  fc.record({ months: fc.constant(null), days: fc.integer({ min: 1, max: 36_500 }) }),
);
const monthDay = fc
  .date({ min: new Date('2028-01-01T00:00:00Z'), max: new Date('2028-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(5, 10));
const style: fc.Arbitrary<AwardExpiry> = fc.oneof(
  length,
  fc
    .tuple(length, fc.constantFrom('MONTH', 'QUARTER', 'HALF_YEAR', 'YEAR'))
    .map(([plain, roundUpTo]) => ({ ...plain, roundUpTo })),
  fc.record({
    kind: fc.constant('ON_DATES' as const),
    dates: fc.uniqueArray(monthDay, { minLength: 1, maxLength: 20 }),
    minDays: fc.integer({ min: 0, max: 3_660 }),
  }),
);
const instant = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2036-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const zone = fc.constantFrom('UTC', BERLIN, CAIRO, 'America/Sao_Paulo', 'Pacific/Apia', 'Australia/Lord_Howe');

const endOf = (expiry: AwardExpiry, earnedAt: Date, timeZone: string): Date => {
  const found = expiryOf(expiry, POINTS, earnedAt, timeZone);
  if (found === null) throw new Error('a date');
  return found;
};

describe('whatever the style', () => {
  it('points last to the end of the day of their earning at least, and end with a local day', () => {
    fc.assert(
      fc.property(style, instant, zone, (expiry, earnedAt, timeZone) => {
        expect(AwardExpirySchema.safeParse(expiry).success).toBe(true);
        const expiresAt = endOf(expiry, earnedAt, timeZone);
        expect(localDay(new Date(expiresAt.getTime() - 1), timeZone) >= localDay(earnedAt, timeZone)).toBe(true);
        expect(startOfDay(localDay(expiresAt, timeZone), timeZone)).toEqual(expiresAt);
      }),
    );
  });

  it('points that are earned later never expire sooner', () => {
    fc.assert(
      fc.property(style, instant, instant, zone, (expiry, one, other, timeZone) => {
        const [first, second] = one <= other ? [one, other] : [other, one];
        expect(endOf(expiry, first, timeZone) <= endOf(expiry, second, timeZone)).toBe(true);
      }),
    );
  });

  it('rounding up never takes time away, and less than the period is added', () => {
    fc.assert(
      fc.property(length, instant, (plain, earnedAt) => {
        const before = endOf(plain, earnedAt, 'UTC');
        for (const [roundUpTo, days] of [
          ['MONTH', 31],
          ['QUARTER', 92],
          ['HALF_YEAR', 184],
          ['YEAR', 366],
        ] as const) {
          const added = endOf({ ...plain, roundUpTo }, earnedAt, 'UTC').getTime() - before.getTime();
          expect(added).toBeGreaterThanOrEqual(0);
          expect(added).toBeLessThan(days * 86_400_000);
        }
      }),
    );
  });
});

describe('a style is refused', () => {
  const inactivity = { kind: 'INACTIVITY', months: 12, days: null, earning: true, spending: true, activityTypes: [] };
  it.each([
    ['with months and days', { months: 1, days: 1 }],
    ['with neither', { months: null, days: null }],
    ['rounded up to a week', { months: 1, days: null, roundUpTo: 'WEEK' }],
    ['without a date', { kind: 'ON_DATES', dates: [], minDays: 0 }],
    ['with 30 February', { kind: 'ON_DATES', dates: ['02-30'], minDays: 0 }],
    ['with the month 13', { kind: 'ON_DATES', dates: ['13-01'], minDays: 0 }],
    ['with a date twice', { kind: 'ON_DATES', dates: ['12-31', '12-31'], minDays: 0 }],
    [
      'with more than twenty dates',
      { kind: 'ON_DATES', dates: Array.from({ length: 21 }, (_, n) => `01-${n + 10}`), minDays: 0 },
    ],
    ['when nothing is activity', { ...inactivity, earning: false, spending: false }],
  ])('%s', (_title, expiry) => {
    expect(CurrencyExpirySchema.safeParse(expiry).success).toBe(false);
  });

  it('for an award when it asks for activity, which only a currency does', () => {
    expect(CurrencyExpirySchema.safeParse(inactivity).success).toBe(true);
    expect(AwardExpirySchema.safeParse(inactivity).success).toBe(false);
  });
});
