import { z } from 'zod';

import { code, decimal } from '../form.ts';
import { POINTS_MAX } from '../points.ts';

/**
 * A streak: so many days, ISO weeks or months in a row in which a customer did enough. The laws:
 *
 * - A period is one of the customer's own calendar, in the zone in which they were at the instant of the activity; the
 *   program's zone where the customer names none. An instant belongs to one local day, whenever it is reported and wherever
 *   the customer moves afterwards, and a period that is met stays met through any move.
 * - A period is met when all, or any, of the conditions reach their thresholds in it. Who is not enrolled, or not in the
 *   audience, does not count at that time.
 * - When a period has ended unmet, and the grace for late reports is over, a freeze is used if there is one, else the streak
 *   breaks. Both are dated at the end of the period. Activities of a period that come late heal it and give the freeze back.
 * - Periods that a pause touches break nothing, and those that lie wholly in a pause extend nothing. A day of which the
 *   customer's clocks showed less than twelve hours, since they moved or the date line did, breaks nothing either.
 * - A restore takes what was missed since the break as if it had been frozen: the streak goes on from its lost length.
 * - A prize is given once a run, by the activity that makes the run long enough; nothing is given for what was counted
 *   before the streak went live, nor by a restore. Its points are earned by that activity.
 * - What a reversal leaves below its threshold is no longer met, and the streak is what the rest makes of it.
 */

const StreakMeasure = z.discriminatedUnion('kind', [
  /** How many activities of a type. */
  z.strictObject({ kind: z.literal('COUNT'), activityType: code }),
  /** The sum of a number property over the activities of a type. */
  z.strictObject({ kind: z.literal('SUM'), activityType: code, property: z.string().min(1).max(60) }),
  /** Points that earning rules gave, pending ones included; null is the program's default point currency. */
  z.strictObject({ kind: z.literal('POINTS'), currency: z.string().max(40).nullable() }),
]);

const StreakCondition = z.strictObject({
  measure: StreakMeasure,
  /** Reached when the measure comes to this within the period. */
  threshold: decimal.default('1'),
  /** CEL over activity, customer and account: which activities count; empty takes all of the type. Not with POINTS. */
  condition: z.string().max(2_000).default(''),
});

export const STREAK_CADENCES = ['DAY', 'WEEK', 'MONTH'] as const;
export type StreakCadence = (typeof STREAK_CADENCES)[number];

export const STREAK_MATCHES = ['ALL', 'ANY'] as const;
export type StreakMatch = (typeof STREAK_MATCHES)[number];

/** Most streaks of one program, conditions of one streak, and prizes of one streak. */
export const STREAKS_MAX = 20;
const CONDITIONS_MAX = 5;
const PRIZES_MAX = 50;
/** Most freezes that a customer can have of one streak. */
export const FREEZES_MAX = 100;
/** The longest pause. */
export const PAUSE_DAYS_MAX = 366;

const Freezes = z.strictObject({
  /** What everybody begins with. */
  initial: z.number().int().min(0).max(FREEZES_MAX).default(0),
  /** Never more than these. */
  max: z.number().int().min(0).max(FREEZES_MAX).default(0),
  /** One more each time that the run reaches a multiple of so many periods; null earns none. */
  everyPeriods: z.number().int().min(1).max(1_000).nullable().default(null),
});

const Prize = z.strictObject({
  /** The length that is awarded. */
  length: z.number().int().min(1).max(10_000),
  /** Each multiple of the length, too. */
  repeats: z.boolean().default(false),
  /** Null gives no points: the event alone is the prize. */
  points: z.number().int().min(1).max(POINTS_MAX).nullable(),
});

export const StreakSchema = z.strictObject({
  id: z.uuid(),
  code,
  name: z.string().min(1).max(200),
  cadence: z.enum(STREAK_CADENCES),
  /** Whether a period needs all conditions or any of them. */
  match: z.enum(STREAK_MATCHES).default('ALL'),
  conditions: z.array(StreakCondition).min(1).max(CONDITIONS_MAX),
  freezes: Freezes.default({ initial: 0, max: 0, everyPeriods: null }),
  /** So long after the end of a period its verdict waits for activities that are reported late. */
  graceHours: z.number().int().min(0).max(72).default(0),
  /** So long before the end of a period that is not met yet the customer is told; null tells nobody. */
  atRiskHours: z.number().int().min(1).max(336).nullable().default(null),
  /** So many days after the end of the missed period the streak can be restored; 0 never. */
  restoreDays: z.number().int().min(0).max(366).default(0),
  customerMayRestore: z.boolean().default(false),
  /** The longest pause in days; 0 allows none. */
  pauseDaysMax: z.number().int().min(0).max(PAUSE_DAYS_MAX).default(0),
  customerMayPause: z.boolean().default(false),
  prizes: z.array(Prize).max(PRIZES_MAX).default([]),
  /** Code of the point currency of the prizes; null takes the program's default. */
  currency: z.string().max(40).nullable().default(null),
  /** CEL over customer, account and tiers; empty lets everybody take part. */
  audience: z.string().max(2_000).default(''),
  /** Nobody extends it, nobody loses it, and the days of it break nothing. */
  paused: z.boolean().default(false),
});

export type Streak = z.infer<typeof StreakSchema>;
export type StreakCondition = Streak['conditions'][number];
export type StreakPrize = Streak['prizes'][number];
