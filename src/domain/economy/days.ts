import { Temporal } from 'temporal-polyfill';

/** Calendar days as `YYYY-MM-DD`, which sort as text. */

/** All days from one to another, both inclusive; null when there are more than `max`. */
export function eachDay(from: string, to: string, max: number): string[] | null {
  const first = Temporal.PlainDate.from(from);
  const count = first.until(Temporal.PlainDate.from(to)).days + 1;
  return count > max
    ? null
    : Array.from({ length: Math.max(0, count) }, (_, index) => first.add({ days: index }).toString());
}

/** Months `YYYY-MM` from one to another, both inclusive. */
export function monthsBetween(from: string, to: string): string[] {
  const first = Temporal.PlainYearMonth.from(from);
  const count = first.until(Temporal.PlainYearMonth.from(to), { largestUnit: 'months' }).months + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => first.add({ months: index }).toString());
}
