import type { Audience, AudienceFacts } from './audience.ts';
import type { RedemptionRefusal } from './refusal.ts';

/** What is offered to some customers for some time, and can be paused: a reward, a prize draw. */
export type Offer = {
  paused: boolean;
  /** In [validFrom, validUntil); null is open. */
  validFrom: Date | null;
  validUntil: Date | null;
  /** Codes of tiers of which the customer needs one; empty asks for none. */
  tiers: readonly string[];
  /** Null lets everybody in. */
  audience: Audience | null;
};

export type AdmissionCode =
  | 'BLOCKED'
  | 'NOT_ENROLLED'
  | 'CONSENT_REQUIRED'
  | 'PAUSED'
  | 'NOT_YET'
  | 'NO_LONGER'
  | 'TIER_REQUIRED'
  | 'NOT_IN_AUDIENCE';
export type AdmissionRefusal = Extract<RedemptionRefusal, { code: AdmissionCode }>;

export type AdmissionFacts = AudienceFacts & {
  /** The version of the terms that the program wants accepted first; null when nothing is missing. */
  missingConsent: number | null;
};

/**
 * Why an offer is closed to a customer at an instant, the weightiest reason first. Whoever is enrolled is let in, also while
 * paused: a pause ends earning, not what one has.
 */
export function whyNotAdmitted(offer: Offer, facts: AdmissionFacts, now: Date): AdmissionRefusal[] {
  const { enrolmentState } = facts.customer;
  const refusals: AdmissionRefusal[] = [];
  if (enrolmentState === 'BLOCKED') refusals.push({ code: 'BLOCKED' });
  else if (enrolmentState !== 'ENROLLED' && enrolmentState !== 'PAUSED')
    refusals.push({ code: 'NOT_ENROLLED', state: enrolmentState });
  if (facts.missingConsent !== null) refusals.push({ code: 'CONSENT_REQUIRED', version: facts.missingConsent });
  if (offer.paused) refusals.push({ code: 'PAUSED' });
  const time = whyOutOfTime(offer, now);
  if (time !== null) refusals.push(time);
  if (offer.tiers.length > 0 && !offer.tiers.some((tier) => facts.tiers.includes(tier)))
    refusals.push({ code: 'TIER_REQUIRED', tiers: offer.tiers, has: facts.tiers });
  const failing = offer.audience?.failingPart(facts) ?? null;
  if (failing !== null) refusals.push({ code: 'NOT_IN_AUDIENCE', failing });
  return refusals;
}

/** Whether the time of an offer has not begun, or is over; null when it runs. */
export function whyOutOfTime(
  { validFrom, validUntil }: Pick<Offer, 'validFrom' | 'validUntil'>,
  now: Date,
): Extract<AdmissionRefusal, { code: 'NOT_YET' | 'NO_LONGER' }> | null {
  if (validFrom !== null && now < validFrom) return { code: 'NOT_YET', from: validFrom.toISOString() };
  if (validUntil !== null && now >= validUntil) return { code: 'NO_LONGER', until: validUntil.toISOString() };
  return null;
}
