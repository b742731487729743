import { z } from 'zod';

import { localDay, localMinute } from '../time.ts';

const MINUTES_A_DAY = 1_440;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "18:30"');

/**
 * Hours of the week by the clocks of the program's zone: from `from`, inclusive, until `until`, exclusive, on ISO days of
 * the week (1 is Monday). Hours whose end is not after their start run past midnight and belong to the day they begin on;
 * equal ends are a whole day. An hour that the clocks skip never comes, one that they repeat counts twice.
 */
export const HoursSchema = z.strictObject({
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  from: clock,
  until: clock,
});
export type Hours = z.infer<typeof HoursSchema>;

/** Local days [from, until). */
export const DaySpanSchema = z
  .strictObject({ from: z.iso.date(), until: z.iso.date() })
  .refine((span) => span.from < span.until, 'the end must lie after the start');
export type DaySpan = z.infer<typeof DaySpanSchema>;

/** Whether the instant lies within any of the hours. */
export function isWithinHours(hours: readonly Hours[], instant: Date, timeZone: string): boolean {
  const { dayOfWeek, minute } = localMinute(instant, timeZone);
  const dayBefore = dayOfWeek === 1 ? 7 : dayOfWeek - 1;
  return hours.some(({ days, from, until }) => {
    const start = minuteOf(from);
    const end = minuteOf(until) > start ? minuteOf(until) : minuteOf(until) + MINUTES_A_DAY;
    return (
      (days.includes(dayOfWeek) && minute >= start && minute < end) ||
      (days.includes(dayBefore) && minute + MINUTES_A_DAY < end)
    );
  });
}

/** Whether the instant's local day lies within any of the spans. */
export function isWithinDays(spans: readonly DaySpan[], instant: Date, timeZone: string): boolean {
  const day = localDay(instant, timeZone);
  return spans.some(({ from, until }) => day >= from && day < until);
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
