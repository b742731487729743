import type { Period } from '../time.ts';

/**
 * Why a redemption is refused, as data: a code and what is missing. It is shown, answered, stored and explained alike, so
 * it survives JSON (instants are RFC 3339 text).
 */
export type RedemptionRefusal =
  | { code: 'NOT_ENROLLED'; state: string }
  | { code: 'BLOCKED' }
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

/** The sentence for the customer. It says nothing that only the team should know. */
export function sentenceOf(refusal: RedemptionRefusal): string {
  switch (refusal.code) {
    case 'BLOCKED':
      return 'Your membership is blocked. Please ask our support.';
    case 'NOT_ENROLLED':
      return 'This reward is for members of the programme.';
    case 'PAUSED':
      return 'This reward is not available at the moment.';
    case 'NOT_YET':
      return `This reward is available from ${refusal.from}.`;
    case 'NO_LONGER':
      return `This reward was available until ${refusal.until}.`;
    case 'TIER_REQUIRED':
      return `This reward is for members of ${listOf(refusal.tiers)}.`;
    case 'NOT_IN_AUDIENCE':
      return 'This reward is not meant for you.';
    case 'OUT_OF_STOCK':
      return refusal.left === 0
        ? 'This reward is out of stock.'
        : `Only ${refusal.left} of this reward are left, not ${refusal.wanted}.`;
    case 'NO_CODES_LEFT':
      return 'This reward is out of stock: no code is left.';
    case 'CUSTOMER_LIMIT':
      return `You have reached the limit of ${refusal.limit} ${periodWords(refusal)}.`;
    case 'ACCOUNT_LIMIT':
      return `Your company has reached the limit of ${refusal.limit} ${periodWords(refusal)}.`;
    case 'TOTAL_LIMIT':
      return `All ${refusal.limit} ${periodWords(refusal)} are taken.`;
    case 'INSUFFICIENT_POINTS':
      return `You need ${refusal.needed - refusal.available} more points: it costs ${refusal.needed}, and you have ${refusal.available}.`;
    case 'PAYMENT_REQUIRED':
      return 'This reward costs money, too: reserve it, then pay.';
    case 'STEP_UP_REQUIRED':
      return STEP_UP_SENTENCES[refusal.why];
  }
}

const STEP_UP_SENTENCES: Record<StepUpLack, string> = {
  MISSING: 'Please confirm with the code that we send you.',
  WRONG: 'This code is not the one that we sent you.',
  ENDED: 'This code is no longer valid. Please ask for another one.',
  TRIES_USED_UP: 'There were too many tries. Please ask for another code.',
};

function periodWords({ per, until }: LimitReached): string {
  const unit = { DAY: 'a day', WEEK: 'a week', MONTH: 'a month', YEAR: 'a year', ALL_TIME: 'in all' }[per];
  return until === null ? unit : `${unit}; it counts anew on ${until}`;
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
