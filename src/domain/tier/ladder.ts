import { z } from 'zod';

import { code } from '../form.ts';

/**
 * A ladder of tiers as the programme team writes it: what is counted, over which period, and which amount reaches which
 * tier. This file says what a ladder may contain; compile.ts checks what it means; docs/tiers.md states the laws.
 */

/** Most ladders of one program: each is looked at on every activity. */
export const LADDERS_MAX = 10;
const TIERS_MAX = 50;
const BENEFITS_MAX = 50;

const name = z.string().min(1).max(200);
const threshold = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,9})?$/, 'must be a plain decimal number such as "1000" or "99.50"');

const Basis = z.discriminatedUnion('kind', [
  /** Points that activities earned, of one point currency; null takes the program's default. Never the balance. */
  z.strictObject({ kind: z.literal('POINTS_EARNED'), currency: z.string().max(40).nullable() }),
  /** The sum of a number property of one activity type. */
  z.strictObject({ kind: z.literal('SPEND'), activityType: code, property: z.string().min(1).max(60) }),
  z.strictObject({ kind: z.literal('ACTIVITY_COUNT'), activityType: code }),
  /** All points ever earned; its period is LIFETIME. */
  z.strictObject({ kind: z.literal('LIFETIME_POINTS'), currency: z.string().max(40).nullable() }),
]);

export const CALENDAR_UNITS = ['YEAR', 'HALF_YEAR', 'QUARTER', 'MONTH'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

const Period = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('CALENDAR'), unit: z.enum(CALENDAR_UNITS) }),
  /** Stretches of so many months, the first of which begins with the local day of joining. */
  z.strictObject({ kind: z.literal('FROM_JOINING'), months: z.number().int().min(1).max(120) }),
  /** The last so many days or months, up to and with the day that is asked about. */
  z
    .strictObject({
      kind: z.literal('ROLLING'),
      days: z.number().int().min(1).max(3_660).nullable(),
      months: z.number().int().min(1).max(120).nullable(),
    })
    .refine(
      (period) => (period.days === null) !== (period.months === null),
      'a rolling period is in days or in months',
    ),
  z.strictObject({ kind: z.literal('LIFETIME') }),
]);

/** Something that comes with a tier, for front ends and for the tenant's own systems. */
const Benefit = z.strictObject({ code, kind: z.string().min(1).max(60), name, value: z.string().max(1_000) });

const Tier = z.strictObject({
  code,
  name,
  /** Reached at this amount or above it; null where the tier is given by hand only. */
  threshold: threshold.nullable(),
  /** Given by a person or an invitation, never by progress. */
  manualOnly: z.boolean().default(false),
  /** Whoever earned it never falls below it. */
  neverDown: z.boolean().default(false),
  benefits: z.array(Benefit).max(BENEFITS_MAX).default([]),
});

export const DOWNGRADES = ['ONE_STEP', 'TO_DESERVED', 'NEVER'] as const;
export type Downgrade = (typeof DOWNGRADES)[number];

export const LadderSchema = z.strictObject({
  id: z.uuid(),
  code,
  name,
  basis: Basis,
  period: Period,
  /** From the lowest to the highest. */
  tiers: z.array(Tier).min(1).max(TIERS_MAX),
  /** What a review does to a tier that is no longer deserved. */
  downgrade: z.enum(DOWNGRADES),
  /** Days between the end of a period and its review. */
  graceDays: z.number().int().min(0).max(366).default(0),
  /** Days before the end of a period at which whoever would fall is warned; 0 warns nobody. */
  warningDays: z.number().int().min(0).max(366).default(0),
});

export type Ladder = z.infer<typeof LadderSchema>;
export type LadderBasis = Ladder['basis'];
export type LadderPeriod = Ladder['period'];
export type Tier = Ladder['tiers'][number];
export type TierBenefit = Tier['benefits'][number];
