import type { AudienceFacts } from '../reward/audience.ts';
import type { CompiledChallenge } from './compile.ts';

/** Why a challenge does not count for somebody at an instant. */
export const CHALLENGE_CLOSED = [
  'PAUSED',
  'NOT_YET',
  'OVER',
  'NOT_ENROLLED',
  'TIER_NEEDED',
  'NOT_ELIGIBLE',
  'REQUIRES',
  'NO_TEAM',
] as const;
export type ChallengeClosed = (typeof CHALLENGE_CLOSED)[number];

/** What decides whether a challenge is open to a customer. */
export type Contender = AudienceFacts & {
  /** Ids of the challenges that the customer has completed. */
  completed: ReadonlySet<string>;
  hasTeam: boolean;
};

/** The first reason why a challenge is closed to a customer for what occurs at an instant; null when it is open. */
export function whyClosed(compiled: CompiledChallenge, who: Contender, at: Date): ChallengeClosed | null {
  const { challenge, validFrom, validUntil, requires, audience } = compiled;
  if (challenge.paused) return 'PAUSED';
  if (validFrom !== null && at < validFrom) return 'NOT_YET';
  if (validUntil !== null && at >= validUntil) return 'OVER';
  if (who.customer.enrolmentState !== 'ENROLLED') return 'NOT_ENROLLED';
  if (challenge.tiers.length > 0 && !challenge.tiers.some((tier) => who.tiers.includes(tier))) return 'TIER_NEEDED';
  if (!requires.every((id) => who.completed.has(id))) return 'REQUIRES';
  if (challenge.goal === 'TEAM' && !who.hasTeam) return 'NO_TEAM';
  return audience === null || audience.failingPart(who) === null ? null : 'NOT_ELIGIBLE';
}
