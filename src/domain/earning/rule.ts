import { z } from 'zod';

import { code, decimal, instant } from '../form.ts';
import { AwardExpirySchema } from './expiry-style.ts';
import { DaySpanSchema, HoursSchema } from './hours.ts';

/**
 * An earning rule as the programme team writes it: when an activity of a type meets a condition, award points. Rules live
 * in a draft and go live together as an immutable, numbered revision. This file says what a rule may contain; compile.ts
 * checks what it means.
 */

export const ROUNDINGS = ['FLOOR', 'CEILING', 'HALF_UP', 'HALF_EVEN'] as const;
/** FLOOR and CEILING towards −∞ and +∞; HALF_UP and HALF_EVEN to the nearest, ties away from zero or to the even one. */
export type Rounding = (typeof ROUNDINGS)[number];

export const CAP_PERIODS = ['ACTIVITY', 'DAY', 'WEEK', 'MONTH', 'YEAR', 'ALL_TIME'] as const;
export type CapPeriod = (typeof CAP_PERIODS)[number];

export const RULE_STATES = ['ACTIVE', 'PAUSED', 'ARCHIVED'] as const;
/** PAUSED gives nothing and says so; ARCHIVED is kept for what it once gave, and is not looked at any more. */
export type RuleState = (typeof RULE_STATES)[number];

const points = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const Award = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('FIXED'), points }),
  z.strictObject({
    kind: z.literal('PER_UNIT'),
    property: z.string().min(1).max(60),
    pointsPerUnit: decimal,
    rounding: z.enum(ROUNDINGS),
  }),
  z.strictObject({
    kind: z.literal('EXPRESSION'),
    expression: z.string().min(1).max(1_000),
    rounding: z.enum(ROUNDINGS),
  }),
]);

const Cap = z
  .strictObject({
    per: z.enum(CAP_PERIODS),
    points: points.nullable(),
    uses: z.number().int().min(1).max(1_000_000).nullable(),
    /** TRUNCATE gives what still fits, REFUSE gives nothing once the whole award does not fit. */
    beyond: z.enum(['TRUNCATE', 'REFUSE']),
  })
  .refine((cap) => cap.points !== null || cap.uses !== null, 'a cap limits points, uses or both');

/** How long an award waits before it can be spent: some days, or until an activity or a call releases it. */
const Pending = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('DAYS'), days: z.number().int().min(1).max(3_650) }),
  z.strictObject({ kind: z.literal('UNTIL_RELEASED') }),
  z.strictObject({ kind: z.literal('UNTIL_ACTIVITY'), activityType: code, matchProperty: z.string().min(1).max(60) }),
]);

export const EarningRuleSchema = z.strictObject({
  id: z.uuid(),
  code,
  name: z.string().min(1).max(200),
  state: z.enum(RULE_STATES).default('ACTIVE'),
  /** Code of the activity type that the rule listens to. */
  activityType: code,
  /** CEL over activity, customer, account, tier and counters; empty holds always. */
  condition: z.string().max(2_000),
  award: Award,
  /** Code of the point currency; null takes the program's default. */
  currency: z.string().max(40).nullable(),
  caps: z.array(Cap).max(10),
  pending: Pending.nullable(),
  /** Overrides the currency's expiry; null keeps it. */
  expiry: AwardExpirySchema.nullable(),
  /** In force for activities that occurred in [validFrom, validUntil). */
  validFrom: instant.nullable(),
  validUntil: instant.nullable(),
  /** In force only within these hours; empty is always. */
  hours: z.array(HoursSchema).max(20).default([]),
  /** Not in force within these hours and on these local days, whatever `hours` says. */
  blackoutHours: z.array(HoursSchema).max(20).default([]),
  blackoutDays: z.array(DaySpanSchema).max(50).default([]),
  /** Least time between two uses by one customer, in either direction of time; null sets none. */
  coolDownMinutes: z.number().int().min(1).max(5_256_000).nullable().default(null),
  /** Higher first; equal priorities by code. */
  priority: z.number().int().min(-1_000).max(1_000),
  /** Of the rules in one group, the first that awards wins. */
  exclusiveGroup: z.string().min(1).max(60).nullable(),
});

export type EarningRule = z.infer<typeof EarningRuleSchema>;
export type Award = EarningRule['award'];
export type Cap = EarningRule['caps'][number];
