import type { Appearance } from './appearance/appearance.ts';
import type { RedemptionState } from './redemption/redemption.ts';
import type { SeasonPrizeState } from './season/season.ts';
import type { StreakState } from './streak/standing.ts';
import type { ConsentAction } from './terms/consent.ts';
import type { TierReason } from './tier/standing.ts';

export const STREAK_EVENTS = [
  'streak.extended',
  'streak.at_risk',
  'streak.frozen',
  'streak.broken',
  'streak.healed',
  'streak.paused',
  'streak.resumed',
  'streak.restored',
  'streak.freeze_earned',
  'streak.freeze_given',
  'streak.prize_given',
] as const;
export type StreakEventType = (typeof STREAK_EVENTS)[number];

/**
 * What happened to a streak of a customer, and where it stands since. `length` is that of the run that it is about: of a
 * break, the one that was lost; of a prize, the length that it is for.
 */
export type StreakHappened = {
  [Type in StreakEventType]: {
    type: Type;
    customerId: string;
    streakId: string;
    streak: string;
    name: string;
    /** 2026-11-22, 2026-W47 or 2026-11; null where it is about no period. */
    period: string | null;
    length: number;
    current: number;
    longest: number;
    freezes: number;
    state: StreakState;
    /** When the period ends that has to be met next; null without a run. */
    deadline: string | null;
  };
}[StreakEventType];

