import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { candidateDays, DAYS_APART, dayInYear, dueCelebration, type Celebrant } from '#domain/occasion/celebration.ts';

const OCCASION = { leapDay: 'FEB_28' as const, catchUpDays: 7 };

const celebrant = (overrides: Partial<Celebrant> = {}): Celebrant => ({
  date: '1990-06-15',
  timeZone: 'America/New_York',
  joinedOn: '2020-01-01',
  lastDay: null,
  ...overrides,
});

const due = (now: string, overrides: Partial<Celebrant> = {}, occasion = OCCASION) =>
  dueCelebration(occasion, celebrant(overrides), new Date(now));

describe('a celebration', () => {
  test('is due from midnight by the customer’s own clocks', () => {
    expect(due('2026-06-15T03:59:59Z')).toBeNull();
    expect(due('2026-06-15T04:00:00Z')).toEqual({ day: '2026-06-15', year: 2026, years: 36 });
    expect(due('2026-06-14T10:00:00Z', { timeZone: 'Pacific/Kiritimati' })).toMatchObject({ day: '2026-06-15' });
  });

  test('is made up for as long as the occasion says, also across the turn of a year', () => {
    expect(due('2026-06-22T12:00:00Z')).toMatchObject({ day: '2026-06-15' });
    expect(due('2026-06-23T12:00:00Z')).toBeNull();
    expect(due('2027-01-02T12:00:00Z', { date: '1990-12-30' })).toEqual({ day: '2026-12-30', year: 2026, years: 36 });
  });

  test('of 29 February is on the day that the occasion states', () => {
    const born = { date: '1992-02-29' };
    expect(dayInYear('1992-02-29', 2024, 'FEB_28')).toBe('2024-02-29');
    expect(due('2026-02-28T12:00:00Z', born)).toMatchObject({ day: '2026-02-28' });
    expect(due('2026-02-28T12:00:00Z', born, { ...OCCASION, leapDay: 'MAR_1' as never })).toBeNull();
    expect(due('2026-03-01T12:00:00Z', born, { ...OCCASION, leapDay: 'MAR_1' as never })).toMatchObject({
      day: '2026-03-01',
    });
  });

  test('is not due for who joined after the day, nor on the day of joining itself', () => {
    expect(due('2026-06-16T12:00:00Z', { joinedOn: '2026-06-16' })).toBeNull();
    expect(due('2026-06-15T12:00:00Z', { date: '2026-06-15', joinedOn: '2026-06-15' })).toBeNull();
    expect(due('2027-06-15T12:00:00Z', { date: '2026-06-15', joinedOn: '2026-06-15' })).toMatchObject({ years: 1 });
  });

  test('comes once, however often one looks, and not again when the date is moved', () => {
    expect(due('2026-06-15T12:00:00Z', { lastDay: '2026-06-15' })).toBeNull();
    expect(due('2026-09-01T12:00:00Z', { date: '1990-09-01', lastDay: '2026-06-15' })).toBeNull();
    expect(due('2027-01-01T12:00:00Z', { date: '1990-01-01', lastDay: '2026-12-31' })).toBeNull();
    expect(due('2027-06-15T12:00:00Z', { lastDay: '2026-06-15' })).toMatchObject({ year: 2027 });
  });

  test('is at least so many days after the one before, once a year, whatever dates and zones are edited', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Pacific/Apia');
    const day = fc
      .date({ min: new Date('1990-01-01'), max: new Date('1999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const edits = fc.array(fc.record({ date: day, timeZone: zone, hours: fc.integer({ min: 1, max: 2_000 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(edits, (steps) => {
        let now = Date.parse('2024-01-01T00:00:00Z');
        let lastDay: string | null = null;
        for (const { date, timeZone, hours } of steps) {
          now += hours * 3_600_000;
          const found = dueCelebration(OCCASION, celebrant({ date, timeZone, lastDay }), new Date(now));
          if (found === null) continue;
          if (lastDay !== null) {
            expect((Date.parse(found.day) - Date.parse(lastDay)) / 86_400_000).toBeGreaterThanOrEqual(DAYS_APART);
            expect(found.day.slice(0, 4)).not.toBe(lastDay.slice(0, 4));
          }
          lastDay = found.day;
        }
      }),
    );
  });

  test('that is due anywhere is among the days that candidates are looked up by', () => {
    const zone = fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Etc/GMT+12');
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2024-01-01'), max: new Date('2029-12-31'), noInvalidDate: true }),
        fc.date({ min: new Date('1990-01-01'), max: new Date('1999-12-31'), noInvalidDate: true }),
        zone,
        fc.constantFrom('FEB_28' as const, 'MAR_1' as const),
        (now, born, timeZone, leapDay) => {
          const date = born.toISOString().slice(0, 10);
          const found = dueCelebration({ leapDay, catchUpDays: 7 }, celebrant({ date, timeZone }), now);
          if (found !== null) expect(candidateDays({ catchUpDays: 7 }, now)).toContain(date.slice(5));
        },
      ),
      { numRuns: 500 },
    );
  });
});
