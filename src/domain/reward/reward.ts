import { z } from 'zod';

import { code, instant } from '../form.ts';
import { LOCALE } from '../local-text.ts';
import { PERIODS } from '../time.ts';

/**
 * A reward as the programme team writes it: what it is, what it costs, who may have it and how often. Rewards live in the
 * rule set's draft and go live with it. This file says what a reward may contain; compile.ts checks what it means.
 */

const POINTS_PRICE_MAX = 1_000_000_000_000;
const MONEY_MAX = 1_000_000_000_000;
/** Quantity times price stays far within 2^53. */
export const QUANTITY_MAX = 1_000;
/** A reservation holds points, and holds last 30 days at most. */
export const RESERVATION_MINUTES_MAX = 30 * 24 * 60;
export const RESERVATION_MINUTES_DEFAULT = 15;

const pointsPrice = z.number().int().min(0, 'a price is not negative').max(POINTS_PRICE_MAX);
/** The tenant's own name of a thing, such as an article number. */
const reference = z.string().min(1).max(200);

const Money = z.strictObject({
  /** Minor units: cents, or whole yen. */
  amount: z.number().int().min(1, 'an amount of money is above zero').max(MONEY_MAX),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR'),
});

const Fulfilment = z.discriminatedUnion('kind', [
  /** Each redemption gets one of the codes that were imported. */
  z.strictObject({ kind: z.literal('CODE_POOL') }),
  /** Each redemption gets a code that Laurel makes up. */
  z.strictObject({
    kind: z.literal('GENERATED_CODE'),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9-]{0,20}$/, 'must be letters, digits and -, at most 20')
      .default(''),
    length: z.number().int().min(4).max(64),
    alphabet: z
      .string()
      .regex(/^[A-Za-z0-9]{2,62}$/, 'must be 2 to 62 letters and digits')
      .default('23456789ABCDEFGHJKLMNPQRSTUVWXYZ'),
  }),
  z.strictObject({ kind: z.literal('ACCOUNT_CREDIT'), amount: Money }),
  z.strictObject({ kind: z.literal('FEATURE_UNLOCK'), featureKey: reference }),
  z
    .strictObject({
      kind: z.literal('DISCOUNT'),
      amount: Money.nullable().default(null),
      percent: z
        .string()
        .regex(/^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$/, 'must be a plain decimal number up to 100, such as "12.5"')
        .refine((percent) => /[1-9]/.test(percent), 'must be above zero')
        .nullable()
        .default(null),
    })
    .refine(
      (discount) => (discount.amount === null) !== (discount.percent === null),
      'a discount is an amount or a percentage',
    ),
  z.strictObject({ kind: z.literal('GIFT'), reference: reference.nullable().default(null) }),
  z.strictObject({ kind: z.literal('DONATION'), amount: Money, recipient: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('EXPERIENCE'), reference: reference.nullable().default(null) }),
]);

const Price = z.strictObject({
  points: pointsPrice,
  /** Code of the point currency; null takes the program's default. */
  currency: z.string().max(40).nullable().default(null),
  /** Paid on top, to the tenant; Laurel records it and moves no money. */
  money: Money.nullable().default(null),
  /** Other prices for customers of these tiers. */
  byTier: z
    .array(z.strictObject({ tiers: z.array(code).min(1).max(20), points: pointsPrice }))
    .max(20)
    .default([]),
});

export const LIMIT_SCOPES = ['CUSTOMER', 'ACCOUNT', 'EVERYBODY'] as const;

export const VISIBILITIES = ['EVERYBODY', 'ENTITLED'] as const;

const Limit = z.strictObject({
  /** Whose redemptions count together: the customer's, those of the customer's company, or everybody's. */
  of: z.enum(LIMIT_SCOPES),
  per: z.enum(PERIODS),
  quantity: z.number().int().min(1).max(1_000_000_000),
});

const Texts = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  terms: z.string().max(10_000).default(''),
});

export const RewardSchema = z.strictObject({
  id: z.uuid(),
  code,
  fulfilment: Fulfilment,
  price: Price,
  /** How many pieces there are in all, those already handed out included; null is without limit. To restock, raise it. */
  stock: z.number().int().min(0).max(1_000_000_000).nullable().default(null),
  /** How many may be had in one redemption; price and value are multiplied. */
  maxQuantity: z.number().int().min(1).max(QUANTITY_MAX).default(1),
  limits: z.array(Limit).max(10).default([]),
  /** Can be redeemed in [validFrom, validUntil). */
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
  /** Codes of tiers of which the customer needs one; empty asks for none. */
  tiers: z.array(code).max(50).default([]),
  /** CEL over customer, account, tier and tiers; empty holds for everybody. */
  audience: z.string().max(2_000).default(''),
  /** Who sees it in the catalogue: everybody, also who may not have it yet, or only those whom tiers and audience let in. */
  visibility: z.enum(VISIBILITIES).default('EVERYBODY'),
  /** By locale, such as en or de-AT. */
  texts: z
    .record(z.string().regex(LOCALE, 'must be a locale such as en or de-AT'), Texts)
    .refine((texts) => Object.keys(texts).length > 0, 'a reward has texts in one locale at least')
    .refine((texts) => Object.keys(texts).length <= 50, 'a reward has texts in at most 50 locales'),
  imageUrl: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .max(2_000)
    .nullable()
    .default(null),
  /** How long a reservation holds points and stock. */
  reservationMinutes: z.number().int().min(1).max(RESERVATION_MINUTES_MAX).default(RESERVATION_MINUTES_DEFAULT),
  /** What is issued is valid to the end of the local day so many days later; null never ends. */
  validityDays: z.number().int().min(1).max(3_650).nullable().default(null),
  /** A redemption of this many points or more asks for a step-up code; null never asks. */
  stepUpAbove: z.number().int().min(1).max(POINTS_PRICE_MAX).nullable().default(null),
  /** Whether people deliver it and say so by `redemptionFulfil`. */
  byHand: z.boolean().default(false),
  paused: z.boolean().default(false),
  /** Lower first in the catalogue; equal ones by code. */
  sortOrder: z.number().int().min(-1_000_000).max(1_000_000).default(0),
});

export type Reward = z.infer<typeof RewardSchema>;
export type Fulfilment = Reward['fulfilment'];
export type RewardKind = Fulfilment['kind'];
export type RewardPrice = Reward['price'];
export type RewardLimit = Reward['limits'][number];
export type RewardTexts = Reward['texts'][string];
export type Money = z.infer<typeof Money>;
