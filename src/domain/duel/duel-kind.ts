import { z } from 'zod';

import { EarningRuleSchema } from '../earning/rule.ts';
import { code } from '../form.ts';
import { LocalTextsSchema } from '../local-text.ts';
import { MilestoneSchema } from '../milestone/milestone.ts';
import { POINTS_MAX } from '../points.ts';

/**
 * A kind of duel as the programme team writes it: what two customers contest, how long, and for what. It lives in the rule
 * set's draft and goes live with it. This file says what a kind may contain; compile.ts checks what it means, duel.ts says how
 * a duel goes.
 */

/** SUM adds all attempts up, BEST counts the highest one. */
export const DUEL_SCORINGS = ['SUM', 'BEST'] as const;
export type DuelScoring = (typeof DUEL_SCORINGS)[number];

/** Who has won when both sides have the same score. */
export const DUEL_TIES = ['BOTH', 'NOBODY'] as const;
export type DuelTie = (typeof DUEL_TIES)[number];

/** Most kinds of one program. */
export const DUEL_KINDS_MAX = 20;

export const DuelKindSchema = z.strictObject({
  id: z.uuid(),
  code,
  texts: LocalTextsSchema,
  /** Counted as milestones count. */
  measure: MilestoneSchema.shape.measure,
  /** CEL over activity, customer, account, tier and tiers; empty counts every activity of the type. */
  condition: z.string().max(2_000).default(''),
  scoring: z.enum(DUEL_SCORINGS).default('SUM'),
  /** How many activities count for each side; null has no end. */
  attemptsMax: z.number().int().min(1).max(1_000).nullable().default(null),
  /** How long it runs once it is accepted. */
  hours: z.number().int().min(1).max(2_160),
  /** How long it may be accepted. */
  answerHours: z.number().int().min(1).max(720).default(72),
  /** How long it waits after its end for what is reported late. */
  graceMinutes: z.number().int().min(0).max(1_440).default(5),
  /** Whether a customer may challenge friends only; no duel is open to everybody then. */
  friendsOnly: z.boolean().default(false),
  /** How many of this kind a customer may have open, offered by itself or running, at once. */
  atOnceMax: z.number().int().min(1).max(100).default(10),
  /** Codes of tiers of which both customers need one; empty asks for none. */
  tiers: z.array(code).max(50).default([]),
  /** CEL over customer, account, tier and tiers that has to hold for both; empty holds for everybody. */
  audience: z.string().max(2_000).default(''),
  tie: z.enum(DUEL_TIES).default('NOBODY'),
  prize: z
    .strictObject({
      points: z.number().int().min(1).max(POINTS_MAX),
      /** Code of the point currency; null takes the program's default. */
      currency: z.string().max(40).nullable().default(null),
      /** Overrides the currency's expiry; null keeps it. */
      expiry: EarningRuleSchema.shape.expiry.default(null),
      /** How many prizes of this kind a customer gets in a calendar month of the program's zone, so that two cannot farm them. */
      monthlyMax: z.number().int().min(1).max(1_000).default(10),
    })
    .nullable()
    .default(null),
  /** Nothing new begins; what runs goes on. */
  paused: z.boolean().default(false),
  /** Lower first; equal ones by code. */
  sortOrder: z.number().int().min(-1_000_000).max(1_000_000).default(0),
});

export type DuelKind = z.infer<typeof DuelKindSchema>;
export type DuelPrize = NonNullable<DuelKind['prize']>;
