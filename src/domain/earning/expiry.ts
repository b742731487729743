import type { PointCurrency } from '../program/program.ts';
import { endOfDayAfter } from '../time.ts';
import type { EarningRule } from './rule.ts';

/** The instant from which points earned then are no longer valid, by the award's own expiry or else the currency's. */
export function expiryOf(
  expiry: EarningRule['expiry'],
  currency: PointCurrency,
  earnedAt: Date,
  timeZone: string,
): Date | null {
  const { months, days } = expiry ?? { months: currency.expiryMonths, days: currency.expiryDays };
  if (months !== null) return endOfDayAfter(earnedAt, timeZone, { months });
  return days === null ? null : endOfDayAfter(earnedAt, timeZone, { days });
}
