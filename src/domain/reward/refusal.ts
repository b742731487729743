import type { Period } from '../time.ts';

/**
 * Why a redemption is refused, as data: a code and what is missing. It is shown, answered, stored and explained alike, so
 * it survives JSON (instants are RFC 3339 text).
 */
export type RedemptionRefusal =
  | { code: 'NOT_ENROLLED'; state: string }
  | { code: 'BLOCKED' }
  | { code: 'CONSENT_REQUIRED'; version: number }
  | { code: 'PAUSED' }
  | { code: 'NOT_YET'; from: string }
  | { code: 'NO_LONGER'; until: string }
  | { code: 'TIER_REQUIRED'; tiers: readonly string[]; has: readonly string[] }
  | { code: 'NOT_IN_AUDIENCE'; failing: string }
  | { code: 'OUT_OF_STOCK'; wanted: number; left: number }
  | { code: 'NO_CODES_LEFT' }
  | ({ code: 'CUSTOMER_LIMIT' } & LimitReached)
  | ({ code: 'ACCOUNT_LIMIT' } & LimitReached)
  | ({ code: 'TOTAL_LIMIT' } & LimitReached)
  | { code: 'INSUFFICIENT_POINTS'; currency: string; needed: number; available: number }
  | { code: 'PAYMENT_REQUIRED'; amount: number; currency: string }
  | { code: 'STEP_UP_REQUIRED'; why: StepUpLack };

export type LimitReached = {
  per: Period;
  limit: number;
  /** What counts already in the running period. */
  used: number;
  wanted: number;
  /** When the period ends and the limit counts anew; null when it never does. */
  until: string | null;
};

/** None was given, it is not the one that was sent, it is too old or was used, or it was tried too often. */
export type StepUpLack = 'MISSING' | 'WRONG' | 'ENDED' | 'TRIES_USED_UP';

export type RefusalCode = RedemptionRefusal['code'];

/** Every code, in the order in which refusals are told: what the customer cannot change comes first. */
export const REFUSAL_CODES = [
  'BLOCKED',
  'NOT_ENROLLED',
  'CONSENT_REQUIRED',
  'PAUSED',
  'NOT_YET',
  'NO_LONGER',
  'TIER_REQUIRED',
  'NOT_IN_AUDIENCE',
  'OUT_OF_STOCK',
  'NO_CODES_LEFT',
  'CUSTOMER_LIMIT',
  'ACCOUNT_LIMIT',
  'TOTAL_LIMIT',
  'INSUFFICIENT_POINTS',
  'PAYMENT_REQUIRED',
  'STEP_UP_REQUIRED',
] as const satisfies readonly RefusalCode[];
