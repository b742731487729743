import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LadderPeriod } from '#domain/tier/ladder.ts';
import { windowOf } from '#domain/tier/period.ts';
import { addDays } from '#domain/time.ts';

const calendar = (unit: 'YEAR' | 'HALF_YEAR' | 'QUARTER' | 'MONTH'): LadderPeriod => ({ kind: 'CALENDAR', unit });
const joining = (months: number): LadderPeriod => ({ kind: 'FROM_JOINING', months });

describe('a period', () => {
  it.each([
    ['a year', calendar('YEAR'), '2026-12-31', '2026-01-01', '2027-01-01'],
    ['a half-year', calendar('HALF_YEAR'), '2026-07-01', '2026-07-01', '2027-01-01'],
    ['a quarter', calendar('QUARTER'), '2026-06-30', '2026-04-01', '2026-07-01'],
    ['a month of a leap year', calendar('MONTH'), '2028-02-29', '2028-02-01', '2028-03-01'],
    ['a year from joining', joining(12), '2026-05-09', '2025-05-10', '2026-05-10'],
    ['the first day of one', joining(12), '2026-05-10', '2026-05-10', '2027-05-10'],
    ['half a year from joining', joining(6), '2025-11-10', '2025-11-10', '2026-05-10'],
    ['the time before joining', joining(12), '2024-05-09', '2023-05-10', '2024-05-10'],
    ['ten rolling days', { kind: 'ROLLING', days: 10, months: null }, '2026-03-01', '2026-02-20', '2026-03-02'],
    ['three rolling months', { kind: 'ROLLING', days: null, months: 3 }, '2026-03-01', '2025-12-02', '2026-03-02'],
  ] as [string, LadderPeriod, string, string, string][])('is %s', (_title, period, day, from, to) => {
    expect(windowOf(period, day, '2024-05-10')).toEqual({ from, to });
  });

  it('of who joined on 29 February begins on 28 February, and on the 29th in leap years', () => {
    const years = ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'];
    for (const [index, from] of years.entries()) {
      expect(windowOf(joining(12), from, '2024-02-29').from).toBe(from);
      expect(windowOf(joining(12), addDays(from, -1), '2024-02-29').to).toBe(from);
      expect(years[index]).toBe(from);
    }
    expect(windowOf(joining(1), '2024-03-30', '2024-01-31')).toEqual({ from: '2024-02-29', to: '2024-03-31' });
  });

  it('has every day in exactly one of its kind, before joining and after', () => {
    const kinds = [
      calendar('YEAR'),
      calendar('HALF_YEAR'),
      calendar('QUARTER'),
      calendar('MONTH'),
      joining(1),
      joining(5),
      joining(12),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 0, max: 3000 }),
        (period, joined, offset) => {
          const joinedOn = addDays('2020-01-01', joined);
          const day = addDays('2020-01-01', offset);
          const { from, to } = windowOf(period, day, joinedOn);
          expect(from! <= day && day < to!).toBe(true);
          expect(windowOf(period, to!, joinedOn).from).toBe(to);
          expect(windowOf(period, addDays(from!, -1), joinedOn).to).toBe(from);
        },
      ),
    );
  });
});
