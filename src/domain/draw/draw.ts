import { z } from 'zod';

import { EarningRuleSchema } from '../earning/rule.ts';
import { code, instant } from '../form.ts';
import { LocalTextsSchema } from '../local-text.ts';
import { POINTS_MAX } from '../points.ts';
import { PERIODS } from '../time.ts';

/**
 * A prize draw as the programme team writes it: a wheel of fortune, a scratch card, a mystery box. What a play costs, who may
 * play how often, what can come out with which weight, and what it may cost the programme. It lives in the rule set's draft
 * and goes live with it. This file says what a draw may contain; compile.ts checks what it means, play.ts says what comes out.
 */

/** Most draws of one program, and most outcomes of one. */
export const DRAWS_MAX = 20;
export const OUTCOMES_MAX = 50;
const WEIGHT_MAX = 1_000_000_000;

export const DRAW_LIMIT_SCOPES = ['CUSTOMER', 'EVERYBODY'] as const;

const Limit = z.strictObject({
  /** Of one customer, or of all together. */
  of: z.enum(DRAW_LIMIT_SCOPES),
  per: z.enum(PERIODS),
  times: z.number().int().min(1).max(1_000_000_000),
});

const Prize = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('NOTHING') }),
  z.strictObject({
    kind: z.literal('POINTS'),
    points: z.number().int().min(1).max(POINTS_MAX),
    /** Code of the point currency; null takes the program's default. */
    currency: z.string().max(40).nullable().default(null),
    /** Overrides the currency's expiry; null keeps it. */
    expiry: EarningRuleSchema.shape.expiry.default(null),
  }),
  /** A reward of the catalogue, one piece, without a price. */
  z.strictObject({ kind: z.literal('REWARD'), reward: code }),
]);

const Outcome = z.strictObject({
  code,
  texts: LocalTextsSchema,
  prize: Prize,
  /** Its chance is its weight out of the sum of all weights; 0 is never drawn, and only ever stands in for another. */
  weight: z.number().int().min(0).max(WEIGHT_MAX),
  /** How often it is given. */
  limits: z.array(Limit).max(5).default([]),
  /** What giving it costs the programme, in minor units of the program's money; counts towards the budget. */
  cost: z.number().int().min(0).max(1_000_000_000_000).default(0),
});

export const DrawSchema = z.strictObject({
  id: z.uuid(),
  code,
  texts: LocalTextsSchema,
  imageUrl: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .max(2_000)
    .nullable()
    .default(null),
  /** What a play costs once there is no free one left; null: nobody can pay for one. */
  price: z
    .strictObject({
      points: z.number().int().min(0).max(POINTS_MAX),
      /** Code of the point currency; null takes the program's default. */
      currency: z.string().max(40).nullable().default(null),
    })
    .nullable()
    .default(null),
  /** So many plays a customer and period cost nothing. */
  freePlays: z
    .strictObject({ per: z.enum(PERIODS), times: z.number().int().min(1).max(1_000) })
    .nullable()
    .default(null),
  /** How often it can be played, free plays included. */
  limits: z.array(Limit).max(5).default([]),
  /** Codes of tiers of which the customer needs one; empty asks for none. */
  tiers: z.array(code).max(50).default([]),
  /** CEL over customer, account, tier and tiers; empty holds for everybody. */
  audience: z.string().max(2_000).default(''),
  /** Can be played in [validFrom, validUntil). */
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
  outcomes: z.array(Outcome).min(2, 'a draw has two outcomes at least').max(OUTCOMES_MAX),
  /** Code of the outcome that is given in place of one that is used up. */
  fallback: code,
  /** What all its prizes together may come to, a period. */
  budget: z
    .strictObject({
      per: z.enum(PERIODS),
      /** Points given; null is without limit. */
      points: z.number().int().min(1).max(POINTS_MAX).nullable().default(null),
      /** The outcomes' cost, in minor units of the program's money; null is without limit. */
      money: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable().default(null),
    })
    .nullable()
    .default(null),
  paused: z.boolean().default(false),
  /** Lower first; equal ones by code. */
  sortOrder: z.number().int().min(-1_000_000).max(1_000_000).default(0),
});

export type Draw = z.infer<typeof DrawSchema>;
export type DrawOutcome = Draw['outcomes'][number];
export type DrawPrize = DrawOutcome['prize'];
export type DrawLimit = Draw['limits'][number];
