import type { ChallengeGoal } from '../challenge/challenge.ts';
import type { BoostApplied } from '../earning/boost.ts';
import type { BoundOwner } from '../earning/bound.ts';

/**
 * What an activity caused, as answered to the caller and kept with the activity. Plain JSON: instants are ISO text, ids
 * are UUIDs. A reader must expect kinds that it does not know yet.
 */
export type PointsEarned = {
  kind: 'POINTS_EARNED';
  transactionId: string;
  ruleId: string;
  ruleCode: string;
  ruleName: string;
  revision: number;
  currencyId: string;
  points: number;
  /** What the rule would have given without caps and budgets. */
  uncapped: number;
  cappedBy: BoundOwner | 'BALANCE' | null;
  /** The boosts that multiplied the award. */
  boosts: readonly BoostApplied[];
  /** The customer's tiers by ladder when the rule was decided, which a partial reversal decides by again. */
  tiers?: Readonly<Record<string, string>>;
  pending: boolean;
  /** When pending points become available by themselves; null waits for an activity or a call. */
  availableAt: string | null;
  expiresAt: string | null;
};

export type PointsReleased = { kind: 'POINTS_RELEASED'; transactionId: string; currencyId: string; points: number };

/** A tier was reached; several at once where an activity reaches far. Codes and names are those of then. */
export type TierChanged = {
  kind: 'TIER_CHANGED';
  ladderId: string;
  ladderCode: string;
  ladderName: string;
  from: string | null;
  to: string;
  tierName: string;
  since: string;
};

/** A level was reached; levels are numbered from 1, and 0 is below the first. */
export type LevelReachedEffect = { kind: 'LEVEL_REACHED'; from: number; to: number; code: string; name: string };

/** A threshold of a milestone was reached, which gave points. Code and name are those of then. */
export type MilestoneReached = {
  kind: 'MILESTONE_REACHED';
  milestoneId: string;
  milestoneCode: string;
  milestoneName: string;
  revision: number;
  /** 2026-11, 2026 or all, by the milestone's period. */
  period: string;
  /** An exact decimal. */
  threshold: string;
  currencyId: string;
  points: number;
  /** What it would have given without the cap on the balance. */
  uncapped: number;
  /** Null when the cap on the balance left no room for any point. */
  transactionId: string | null;
  expiresAt: string | null;
};

/** What a challenge's prize came to: given at once, or to be claimed until an instant. */
export type ChallengePrizeEffect = {
  currencyId: string;
  points: number;
  /** What it would have given without the cap on the balance. */
  uncapped: number;
  /** Null while it is to be claimed, or when the cap on the balance left no room for any point. */
  transactionId: string | null;
  expiresAt: string | null;
  claimUntil: string | null;
};

/** The activity counted for a challenge: its steps that moved, and what completing it gave. Amounts are exact decimals. */
export type ChallengeProgressed = {
  kind: 'CHALLENGE_PROGRESSED';
  challengeId: string;
  challengeCode: string;
  challengeName: string;
  goal: ChallengeGoal;
  runId: string;
  /** 2026-11-22, 2026-W47, 2026-11 or all, by how the challenge repeats. */
  period: string;
  number: number;
  revision: number;
  steps: readonly { step: string; amount: string; total: string; target: string; isCompleted: boolean }[];
  /** Whether the activity completed the run. */
  isCompleted: boolean;
  /** Null unless this activity completed a personal challenge that has a prize. */
  prize: ChallengePrizeEffect | null;
};

/** A level of a badge was awarded. Code and name are those of then. */
export type BadgeAwarded = {
  kind: 'BADGE_AWARDED';
  awardId: string;
  badgeId: string;
  badgeCode: string;
  badgeName: string;
  /** Code of the level, and its place from 1. */
  level: string;
  levelNumber: number;
  /** 2026-11-22, 2026-W47, 2026-11, 2026 or all, by how the badge repeats. */
  period: string;
  /** The how manyth it is of the period. */
  occurrence: number;
  revision: number;
  currencyId: string;
  points: number;
  /** What it would have given without the cap on the balance. */
  uncapped: number;
  /** Null when it gave no points. */
  transactionId: string | null;
  /** From then on it is no longer held; null is for ever. */
  heldUntil: string | null;
};

