import { z } from 'zod';

import { EarningRuleSchema } from '../earning/rule.ts';
import { code, decimal, instant } from '../form.ts';
import { LocalTextsSchema } from '../local-text.ts';
import { MilestoneSchema } from '../milestone/milestone.ts';
import { POINTS_MAX } from '../points.ts';

/**
 * A challenge as the programme team writes it: steps that ask for so much of something, alone or together with others, and
 * what that is worth. It lives in the rule set's draft and goes live with it. This file says what a challenge may contain;
 * compile.ts checks what it means, run.ts says what counts.
 */

/** PERSONAL counts each customer alone, TEAM the customers of a team together, COMMUNITY all customers of the program. */
export const CHALLENGE_GOALS = ['PERSONAL', 'TEAM', 'COMMUNITY'] as const;
export type ChallengeGoal = (typeof CHALLENGE_GOALS)[number];

/** NEVER again, again ON_COMPLETION of the one before, or once each calendar period of the program's zone. */
export const CHALLENGE_REPEATS = ['NEVER', 'ON_COMPLETION', 'DAY', 'WEEK', 'MONTH'] as const;
export type ChallengeRepeat = (typeof CHALLENGE_REPEATS)[number];

/** Most challenges of one program, and most steps of one. */
export const CHALLENGES_MAX = 50;
export const STEPS_MAX = 10;

const Step = z.strictObject({
  code,
  texts: LocalTextsSchema,
  /** Counted as milestones count. */
  measure: MilestoneSchema.shape.measure,
  /** CEL over activity, customer, account, tier and tiers; empty counts every activity of the type. */
  condition: z.string().max(2_000).default(''),
  /** How much completes the step. */
  target: decimal,
});

export const ChallengeSchema = z.strictObject({
  id: z.uuid(),
  code,
  texts: LocalTextsSchema,
  imageUrl: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .max(2_000)
    .nullable()
    .default(null),
  goal: z.enum(CHALLENGE_GOALS).default('PERSONAL'),
  steps: z.array(Step).min(1).max(STEPS_MAX),
  /** Whether a step counts only once those before it are completed. */
  inOrder: z.boolean().default(false),
  /** Codes of personal challenges that the customer has to have completed before. */
  requires: z.array(code).max(10).default([]),
  /** Codes of tiers of which the customer needs one; empty asks for none. */
  tiers: z.array(code).max(50).default([]),
  /** CEL over customer, account, tier and tiers; empty holds for everybody. */
  audience: z.string().max(2_000).default(''),
  /** Whether a customer has to join each run; otherwise it begins with the first activity that counts. */
  mustJoin: z.boolean().default(false),
  /** Counts activities that occurred in [validFrom, validUntil). */
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
  repeat: z.enum(CHALLENGE_REPEATS).default('NEVER'),
  /** With ON_COMPLETION: how often it can be completed; null is without end. */
  completionsMax: z.number().int().min(2).max(10_000).nullable().default(null),
  /** A run ends with the local day so many days after it began; null leaves it open. */
  withinDays: z.number().int().min(1).max(3_650).nullable().default(null),
  prize: z
    .strictObject({
      /** For who completes it, or has contributed to a shared goal. */
      points: z.number().int().min(1).max(POINTS_MAX),
      /** For those whom a shared goal was open to and who did not contribute. */
      bystanderPoints: z.number().int().min(0).max(POINTS_MAX).default(0),
      /** Code of the point currency; null takes the program's default. */
      currency: z.string().max(40).nullable().default(null),
      /** Overrides the currency's expiry; null keeps it. */
      expiry: EarningRuleSchema.shape.expiry.default(null),
      /** The prize waits to be claimed, to the end of the local day so many days later; null gives it at once. */
      claimDays: z.number().int().min(1).max(3_650).nullable().default(null),
    })
    .nullable()
    .default(null),
  /** Of a shared goal: how many counted activities make a contributor. */
  contributorMinimum: z.number().int().min(1).max(1_000_000).default(1),
  paused: z.boolean().default(false),
  /** Lower first; equal ones by code. */
  sortOrder: z.number().int().min(-1_000_000).max(1_000_000).default(0),
});

export type Challenge = z.infer<typeof ChallengeSchema>;
export type ChallengeStep = Challenge['steps'][number];
export type ChallengePrize = NonNullable<Challenge['prize']>;
