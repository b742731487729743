import { expect, test } from 'vitest';

import {
  dayAt,
  endOfPeriod,
  firstDayOf,
  periodName,
  periodOf,
  shownMs,
  type CustomerClock,
} from '#domain/streak/calendar.ts';

const HOUR = 3_600_000;
const still = (zone: string): CustomerClock => ({ zone, moves: [] });
const at = (text: string): Date => new Date(text);

test('periods are numbered without gaps, over leap days, ISO weeks 53 and turns of years', () => {
  expect(periodOf('DAY', '2028-03-01') - periodOf('DAY', '2028-02-28')).toBe(2);
  expect(periodOf('DAY', '2027-03-01') - periodOf('DAY', '2027-02-28')).toBe(1);
  // 2026 has 53 ISO weeks: its last days and the first of 2027 share the last one.
  const last = periodOf('WEEK', '2026-12-31');
  expect(periodOf('WEEK', '2027-01-03')).toBe(last);
  expect(periodName('WEEK', last)).toBe('2026-W53');
  expect(periodName('WEEK', last + 1)).toBe('2027-W01');
  expect(firstDayOf('WEEK', last + 1)).toBe('2027-01-04');
  expect(periodOf('MONTH', '2027-01-01') - periodOf('MONTH', '2026-12-31')).toBe(1);
  expect(firstDayOf('MONTH', periodOf('MONTH', '2026-12-31'))).toBe('2026-12-01');
  expect(periodName('MONTH', periodOf('MONTH', '2028-02-29'))).toBe('2028-02');
});

test('a day ends at local midnight, after 23 hours in spring and 25 in autumn', () => {
  const berlin = still('Europe/Berlin');
  const length = (day: string): number => {
    const number = periodOf('DAY', day);
    return (endOfPeriod(berlin, 'DAY', number).getTime() - endOfPeriod(berlin, 'DAY', number - 1).getTime()) / HOUR;
  };
  expect([length('2026-03-28'), length('2026-03-29'), length('2026-10-25')]).toEqual([24, 23, 25]);
  expect(shownMs(berlin, '2026-03-29') / HOUR).toBe(23);
  expect(endOfPeriod(berlin, 'DAY', periodOf('DAY', '2026-10-25'))).toEqual(at('2026-10-25T23:00:00Z'));
});

test('zones named Etc count with their sign turned round, as far as 14 hours ahead and 12 behind', () => {
  const noon = at('2026-06-01T11:00:00Z');
  expect(dayAt(still('Etc/GMT-14'), noon)).toBe('2026-06-02');
  expect(dayAt(still('Etc/GMT+12'), noon)).toBe('2026-05-31');
  expect(endOfPeriod(still('Etc/GMT-14'), 'DAY', periodOf('DAY', '2026-06-01'))).toEqual(at('2026-06-01T10:00:00Z'));
  expect(endOfPeriod(still('Etc/GMT+12'), 'DAY', periodOf('DAY', '2026-06-01'))).toEqual(at('2026-06-02T12:00:00Z'));
});

test('the day that the date line took from Samoa was never shown', () => {
  const apia = still('Pacific/Apia');
  expect(shownMs(apia, '2011-12-30')).toBe(0);
  expect(shownMs(apia, '2011-12-29') / HOUR).toBe(24);
  expect(dayAt(apia, at('2011-12-30T09:59:59Z'))).toBe('2011-12-29');
  expect(dayAt(apia, at('2011-12-30T10:00:00Z'))).toBe('2011-12-31');
});

test('an instant belongs to the day of the zone in which the customer was then, and to no other after a move', () => {
  // Kiritimati is a whole day ahead of Honolulu: the clocks go back from the 2nd to the 1st.
  const moved: CustomerClock = {
    zone: 'Pacific/Honolulu',
    moves: [{ at: at('2026-01-01T22:00:00Z'), from: 'Pacific/Kiritimati' }],
  };
  expect(dayAt(moved, at('2026-01-01T21:59:59Z'))).toBe('2026-01-02');
  expect(dayAt(moved, at('2026-01-01T22:00:00Z'))).toBe('2026-01-01');
  // The 1st was over in Kiritimati and begins to be shown again: it is over at midnight in Honolulu.
  expect(endOfPeriod(moved, 'DAY', periodOf('DAY', '2026-01-01'))).toEqual(at('2026-01-02T10:00:00Z'));
  expect(shownMs(moved, '2026-01-01') / HOUR).toBe(24 + 12);
});

test('a move east ends a day early and shows only part of the next', () => {
  const moved: CustomerClock = {
    zone: 'Pacific/Kiritimati',
    moves: [{ at: at('2026-01-02T09:00:00Z'), from: 'Pacific/Honolulu' }],
  };
  // At 23:00 on the 1st the clocks jump to 23:00 on the 2nd.
  expect(endOfPeriod(moved, 'DAY', periodOf('DAY', '2026-01-01'))).toEqual(at('2026-01-02T09:00:00Z'));
  expect(shownMs(moved, '2026-01-01') / HOUR).toBe(23);
  expect(shownMs(moved, '2026-01-02') / HOUR).toBe(1);
});
