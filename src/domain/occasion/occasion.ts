import { z } from 'zod';

import { code } from '../form.ts';

/**
 * A day of the year that belongs to a customer: a birthday, the anniversary of joining, any date attribute. When it comes,
 * an activity of the stated type is recorded, and the earning rules for that type say what it is worth. The laws:
 *
 * - The day begins at midnight by the customer's own clocks, by the program's where the customer names no zone.
 * - In a year without 29 February the day is 28 February or 1 March, as the occasion states.
 * - A customer celebrates an occasion once a year, and never again within 300 days: so neither an edited date nor a move to
 *   another zone pays twice.
 * - Days that were missed, as in an outage or before the occasion went live, are made up for while they are not older than
 *   `catchUpDays`; the activity then carries the day itself.
 * - Only who is enrolled on the day celebrates; the day of joining is no anniversary.
 */

export const LEAP_DAYS = ['FEB_28', 'MAR_1'] as const;
/** When 29 February is celebrated in other years. */
export type LeapDay = (typeof LEAP_DAYS)[number];

const DateSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('BIRTHDAY') }),
  /** The day on which the customer first enrolled. */
  z.strictObject({ kind: z.literal('JOINING') }),
  /** A DATE attribute of the customer. */
  z.strictObject({ kind: z.literal('ATTRIBUTE'), attribute: z.string().min(1).max(60) }),
]);

export const OccasionSchema = z.strictObject({
  id: z.uuid(),
  code,
  name: z.string().min(1).max(200),
  date: DateSource,
  leapDay: z.enum(LEAP_DAYS).default('FEB_28'),
  /** Code of the activity type that is recorded; its property `years`, if declared, carries how many years it is. */
  activityType: code,
  /** CEL over customer, account and tiers; empty lets everybody celebrate. */
  audience: z.string().max(2_000).default(''),
  /** How many days a missed celebration is made up for. */
  catchUpDays: z.number().int().min(0).max(60).default(7),
  paused: z.boolean().default(false),
});

export type Occasion = z.infer<typeof OccasionSchema>;
