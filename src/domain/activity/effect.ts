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

/** What moved points, and so balances. */
export type PointsEffect = PointsEarned | PointsReleased;
export type Effect = PointsEffect | TierChanged | LevelReachedEffect;

/** A rule that gave nothing, and why. */
export type RuleDeclined = { ruleId: string; ruleCode: string; ruleName: string; reason: string; detail: string };

/** A customer's balance of one currency right after the activity. */
export type BalanceAfter = { currencyId: string; pending: number; available: number; held: number };
