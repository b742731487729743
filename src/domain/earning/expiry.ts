import { Temporal } from 'temporal-polyfill';

import type { PointCurrency } from '../program/program.ts';
import { endOfDayAfter, localDay, startOfDay } from '../time.ts';
import type { AwardExpiry, CurrencyExpiry, RoundUp } from './expiry-style.ts';

type Dated = Exclude<CurrencyExpiry, { kind: 'INACTIVITY' }>;

/**
 * The instant from which points earned then are no longer valid, by the award's own expiry or else the currency's. Null never
 * comes; of a currency whose points last with activity, it leaves the date to the ledger (`credit`).
 */
export function expiryOf(
  expiry: AwardExpiry | null,
  currency: Pick<PointCurrency, 'expiry'>,
  earnedAt: Date,
  timeZone: string,
): Date | null {
  const style = expiry ?? currency.expiry;
  return style === null || style.kind === 'INACTIVITY' ? null : endOf(style, earnedAt, timeZone);
}

/** The end, exclusive, of so many months or days after the local day of an instant. */
export function endOfLength(
  { months, days }: { months: number | null; days: number | null },
  instant: Date,
  timeZone: string,
): Date {
  const earnedOn = localDay(instant, timeZone);
  return remember(`${timeZone} ${earnedOn} ${months} ${days}`, () =>
    endOfDayAfter(instant, timeZone, lengthOf({ months, days })),
  );
}

function endOf(style: Dated, earnedAt: Date, timeZone: string): Date {
  if (style.kind !== 'ON_DATES' && style.roundUpTo === undefined) return endOfLength(style, earnedAt, timeZone);
  const day = localDay(earnedAt, timeZone);
  return remember(`${timeZone} ${day} ${JSON.stringify(style)}`, () => {
    const earnedOn = Temporal.PlainDate.from(day);
    const last =
      style.kind === 'ON_DATES'
        ? nextOf(style.dates, earnedOn.add({ days: style.minDays }))
        : lastDayOf(style.roundUpTo, earnedOn.add(lengthOf(style)));
    return startOfDay(last.add({ days: 1 }).toString(), timeZone);
  });
}

const ENDS_REMEMBERED_MAX = 10_000;
const rememberedEnds = new Map<string, number>();

/** All points that are earned on one local day by one style end together: calendars are asked once, not for every activity. */
function remember(name: string, work: () => Date): Date {
  let end = rememberedEnds.get(name);
  if (end === undefined) {
    end = work().getTime();
    if (rememberedEnds.size >= ENDS_REMEMBERED_MAX) rememberedEnds.clear();
    rememberedEnds.set(name, end);
  }
  return new Date(end);
}

function lengthOf({
  months,
  days,
}: {
  months: number | null;
  days: number | null;
}): { months: number } | { days: number } {
  return months === null ? { days: days ?? 0 } : { months };
}

const MONTHS_OF: Record<RoundUp, number> = { MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12 };

function lastDayOf(period: RoundUp | undefined, day: Temporal.PlainDate): Temporal.PlainDate {
  if (period === undefined) return day;
  const months = MONTHS_OF[period];
  const missing = (months - (day.month % months)) % months;
  const inMonth = day.with({ day: 1, month: day.month + missing });
  return inMonth.with({ day: inMonth.daysInMonth });
}

/** The first of the days of the year, MM-DD, on or after a day. */
function nextOf(dates: readonly string[], from: Temporal.PlainDate): Temporal.PlainDate {
  const candidates = [from.year, from.year + 1].flatMap((year) =>
    dates.map((date) => Temporal.PlainDate.from({ year, month: Number(date.slice(0, 2)), day: Number(date.slice(3)) })),
  );
  const later = candidates.filter((day) => Temporal.PlainDate.compare(day, from) >= 0);
  return later.reduce((first, day) => (Temporal.PlainDate.compare(day, first) < 0 ? day : first));
}
