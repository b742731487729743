import type { AdmissionRefusal } from '../reward/admission.ts';
import type { RedemptionRefusal } from '../reward/refusal.ts';

/**
 * Why a draw cannot be played, as data: a code and what is missing. It survives JSON; instants are RFC 3339 text. Limits
 * count plays.
 */
export type DrawRefusal =
  | AdmissionRefusal
  | Extract<RedemptionRefusal, { code: 'CUSTOMER_LIMIT' | 'TOTAL_LIMIT' | 'INSUFFICIENT_POINTS' }>
  /** Every prize is used up. */
  | { code: 'NOTHING_LEFT' }
  /** It is played for free alone; when the next free play comes, null never. */
  | { code: 'NO_FREE_PLAY'; until: string | null };

export type DrawRefusalCode = DrawRefusal['code'];

/** Every code, in the order in which refusals are told: what the customer cannot change comes first. */
export const DRAW_REFUSAL_CODES = [
  'BLOCKED',
  'NOT_ENROLLED',
  'CONSENT_REQUIRED',
  'PAUSED',
  'NOT_YET',
  'NO_LONGER',
  'TIER_REQUIRED',
  'NOT_IN_AUDIENCE',
  'NOTHING_LEFT',
  'CUSTOMER_LIMIT',
  'TOTAL_LIMIT',
  'NO_FREE_PLAY',
  'INSUFFICIENT_POINTS',
] as const satisfies readonly DrawRefusalCode[];