/** What happened to a duel, as one of its customers sees it. SCORED is told of both sides' attempts, reversed ones too. */
export const DUEL_CHANGES = [
  'OFFERED',
  'INVITED',
  'STARTED',
  'SCORED',
  'DECLINED',
  'WITHDRAWN',
  'LAPSED',
  'WON',
  'LOST',
  'DRAWN',
] as const;
export type DuelChange = (typeof DUEL_CHANGES)[number];

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
  | {
      /** The rank of a customer among the first `first` of a board is another one than was told last; null is behind them. */
      type: 'leaderboard.rank_changed';
      customerId: string;
      leaderboardId: string;
      leaderboard: string;
      seasonId: string;
      /** Its key. */
      season: string;
      first: number;
      from: number | null;
      to: number | null;
      /** From then on the notice is of no use any more (ISO 8601). */
      until: string;
    }
  /** The ranked copies of these seasons are to be built anew from the record. */
  | { type: 'leaderboard.rebuild_requested'; seasonIds: string[] }
  /** The customer came further in a challenge, alone or for a shared goal, joined it, or lost what a reversed activity had counted. */
  | { type: 'challenge.progressed'; customerId: string; challengeId: string; runId: string; isCompleted: boolean }
  /** A shared goal came further: of a team, or of the community, whose owner is the program. */
  | { type: 'challenge.goal_moved'; challengeId: string; runId: string; ownerId: string; isCompleted: boolean }
  /** What a customer gets for a challenge was given, waits to be claimed, or was claimed. */
  | {
      type: 'challenge.prize_changed';
      customerId: string;
      challenge: string;
      prizeId: string;
      points: number;
      /** False where it had waited and was claimed. */
      isNew: boolean;
      /** Until when it waits to be claimed (ISO 8601); null when it is given. */
      claimUntil: string | null;
    }
  /** A duel has come further, told to both sides. */
  | {
      type: 'duel.changed';
      customerId: string;
      duelId: string;
      /** The code of its kind. */
      duel: string;
      change: DuelChange;
      /** What the customer won; left out before it is decided. */
      points?: number;
      /** Of INVITED: until when it can be accepted (ISO 8601). */
      answerUntil?: string;
    }
  /** A season has come further: see SeasonState. */
  | { type: SeasonEventType; seasonId: string; leaderboardId: string; key: string }
  | {
      /** Decided from sealed standings; CLAIMABLE until `claimUntil`, or given soon. */
      type: 'prize.won';
      customerId: string;
      prizeId: string;
      seasonId: string;
      leaderboard: string;
      /** Its key. */
      season: string;
      rank: number;
      points: number;
      claimUntil: string | null;
    }
  | {
      /** From one level of a league to another, by their codes; `isIdle` for not having played the season. */
      type: 'league.promoted' | 'league.relegated';
      customerId: string;
      leaderboardId: string;
      leaderboard: string;
      seasonId: string;
      season: string;
      from: string;
      to: string;
      isIdle: boolean;
    }
  | {
      /** Given, withheld, or expired without a claim; `points` are those that were granted. */
      type: 'prize.settled';
      customerId: string;
      prizeId: string;
      seasonId: string;
      state: SeasonPrizeState;
      points: number;
    }
  | {
      /** A customer played a prize draw, and this came out. `name` is in the customer's language; `points` were given. */
      type: 'draw.played';
      customerId: string;
      playId: string;
      drawId: string;
      draw: string;
      outcome: string;
      name: string;
      isWin: boolean;
      points: number;
    }
  | { type: 'redemption.changed'; customerId: string; redemptionId: string; state: RedemptionState }
  | {
      /** So many points of a customer expire in about `days` days: after the local day `expiresOn`, the first at `expiresAt`. */
      type: 'points.expiring';
      customerId: string;
      currencyId: string;
      currency: string;
      days: number;
      points: number;
      expiresOn: string;
      expiresAt: string;
    }
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
  | {
      /** A level of a badge was awarded, by an activity or by hand. `name` is in the customer's language. */
      type: 'badge.awarded';
      customerId: string;
      awardId: string;
      badgeId: string;
      badge: string;
      name: string;
      /** The level's place from 1; null where the badge has one level. */
      level: number | null;
      byHand: boolean;
    }
  /** The same for what was done before the badge went live: nobody is told. */
  | { type: 'badge.credited'; customerId: string; awardId: string; badgeId: string }
  | {
      type: 'badge.revoked';
      customerId: string;
      awardId: string;
      badgeId: string;
      badge: string;
      why: 'HAND' | 'REVERSAL';
    }
  | { type: 'badge.expired'; customerId: string; awardId: string; badgeId: string; badge: string }
  /** The customer shows a badge to others, or no longer. */
  | { type: 'badge.shown'; customerId: string; badgeId: string; visible: boolean }
  | {
      /** A threshold of a milestone, by its code and name of then; `points` were given for it. */
      type: 'milestone.reached';
      customerId: string;
      milestoneId: string;
      milestone: string;
      name: string;
      period: string;
      threshold: string;
      points: number;
    }
  | StreakHappened
  | { type: 'customer.changed'; customerId: string }
  /** Nothing is known of the person any more; these badges and awards of theirs are shown to nobody. */
  | { type: 'customer.erased'; customerId: string; badgeIds: string[]; awardIds: string[] }
  | { type: 'enrolment.changed'; customerId: string; state: string }
  /** A version of the programme's terms is on record, in force from `effectiveFrom` on (ISO 8601). */
  | { type: 'terms.published'; version: number; effectiveFrom: string; renewsConsent: boolean }
  | { type: 'consent.changed'; customerId: string; action: ConsentAction; version: number }
  | {
      /** A team was made or changed, somebody joined or left, or its last member did. */
      type: 'team.changed';
      teamId: string;
      change: 'CREATED' | 'UPDATED' | 'JOINED' | 'LEFT' | 'DISBANDED';
      customerId: string;
    }
  /** Two customers are friends now, one has asked the other, or they are nothing to each other any more. */
  | { type: 'friend.changed'; customerId: string; friendId: string; state: 'REQUESTED' | 'ACCEPTED' | 'NONE' }
  /** The customer has read these items of their inbox, or all up to one; `unread` are left then. */
  | { type: 'inbox.read'; customerId: string; itemIds: string[]; upTo: string | null; unread: number }
  /** How a customer appears on boards. */
  | { type: 'appearance.changed'; customerId: string; appearance: Appearance }
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
export type ScoreUpdate = {
  /** The team on a board of teams. */
  customerId: string;
  score: number | null;
  version: number;
  reachedAt: number;
  /** 0 when left out. */
  subScore?: number;
  /** The part of the board that the entry is in, '' when left out; null is in none. */
  part?: string | null;
  /** False for a customer who does not want to be seen; true when left out. */
  isListed?: boolean;
};

export type DomainEvent = EventBody & { id: string; at: string };

/** What happens to seasons. */
export type SeasonEventType =
  | 'season.opened'
  | 'season.closed'
  | 'season.sealed'
  | 'season.settled'
  | 'season.archived';
