import { Temporal } from 'temporal-polyfill';

/**
 * Calendar questions. Every one names its IANA time zone; days, ISO weeks and months are half-open [from, to) in it.
 * Days are `YYYY-MM-DD` text, instants are Date.
 */

const zones = new Map<string, boolean>();

/** Whether the name is an IANA zone (or UTC) that this runtime knows; offsets like +02:00 are not zones. */
export function isTimeZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  let valid = /^[A-Za-z][A-Za-z0-9_+\-/]{1,60}$/.test(name);
  if (valid) {
    try {
      valid = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      valid = false;
    }
  }
  if (zones.size < 5_000) zones.set(name, valid);
  return valid;
}

const QUARTER_HOUR_MS = 900_000;
const DAYS_REMEMBERED_MAX = 50_000;
const rememberedDays = new Map<string, string>();

/**
 * The local day of an instant. Zone rules change only on quarter hours, so that the answer is remembered per quarter:
 * a batch of activities asks the same few quarters over and over.
 */
export function localDay(instant: Date, timeZone: string): string {
  const quarter = Math.floor(instant.getTime() / QUARTER_HOUR_MS);
  const key = `${timeZone} ${quarter}`;
  let day = rememberedDays.get(key);
  if (day === undefined) {
    day = zoned(instant, timeZone).toPlainDate().toString();
    if (rememberedDays.size >= DAYS_REMEMBERED_MAX) rememberedDays.clear();
    rememberedDays.set(key, day);
  }
  return day;
}

/** The ISO day of the week (1 is Monday) and the minute of the day that the clocks of the zone show. */
export function localMinute(instant: Date, timeZone: string): { dayOfWeek: number; minute: number } {
  const local = zoned(instant, timeZone);
  return { dayOfWeek: local.dayOfWeek, minute: local.hour * 60 + local.minute };
}

export const PERIODS = ['DAY', 'WEEK', 'MONTH', 'YEAR', 'ALL_TIME'] as const;
export type Period = (typeof PERIODS)[number];

/** The name of the period that a local day lies in: 2026-11-22, 2026-W47 (ISO), 2026-11, 2026, all. */
export function periodKey(period: Period, day: string): string {
  switch (period) {
    case 'DAY':
      return day;
    case 'WEEK': {
      const date = Temporal.PlainDate.from(day);
      return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
    }
    case 'MONTH':
      return day.slice(0, 7);
    case 'YEAR':
      return day.slice(0, 4);
    case 'ALL_TIME':
      return 'all';
  }
}

/** First day of the period of a day, and the first day after it. */
export function periodDays(period: Exclude<Period, 'ALL_TIME'>, day: string): { startsOn: string; endsOn: string } {
  const date = Temporal.PlainDate.from(day);
  const starts = {
    DAY: date,
    WEEK: date.subtract({ days: date.dayOfWeek - 1 }),
    MONTH: date.with({ day: 1 }),
    YEAR: date.with({ month: 1, day: 1 }),
  };
  const lengths = { DAY: { days: 1 }, WEEK: { days: 7 }, MONTH: { months: 1 }, YEAR: { years: 1 } };
  return { startsOn: starts[period].toString(), endsOn: starts[period].add(lengths[period]).toString() };
}

/** The day so many days later; earlier when negative. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** How many days lie from one day to another; negative when the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** The instant at which a local day begins: midnight, or the first moment after it where midnight is skipped. */
export function startOfDay(day: string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);
}

/**
 * The end, exclusive, of the local day that lies `months` or `days` after the instant's own. A day that the target month
 * lacks becomes its last: one month from 31 January ends with 28 or 29 February.
 */
export function endOfDayAfter(instant: Date, timeZone: string, length: { months?: number; days?: number }): Date {
  const day = Temporal.PlainDate.from(localDay(instant, timeZone)).add(length);
  return startOfDay(day.add({ days: 1 }).toString(), timeZone);
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}
