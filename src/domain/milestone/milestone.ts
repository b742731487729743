import { z } from 'zod';

import { EarningRuleSchema } from '../earning/rule.ts';
import { code, decimal } from '../form.ts';
import { POINTS_MAX } from '../points.ts';

/**
 * A milestone: points for the hundredth purchase, for a thousand spent, for each five hundred points earned in a year. The
 * laws:
 *
 * - It is reached by the activity before which the measure lay below a threshold, and with which it lies at or above. One
 *   activity may reach several thresholds, and each of them awards.
 * - Each threshold is reached once a period and customer. What was reached stays reached: a reversal that brings the measure
 *   below, and an activity that crosses the threshold again, award nothing.
 * - The measure counts what is recorded so far of the period of the activity's own local day, whatever the order of arrival;
 *   what happened before the milestone went live counts, too, and thresholds passed by then are not awarded afterwards. So
 *   it is with what is passed while the milestone is paused, or by somebody who is not enrolled.
 * - Its points are earned by that activity, and count towards tiers, levels, boards and the milestones that count points.
 *   Boosts, caps and budgets do not touch them; the point currency's cap on a balance does.
 * - Reversing the whole activity takes its points back; reversing a part of it does not.
 */

const Measure = z.discriminatedUnion('kind', [
  /** How many activities of a type. */
  z.strictObject({ kind: z.literal('COUNT'), activityType: code }),
  /** The sum of a number property over the activities of a type. */
  z.strictObject({ kind: z.literal('SUM'), activityType: code, property: z.string().min(1).max(60) }),
  /** Points that activities earned, pending ones included; null is the program's default point currency. */
  z.strictObject({ kind: z.literal('POINTS'), currency: z.string().max(40).nullable() }),
]);

export const MILESTONE_PERIODS = ['ALL_TIME', 'YEAR', 'MONTH'] as const;
export type MilestonePeriod = (typeof MILESTONE_PERIODS)[number];

/** Most milestones of one program. */
export const MILESTONES_MAX = 50;
/** Most thresholds that one milestone lists. */
const THRESHOLDS_MAX = 100;
/** Most multiples of `every` that one step of the measure awards, the lowest ones; what it jumps beyond them is passed over. */
export const MULTIPLES_MAX = 50;

export const MilestoneSchema = z
  .strictObject({
    id: z.uuid(),
    code,
    name: z.string().min(1).max(200),
    measure: Measure,
    /** Calendar periods of the program's zone. */
    period: z.enum(MILESTONE_PERIODS).default('ALL_TIME'),
    /** Each of these, rising; empty with `every`. */
    thresholds: z.array(decimal).max(THRESHOLDS_MAX).default([]),
    /** Each multiple of this; null with thresholds. */
    every: decimal.nullable().default(null),
    /** What each threshold awards. */
    points: z.number().int().min(1).max(POINTS_MAX),
    /** Code of the point currency that is awarded; null takes the program's default. */
    currency: z.string().max(40).nullable().default(null),
    /** Overrides the currency's expiry; null keeps it. */
    expiry: EarningRuleSchema.shape.expiry.default(null),
    paused: z.boolean().default(false),
  })
  .refine(({ thresholds, every }) => (thresholds.length === 0) === (every !== null), {
    message: 'a milestone has thresholds, or one for every so many',
  });

export type Milestone = z.infer<typeof MilestoneSchema>;
