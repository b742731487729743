import { Temporal } from 'temporal-polyfill';

import { daysBetween, localDay } from '../time.ts';
import type { LeapDay, Occasion } from './occasion.ts';

/** Two celebrations of one occasion by one customer lie at least this far apart, whatever happens to the date. */
export const DAYS_APART = 300;

/** A celebration that is due: the local day, the year under which it counts, and how many years it is. */
export type Celebration = { day: string; year: number; years: number };

/** Who celebrates: the date as it stands now, the zone that cuts the days, when the customer joined, by local day. */
export type Celebrant = {
  date: string;
  timeZone: string;
  joinedOn: string;
  /** The local day of the last celebration of this occasion, or null. */
  lastDay: string | null;
};

/**
 * The celebration that is due at `now`, or null. Of two that are due (a long catch-up around the turn of a year) it is the
 * later one; what lies before joining never is.
 */
export function dueCelebration(
  occasion: Pick<Occasion, 'leapDay' | 'catchUpDays'>,
  celebrant: Celebrant,
  now: Date,
): Celebration | null {
  const today = localDay(now, celebrant.timeZone);
  const thisYear = Number(today.slice(0, 4));
  for (const year of [thisYear, thisYear - 1]) {
    const day = dayInYear(celebrant.date, year, occasion.leapDay);
    const years = year - Number(celebrant.date.slice(0, 4));
    if (day > today || daysBetween(day, today) > occasion.catchUpDays) continue;
    if (day < celebrant.joinedOn || years < 1) return null;
    const { lastDay } = celebrant;
    const isApart = lastDay === null || (lastDay < day && daysBetween(lastDay, day) >= DAYS_APART);
    return isApart && lastDay?.slice(0, 4) !== day.slice(0, 4) ? { day, year, years } : null;
  }
  return null;
}

/** The day on which a date is celebrated in a year. */
export function dayInYear(date: string, year: number, leapDay: LeapDay): string {
  const monthAndDay = date.slice(5);
  if (monthAndDay !== '02-29' || Temporal.PlainDate.from({ year, month: 1, day: 1 }).inLeapYear)
    return `${year}-${monthAndDay}`;
  return leapDay === 'FEB_28' ? `${year}-02-28` : `${year}-03-01`;
}

/**
 * Months and days (`MM-DD`) of dates that somebody, somewhere, may celebrate at `now` or have missed within the catch-up:
 * what candidates are looked up by. 29 February is among them wherever the day that stands for it is.
 */
export function candidateDays(occasion: Pick<Occasion, 'catchUpDays'>, now: Date): string[] {
  const first = Temporal.PlainDate.from(localDay(now, 'Etc/GMT+12')).subtract({ days: occasion.catchUpDays });
  const last = Temporal.PlainDate.from(localDay(now, 'Etc/GMT-14'));
  const days = new Set<string>();
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const monthAndDay = day.toString().slice(5);
    days.add(monthAndDay);
    if (monthAndDay === '02-28' || monthAndDay === '03-01') days.add('02-29');
  }
  return [...days];
}
