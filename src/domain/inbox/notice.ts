import type { IdType } from '../ids.ts';
import type { RedemptionState } from '../redemption/redemption.ts';

/**
 * What the text of each kind of item says: codes of the program's own things, amounts as exact decimals or whole points,
 * days (YYYY-MM-DD) and instants (ISO 8601). Each kind has its texts in `texts.ts`.
 */
export type NoticeValues = {
  REDEMPTION_CHANGED: { state: RedemptionState };
  /** Null is below the first tier. */
  TIER_CHANGED: { ladder: string; from: string | null; to: string | null };
  /** Without `required` more by the end of the day before `endsOn`. */
  TIER_AT_RISK: { ladder: string; tier: string; toTier: string | null; required: string; endsOn: string };
  MILESTONE_REACHED: { milestone: string; name: string; threshold: string; points: number };
  /** So many points expire on one day, the first of them at that instant. */
  POINTS_EXPIRING: { currency: string; points: number; expiresAt: string };
  BADGE_AWARDED: { badge: string; name: string; level: number | null };
  STREAK_AT_RISK: { streak: string; name: string; length: number; until: string };
  /** Points may be claimed until then; null where they came by themselves. */
  CHALLENGE_CHANGED: { challenge: string; points: number | null; claimUntil: string | null };
  DUEL_INVITED: { duel: string; until: string };
  DUEL_DECIDED: { duel: string; result: 'WON' | 'LOST' | 'DRAWN'; points: number };
  /** From one level of a league to another, up or down; down for not having played. */
  LEAGUE_MOVED: { leaderboard: string; from: string; to: string; isUp: 0 | 1; isIdle: 0 | 1 };
  /** From one rank to another; null is behind the first so many. */
  RANK_CHANGED: { leaderboard: string; first: number; from: number | null; to: number | null };
  PRIZE_WON: { leaderboard: string; rank: number; points: number | null; claimUntil: string | null };
};
export type NoticeKind = keyof NoticeValues;

/** One thing that a customer should see, as data: texts are written in the reader's language when it is read. */
export type InboxNotice = {
  [Kind in NoticeKind]: {
    kind: Kind;
    /** What it is about, by type and UUID. */
    about: { type: IdType; id: string };
    values: NoticeValues[Kind];
    /** From then on it is of no use any more, and not shown (ISO 8601); left out, it stays. */
    expiresAt?: string;
    /** What the customer may claim by the mutation of that type, by UUID; left out, there is nothing to claim. */
    claim?: { type: IdType; id: string };
  };
}[NoticeKind];
