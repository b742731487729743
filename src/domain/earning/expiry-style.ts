import { z } from 'zod';

import { InvalidInputError } from '../errors.ts';
import { code } from '../form.ts';

/**
 * How points expire. All days are local days of the program, and points always stay valid to the end of one. The laws:
 *
 * - AFTER: so many months or days after the day of earning; rounded up, at the end of the month, quarter, half-year or year
 *   in which that day lies. A day that a month lacks is its last.
 * - ON_DATES: at the end of the next of some days of the year that lies at least `minDays` after the day of earning. Where a
 *   year has no 29 February, it is 28 February.
 * - INACTIVITY: all points of the currency together, so long after the customer's last activity (see ledger/inactivity.ts).
 *   Only a currency can have it; points that a rule or a milestone dates by itself do not take part.
 *
 * A change of what is set here counts for points earned from then on.
 */

const MONTHS_MAX = 1_200;
const DAYS_MAX = 36_500;
const DATES_MAX = 20;
const MIN_DAYS_MAX = 3_660;
const ACTIVITY_TYPES_MAX = 50;

export const ROUND_UPS = ['MONTH', 'QUARTER', 'HALF_YEAR', 'YEAR'] as const;
/** The calendar period whose end points last to. */
export type RoundUp = (typeof ROUND_UPS)[number];

const lengthFields = {
  months: z.number().int().min(1).max(MONTHS_MAX).nullable(),
  days: z.number().int().min(1).max(DAYS_MAX).nullable(),
};
type Length = { months: number | null; days: number | null };
const isOneLength = ({ months, days }: Length): boolean => (months === null) !== (days === null);
const ONE_LENGTH = 'an expiry is in months or in days';

const AfterSchema = z
  .strictObject({
    /** What states no kind is of this one. */
    kind: z.literal('AFTER').optional(),
    ...lengthFields,
    roundUpTo: z.enum(ROUND_UPS).optional(),
  })
  .refine(isOneLength, ONE_LENGTH);

const OnDatesSchema = z.strictObject({
  kind: z.literal('ON_DATES'),
  /** Days of the year as MM-DD. */
  dates: z
    .array(z.string().refine(isMonthDay, 'a date is MM-DD, such as 12-31'))
    .min(1)
    .max(DATES_MAX)
    .refine((dates) => new Set(dates).size === dates.length, 'each date stands once'),
  minDays: z.number().int().min(0).max(MIN_DAYS_MAX),
});

const InactivitySchema = z
  .strictObject({
    kind: z.literal('INACTIVITY'),
    ...lengthFields,
    /** Whether earning points of the currency, and spending or capturing them, counts as activity. */
    earning: z.boolean(),
    spending: z.boolean(),
    /** Codes of activity types that count, whether or not they earn. */
    activityTypes: z.array(code).max(ACTIVITY_TYPES_MAX),
  })
  .refine(isOneLength, ONE_LENGTH)
  .refine(
    ({ earning, spending, activityTypes }) => earning || spending || activityTypes.length > 0,
    'something counts as activity: earning, spending or activity types',
  );

/** What a rule or a milestone may state in place of its currency's expiry. */
export const AwardExpirySchema = z.discriminatedUnion('kind', [AfterSchema, OnDatesSchema]);
export type AwardExpiry = z.infer<typeof AwardExpirySchema>;

/** How points of a currency expire. */
export const CurrencyExpirySchema = z.discriminatedUnion('kind', [AfterSchema, OnDatesSchema, InactivitySchema]);
export type CurrencyExpiry = z.infer<typeof CurrencyExpirySchema>;
export type InactivityExpiry = z.infer<typeof InactivitySchema>;

const LONGEST_MONTHS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isMonthDay(text: string): boolean {
  const match = /^(\d{2})-(\d{2})$/.exec(text);
  const day = Number(match?.[2]);
  return match !== null && day >= 1 && day <= (LONGEST_MONTHS[Number(match[1]) - 1] ?? 0);
}

/** An expiry as an input may state it: whole, or as months or days alone. What is left out is undefined. */
export type StatedExpiry = {
  expiry?: CurrencyExpiry | null | undefined;
  expiryMonths?: number | null | undefined;
  expiryDays?: number | null | undefined;
};

/**
 * The expiry after a change. Naming one takes the place of any other; null for months or days ends only an expiry that is in
 * them. Throws InvalidInputError when two are named.
 */
export function restateExpiry(before: CurrencyExpiry | null, stated: StatedExpiry): CurrencyExpiry | null {
  const { expiry, expiryMonths = null, expiryDays = null } = stated;
  const named = { expiry: expiry ?? null, expiryMonths, expiryDays };
  const [, second] = Object.entries(named).filter(([, value]) => value !== null);
  if (second !== undefined)
    throw new InvalidInputError('Give one of expiry, expiryMonths and expiryDays.', [second[0]]);
  if (expiryMonths !== null || expiryDays !== null) return { months: expiryMonths, days: expiryDays };
  if (expiry !== undefined) return expiry;
  const length = before !== null && 'months' in before && before.kind !== 'INACTIVITY' ? before : null;
  const ends =
    (stated.expiryMonths === null && length?.months !== null) || (stated.expiryDays === null && length?.days !== null);
  return length !== null && ends ? null : before;
}