/** A board that limits attempts, or ranks teams, counts the activity. Codes are those of then. */
export type BoardCounted = {
  kind: 'BOARD_COUNTED';
  leaderboardId: string;
  leaderboardCode: string;
  seasonKey: string;
  /** The team that it counts for, on a board of teams. */
  teamId: string | null;
  /** The how manyth attempt it was, and of how many; null where they are not limited. */
  attempt: number | null;
  attemptsMax: number | null;
};

export const SCORE_REFUSALS = ['BELOW_MIN', 'ABOVE_MAX', 'NO_ATTEMPTS_LEFT'] as const;
export type ScoreRefusal = (typeof SCORE_REFUSALS)[number];

/** A board does not count the activity: its score is out of bounds, or no attempt was left. */
export type ScoreRefused = {
  kind: 'SCORE_REFUSED';
  leaderboardId: string;
  leaderboardCode: string;
  seasonKey: string;
  reason: ScoreRefusal;
  /** An exact decimal. */
  score: string;
};

/** The activity counted for a running duel. Code and name are those of then; amounts are exact decimals. */
export type DuelScored = {
  kind: 'DUEL_SCORED';
  duelId: string;
  duelCode: string;
  duelName: string;
  amount: string;
  /** The customer's score with it. */
  score: string;
  /** The how manyth attempt it was, and of how many; null where they are not limited. */
  attempt: number;
  attemptsMax: number | null;
};

/** A period of a streak was met, and what that gave. Code and name are those of then. */
export type StreakExtended = {
  kind: 'STREAK_EXTENDED';
  streakId: string;
  streakCode: string;
  streakName: string;
  revision: number;
  /** 2026-11-22, 2026-W47 or 2026-11, by the customer's own calendar. */
  period: string;
  /** Of the run that the period belongs to; it is the current one unless the activity came late. */
  length: number;
  current: number;
  longest: number;
  freezes: number;
  /** Whether a period that had been missed was made good. */
  healed: boolean;
  prizes: readonly StreakPrizeEffect[];
};

/** A prize for a length. Without points, `transactionId` is null and points are 0; so they are when the cap left no room. */
export type StreakPrizeEffect = {
  length: number;
  transactionId: string | null;
  currencyId: string;
  points: number;
  expiresAt: string | null;
};

/** What moved points, and so balances. */
export type PointsEffect = PointsEarned | PointsReleased | MilestoneReached;
export type Effect =
  | PointsEffect
  | StreakExtended
  | TierChanged
  | LevelReachedEffect
  | ChallengeProgressed
  | DuelScored
  | BadgeAwarded
  | BoardCounted
  | ScoreRefused;

/** Points that an activity gave, by a rule or by a milestone, which `ruleId` then names. */
export type PointsGiven = Pick<PointsEarned, 'transactionId' | 'ruleId' | 'revision' | 'currencyId' | 'points'>;

/** All points that effects gave. */
export function pointsGiven(effects: readonly Effect[]): PointsGiven[] {
  return effects.flatMap((effect): PointsGiven[] => {
    if (effect.kind === 'POINTS_EARNED') return [effect];
    if (effect.kind === 'CHALLENGE_PROGRESSED') return prizeGiven(effect);
    if (effect.kind === 'STREAK_EXTENDED') return streakPrizesGiven(effect);
    if (effect.kind === 'BADGE_AWARDED')
      return effect.transactionId === null
        ? []
        : [{ ...effect, transactionId: effect.transactionId, ruleId: effect.badgeId }];
    if (effect.kind !== 'MILESTONE_REACHED' || effect.transactionId === null) return [];
    return [{ ...effect, transactionId: effect.transactionId, ruleId: effect.milestoneId }];
  });
}

function prizeGiven({ prize, challengeId, revision }: ChallengeProgressed): PointsGiven[] {
  if (prize === null || prize.transactionId === null) return [];
  const { transactionId, currencyId, points } = prize;
  return [{ transactionId, currencyId, points, ruleId: challengeId, revision }];
}

function streakPrizesGiven({ prizes, streakId, revision }: StreakExtended): PointsGiven[] {
  return prizes.flatMap(({ transactionId, currencyId, points }) =>
    transactionId === null ? [] : [{ transactionId, currencyId, points, ruleId: streakId, revision }],
  );
}

/** A rule that gave nothing, and why. */
export type RuleDeclined = { ruleId: string; ruleCode: string; ruleName: string; reason: string; detail: string };

/** A customer's balance of one currency right after the activity. */
export type BalanceAfter = { currencyId: string; pending: number; available: number; held: number };
