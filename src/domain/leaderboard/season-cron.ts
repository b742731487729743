import { Temporal } from 'temporal-polyfill';

import { InvalidInputError } from '../errors.ts';
import { localDay } from '../time.ts';

/**
 * When seasons begin, as five fields of cron: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
 * Lists, ranges and steps are understood; where both kinds of day are bounded, either will do, as everywhere. The minute is
 * one number, so that no season is shorter than an hour.
 */
export type Cron = {
  minute: number;
  hours: readonly number[];
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Whether the day of the month, or of the week, is bounded. */
  bounds: { day: boolean; weekday: boolean };
};

/** Longer than from any 29 February to the next, the turn of a century included. */
const SEARCH_DAYS = 3_000;
const LEAP_YEAR = 2024;

const crons = new Map<string, Cron>();
const CRONS_REMEMBERED_MAX = 1_000;

/** Reads the five fields. Throws InvalidInputError when they are malformed or never come. */
export function parseCron(text: string): Cron {
  const known = crons.get(text);
  if (known !== undefined) return known;
  const fields = text.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5 || !/^\d{1,2}$/.test(minute) || Number(minute) > 59) {
    throw refusal('A schedule is five fields: a minute, hours, days of the month, months and days of the week.');
  }
  const cron: Cron = {
    minute: Number(minute),
    hours: [...readField(hour, 0, 23)].toSorted((a, b) => a - b),
    days: readField(day, 1, 31),
    months: readField(month, 1, 12),
    weekdays: new Set([...readField(weekday, 0, 7)].map((number) => number % 7)),
    bounds: { day: !day.startsWith('*'), weekday: !weekday.startsWith('*') },
  };
  if (!comesOnce(cron)) throw refusal('This schedule never comes.');
  if (crons.size >= CRONS_REMEMBERED_MAX) crons.clear();
  crons.set(text, cron);
  return cron;
}

function refusal(message: string): InvalidInputError {
  return new InvalidInputError(message, ['cron']);
}

const PART = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/;

function readField(field: string, min: number, max: number): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const part of field.split(',')) {
    const [, first, last, step] = PART.exec(part) ?? [null];
    const isKnown = PART.test(part);
    const from = first === undefined ? min : Number(first);
    // A lone number with a step counts on from there, as in cron.
    const to = last !== undefined ? Number(last) : first === undefined || step !== undefined ? max : from;
    const by = step === undefined ? 1 : Number(step);
    if (!isKnown || from < min || to > max || from > to || by < 1) {
      throw refusal(`"${part}" is none of ${min} to ${max}, a range, a list or a step.`);
    }
    for (let number = from; number <= to; number += by) numbers.add(number);
  }
  return numbers;
}

function comesOnce(cron: Cron): boolean {
  let date = Temporal.PlainDate.from({ year: LEAP_YEAR, month: 1, day: 1 });
  for (; date.year === LEAP_YEAR; date = date.add({ days: 1 })) if (fits(cron, date)) return true;
  return false;
}

function fits({ days, months, weekdays, bounds }: Cron, date: Temporal.PlainDate): boolean {
  if (!months.has(date.month)) return false;
  const byDay = days.has(date.day);
  const byWeekday = weekdays.has(date.dayOfWeek % 7);
  return bounds.day && bounds.weekday ? byDay || byWeekday : byDay && byWeekday;
}

/** The instants at which seasons begin on a local day: a time that is skipped moves on, one that comes twice is the first. */
function startsOf(cron: Cron, date: Temporal.PlainDate, timeZone: string): number[] {
  if (!fits(cron, date)) return [];
  const starts = cron.hours.map(
    (hour) =>
      date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour, minute: cron.minute }) })
        .epochMilliseconds,
  );
  return [...new Set(starts)].toSorted((a, b) => a - b);
}

/**
 * The season of an instant, [startsAt, endsAt): from the last begin that is not after it to the first that is. So every
 * instant lies in exactly one season, over changes of the clock too. Throws when the search finds none.
 */
export function cronSpan(cron: Cron, at: Date, timeZone: string): { startsAt: Date; endsAt: Date } {
  const today = Temporal.PlainDate.from(localDay(at, timeZone));
  const now = at.getTime();
  let startsAt: number | undefined;
  for (let back = 0; back < SEARCH_DAYS && startsAt === undefined; back += 1) {
    startsAt = startsOf(cron, today.subtract({ days: back }), timeZone).findLast((start) => start <= now);
  }
  let endsAt: number | undefined;
  // From the day before: where a day is skipped as a whole, its times come a day later.
  for (let ahead = -1; ahead < SEARCH_DAYS && endsAt === undefined; ahead += 1) {
    endsAt = startsOf(cron, today.add({ days: ahead }), timeZone).find((start) => start > now);
  }
  if (startsAt === undefined || endsAt === undefined) throw new Error('a schedule that comes was not found');
  return { startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
}
