import { Temporal } from 'temporal-polyfill';

import { addDays } from '../time.ts';
import type { CalendarUnit, LadderPeriod } from './ladder.ts';

/** Local days [from, to), `YYYY-MM-DD`; null has no bound on that side. */
export type Window = { from: string | null; to: string | null };

const UNIT_MONTHS: Record<CalendarUnit, number> = { YEAR: 12, HALF_YEAR: 6, QUARTER: 3, MONTH: 1 };

/**
 * The days that count together with a day. Calendar periods begin with January; periods from joining begin with the local
 * day of joining, counted anew from that day each time, so that a day that a month lacks is its last: who joined on
 * 29 February begins years on 28 February, and on the 29th in leap years. Before joining they run backwards. A rolling
 * window ends with the day itself.
 */
export function windowOf(period: LadderPeriod, day: string, joinedOn: string): Window {
  switch (period.kind) {
    case 'CALENDAR': {
      const date = Temporal.PlainDate.from(day);
      const months = UNIT_MONTHS[period.unit];
      const from = date.with({ month: date.month - ((date.month - 1) % months), day: 1 });
      return { from: from.toString(), to: from.add({ months }).toString() };
    }
    case 'FROM_JOINING':
      return joiningWindow(day, joinedOn, period.months);
    case 'ROLLING':
      return windowBefore(period, addDays(day, 1));
    case 'LIFETIME':
      return { from: null, to: null };
  }
}

function joiningWindow(day: string, joinedOn: string, months: number): Window {
  const joined = Temporal.PlainDate.from(joinedOn);
  const begin = (index: number): string => joined.add({ months: index * months }).toString();
  const whole = joined.until(Temporal.PlainDate.from(day), { largestUnit: 'months' }).months;
  let index = Math.floor(whole / months);
  // Whole months are counted towards zero, which is one too few before joining, and misses shortened months.
  while (begin(index) > day) index -= 1;
  while (begin(index + 1) <= day) index += 1;
  return { from: begin(index), to: begin(index + 1) };
}

/** The rolling window of the days before `to`. */
export function windowBefore(period: Extract<LadderPeriod, { kind: 'ROLLING' }>, to: string): Window {
  const length = period.days === null ? { months: period.months ?? 0 } : { days: period.days };
  return { from: Temporal.PlainDate.from(to).subtract(length).toString(), to };
}

/** The rolling window's length after a day. */
export function afterWindow(period: Extract<LadderPeriod, { kind: 'ROLLING' }>, day: string): string {
  const length = period.days === null ? { months: period.months ?? 0 } : { days: period.days };
  return Temporal.PlainDate.from(day).add(length).toString();
}
