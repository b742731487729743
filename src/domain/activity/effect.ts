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

/** What moved points, and so balances. */
export type PointsEffect = PointsEarned | PointsReleased | MilestoneReached;
export type Effect = PointsEffect | TierChanged | LevelReachedEffect;

/** Points that an activity gave, by a rule or by a milestone, which `ruleId` then names. */
export type PointsGiven = Pick<PointsEarned, 'transactionId' | 'ruleId' | 'revision' | 'currencyId' | 'points'>;

/** All points that effects gave. */
export function pointsGiven(effects: readonly Effect[]): PointsGiven[] {
  return effects.flatMap((effect): PointsGiven[] => {
    if (effect.kind === 'POINTS_EARNED') return [effect];
    if (effect.kind !== 'MILESTONE_REACHED' || effect.transactionId === null) return [];
    return [{ ...effect, transactionId: effect.transactionId, ruleId: effect.milestoneId }];
  });
}

/** A rule that gave nothing, and why. */
export type RuleDeclined = { ruleId: string; ruleCode: string; ruleName: string; reason: string; detail: string };

/** A customer's balance of one currency right after the activity. */
export type BalanceAfter = { currencyId: string; pending: number; available: number; held: number };
