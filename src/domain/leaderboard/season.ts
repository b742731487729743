import { Temporal } from 'temporal-polyfill';

import { addDays, localDay, periodDays, periodKey, startOfDay } from '../time.ts';
import { cronSpan, parseCron } from './season-cron.ts';

/**
 * How long a season lasts: for ever, a calendar period in the program's zone, from one cron time to the next, or by the
 * dates of a list.
 */
export const SEASON_PERIODS = ['ALL_TIME', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR', 'CRON', 'DATES'] as const;
export type SeasonPeriod = (typeof SEASON_PERIODS)[number];

/** A season by dates, [startsAt, endsAt). */
export type DatedSeason = { key: string; name: string; startsAt: Date; endsAt: Date };

/** What of a board says when its seasons are. */
export type SeasonTimes = { period: SeasonPeriod; cron?: string | null; dates?: readonly DatedSeason[] };

/**
 * One dated run of a board, [startsAt, endsAt), with the local days that it touches, [startsOn, endsOn), in the program's
 * zone; an all-time board has one run without dates.
 */
export type SeasonSpan = {
  key: string;
  /** For people; null where the key says it all. */
  name: string | null;
  startsOn: string | null;
  endsOn: string | null;
  startsAt: Date | null;
  endsAt: Date | null;
};

/** The one run of a board without dates. */
export const ALL_TIME: SeasonSpan = {
  key: 'all',
  name: null,
  startsOn: null,
  endsOn: null,
  startsAt: null,
  endsAt: null,
};

/**
 * The season that an instant counts in: by when it happened, never by when it was reported, so that a late activity
 * lands in the season it belongs to. The first instant of a season belongs to it, the first instant after it does not. Null
 * where no season is: only boards by dates have gaps.
 */
export function seasonOf(times: SeasonTimes, occurredAt: Date, timeZone: string): SeasonSpan | null {
  switch (times.period) {
    case 'ALL_TIME':
      return ALL_TIME;
    case 'CRON':
      return cronSeason(times.cron ?? '', occurredAt, timeZone);
    case 'DATES':
      return datedSeason(times.dates ?? [], occurredAt, timeZone);
    case 'DAY':
    case 'WEEK':
    case 'MONTH':
    case 'QUARTER':
    case 'YEAR':
      return calendarSeason(times.period, localDay(occurredAt, timeZone), timeZone);
  }
}

/** The season after one: the next period, time or date that begins at its end or later; null where there is none. */
export function seasonAfter(times: SeasonTimes, { endsAt }: SeasonSpan, timeZone: string): SeasonSpan | null {
  if (endsAt === null) return null;
  if (times.period !== 'DATES') return seasonOf(times, endsAt, timeZone);
  const next = (times.dates ?? []).filter((dated) => dated.startsAt >= endsAt).toSorted(byStart)[0];
  return next === undefined ? null : spanOf(next.key, next.name, next, timeZone);
}

/** The season of a board by dates that begins next, when none runs at an instant. */
export function nextDated(times: SeasonTimes, at: Date, timeZone: string): SeasonSpan | null {
  const next = (times.dates ?? []).filter((dated) => dated.startsAt > at).toSorted(byStart)[0];
  return next === undefined ? null : spanOf(next.key, next.name, next, timeZone);
}

const byStart = (a: DatedSeason, b: DatedSeason): number => a.startsAt.getTime() - b.startsAt.getTime();

const SPANS_REMEMBERED_MAX = 5_000;
const calendarSpans = new Map<string, SeasonSpan>();
type CalendarPeriod = Exclude<SeasonPeriod, 'ALL_TIME' | 'CRON' | 'DATES'>;

/** The season that a local day lies in. Remembered, because a batch of activities asks for the same few days. */
export function calendarSeason(period: CalendarPeriod, day: string, timeZone: string): SeasonSpan {
  const name = `${period} ${timeZone} ${day}`;
  const known = calendarSpans.get(name);
  if (known !== undefined) return known;
  const { key, startsOn, endsOn } = calendarDays(period, day);
  const span: SeasonSpan = {
    ...{ key, name: null, startsOn, endsOn },
    startsAt: startOfDay(startsOn, timeZone),
    endsAt: startOfDay(endsOn, timeZone),
  };
  if (calendarSpans.size >= SPANS_REMEMBERED_MAX) calendarSpans.clear();
  calendarSpans.set(name, span);
  return span;
}

function calendarDays(period: CalendarPeriod, day: string): { key: string; startsOn: string; endsOn: string } {
  if (period !== 'QUARTER') return { key: periodKey(period, day), ...periodDays(period, day) };
  const date = Temporal.PlainDate.from(day);
  const quarter = Math.ceil(date.month / 3);
  const starts = date.with({ month: quarter * 3 - 2, day: 1 });
  return {
    key: `${date.year}-Q${quarter}`,
    startsOn: starts.toString(),
    endsOn: starts.add({ months: 3 }).toString(),
  };
}

const CRON_SPANS_MAX = 64;
const cronSpans = new Map<string, SeasonSpan[]>();

function cronSeason(cron: string, at: Date, timeZone: string): SeasonSpan {
  const name = `${timeZone} ${cron}`;
  const known = cronSpans.get(name) ?? [];
  const found = known.find((span) => covers(span, at));
  if (found !== undefined) return found;
  const bounds = cronSpan(parseCron(cron), at, timeZone);
  const local = Temporal.Instant.fromEpochMilliseconds(bounds.startsAt.getTime()).toZonedDateTimeISO(timeZone);
  const span = spanOf(local.toPlainDateTime().toString({ smallestUnit: 'minute' }), null, bounds, timeZone);
  if (cronSpans.size >= SPANS_REMEMBERED_MAX) cronSpans.clear();
  cronSpans.set(name, [span, ...known].slice(0, CRON_SPANS_MAX));
  return span;
}

function datedSeason(dates: readonly DatedSeason[], at: Date, timeZone: string): SeasonSpan | null {
  const found = dates.find((dated) => covers(dated, at));
  return found === undefined ? null : spanOf(found.key, found.name, found, timeZone);
}

function covers({ startsAt, endsAt }: Pick<SeasonSpan, 'startsAt' | 'endsAt'>, at: Date): boolean {
  return startsAt !== null && endsAt !== null && startsAt <= at && at < endsAt;
}

function spanOf(
  key: string,
  name: string | null,
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
  timeZone: string,
): SeasonSpan {
  const lastDay = localDay(new Date(endsAt.getTime() - 1), timeZone);
  return { key, name, startsOn: localDay(startsAt, timeZone), endsOn: addDays(lastDay, 1), startsAt, endsAt };
}
