import type { IdType } from '../ids.ts';

/** What an item of an inbox is about. Each kind has its texts in `texts.ts`. */
export const NOTICE_KINDS = [
  'REDEMPTION_CHANGED',
  'TIER_CHANGED',
  'TIER_AT_RISK',
  'MILESTONE_REACHED',
  'POINTS_EXPIRING',
  'BADGE_AWARDED',
  'STREAK_AT_RISK',
  'CHALLENGE_CHANGED',
  'PRIZE_WON',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One thing that a customer should see, as data: texts are written in the reader's language when it is read. */
export type InboxNotice = {
  kind: NoticeKind;
  /** What it is about, by type and UUID. */
  about: { type: IdType; id: string };
  /** What its text says: names, codes, amounts as exact decimals, days (YYYY-MM-DD) and instants (ISO 8601). */
  values: Readonly<Record<string, string | number | null>>;
  /** From then on it is of no use any more, and not shown (ISO 8601); left out, it stays. */
  expiresAt?: string;
  /** What the customer may claim by the mutation of that type, by UUID; left out, there is nothing to claim. */
  claim?: { type: IdType; id: string };
};
