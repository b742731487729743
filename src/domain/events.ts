import type { RedemptionState } from './redemption/redemption.ts';
import type { TierReason } from './tier/standing.ts';

/**
 * Domain events: past-tense facts, written to the outbox in the transaction that made them true, relayed in order per
 * program, at least once. Consumers are idempotent by `id`. All ids are UUIDs.
 */
export type EventBody =
  | { type: 'activity.tracked'; customerId: string; activityId: string; points: number }
  | { type: 'activity.reversed'; customerId: string; activityId: string; points: number }
  | {
      type: 'balance.changed';
      customerId: string;
      currencyId: string;
      pending: number;
      available: number;
      held: number;
      /** The account's entry number after the change: a higher one is newer. */
      seq: number;
    }
  | { type: 'leaderboard.scored'; seasonId: string; leaderboardId: string; scores: ScoreUpdate[] }
  /** The ranked copies of these seasons are to be built anew from the record. */
  | { type: 'leaderboard.rebuild_requested'; seasonIds: string[] }
  | { type: 'redemption.changed'; customerId: string; redemptionId: string; state: RedemptionState }
  | {
      /** From one tier of a ladder to another, by their codes; null is below the first. */
      type: 'tier.changed';
      customerId: string;
      ladderId: string;
      ladder: string;
      from: string | null;
      to: string | null;
      reason: TierReason;
      since: string;
    }
  | {
      /** Without `required` more by the end of the day before `endsOn`, the tier falls to `toTier` at `reviewAt`. */
      type: 'tier.at_risk';
      customerId: string;
      ladderId: string;
      ladder: string;
      tier: string;
      toTier: string | null;
      required: string;
      endsOn: string;
      reviewAt: string;
    }
  | { type: 'customer.changed'; customerId: string }
  | { type: 'enrolment.changed'; customerId: string; state: string }
  | { type: 'catalogue.changed'; version: number }
  /** A revision of the rules is on record, live from `startsAt` on (ISO 8601). */
  | { type: 'rule-set.published'; revision: number; startsAt: string }
  | {
      /** Callers of this key, customer or identity provider are refused: from now on, or from `endsAt`. */
      type: 'caller.revoked';
      keyId?: string;
      customerId?: string;
      providerId?: string;
      endsAt?: string;
    };

/** An absolute score with its version; a null score takes the customer off the board. */
export type ScoreUpdate = { customerId: string; score: number | null; version: number; reachedAt: number };

export type DomainEvent = EventBody & { id: string; at: string };
