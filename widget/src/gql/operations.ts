// Made by `npm run codegen` from the operations beside it. Do not edit.
import type { Operation } from '../client/operation.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** What happened to an award. */
export type BadgeChangeKind =
  /** It was awarded, by an activity or by hand. */
  | 'AWARDED'
  /** Its time is over. */
  | 'EXPIRED'
  /** It was taken back. */
  | 'REVOKED';

/** How far a customer is with a badge, in the running period. */
export type BadgeState =
  /** It is held, and nothing is left to earn at present. */
  | 'EARNED'
  /** Something is there, and a level or one more can still be earned. */
  | 'IN_PROGRESS'
  /** Nothing that it asks for is there. */
  | 'NOT_STARTED';

/** Why a challenge counts nothing for a customer. */
export type ChallengeClosed =
  /** It is for other customers. */
  | 'NOT_ELIGIBLE'
  /** The customer is not enrolled. */
  | 'NOT_ENROLLED'
  /** It has not begun. */
  | 'NOT_YET'
  /** It is for teams, and the customer is in none. */
  | 'NO_TEAM'
  /** It is over. */
  | 'OVER'
  /** It is paused. */
  | 'PAUSED'
  /** Another challenge has to be completed before. */
  | 'REQUIRES'
  /** It is for other tiers. */
  | 'TIER_NEEDED';

/** Whose progress counts together. */
export type ChallengeGoal =
  /** That of all customers of the program. */
  | 'COMMUNITY'
  /** Each customer’s own. */
  | 'PERSONAL'
  /** That of the customers of a team: what each did while in it. */
  | 'TEAM';

/** Input of challengeJoin. */
export type ChallengeJoinInput = {
  /** Code of the challenge. */
  challenge: string;
  /** Who, cus_…; a customer token may leave it out to mean its own. */
  customerId?: string | number | null | undefined;
  /** Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours. */
  idempotencyKey: string;
};

/** Input of challengePrizeClaim. */
export type ChallengePrizeClaimInput = {
  /** Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours. */
  idempotencyKey: string;
  /** The prize, chp_…. */
  prizeId: string | number;
};

/** What a prize is for. */
export type ChallengePrizeRole =
  /** For being there when it was. */
  | 'BYSTANDER'
  /** For contributing to a shared goal that was reached. */
  | 'CONTRIBUTOR'
  /** For completing a personal challenge. */
  | 'WINNER';

/** What became of a prize. */
export type ChallengePrizeState =
  /** It waits to be claimed by challengePrizeClaim. */
  | 'CLAIMABLE'
  /** Nobody claimed it in time. */
  | 'EXPIRED'
  /** The customer has its points. */
  | 'GIVEN';

/** Whether a challenge can be completed again. */
export type ChallengeRepeat =
  /** Once each local day of the program. */
  | 'DAY'
  /** Once each calendar month of the program’s zone. */
  | 'MONTH'
  /** Once. A run that ran out of time may be tried again. */
  | 'NEVER'
  /** A new run begins once the one before is completed. */
  | 'ON_COMPLETION'
  /** Once each ISO week of the program’s zone. */
  | 'WEEK';

/** What became of a try at a challenge. */
export type ChallengeRunState =
  /** All steps are completed. */
  | 'COMPLETED'
  /** Its time ran out. What occurred before and is recorded later still counts. */
  | 'EXPIRED'
  /** What had completed it was reversed, after the next one had begun. */
  | 'REVOKED'
  /** Under way. */
  | 'RUNNING';

/** Where standings were read from. */
export type LeaderboardState =
  /** From the ranked copy in memory, which follows the record within milliseconds. */
  | 'LIVE'
  /** From the record itself, while the ranked copy is being built. */
  | 'REBUILDING'
  /** From the record itself, because the copy is out of reach or behind. Right as of `asOf`, but slower to read and not pushed at the usual rate. */
  | 'STALE';

/** Input of redemptionCancel. */
export type RedemptionCancelInput = {
  /** Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours. */
  idempotencyKey: string;
  /** Why, 1 to 500 characters, kept in its history; null: nothing is said. */
  reason?: string | null | undefined;
  /** The redemption, rdm_…. */
  redemptionId: string | number;
};

/** How a reward is redeemed. */
export type RedemptionMode =
  /** At once: the points are spent. */
  | 'ISSUE'
  /** Points, piece and code are kept for a while, to be issued or cancelled. */
  | 'RESERVE';

/** Why a reward cannot be redeemed. */
export type RedemptionRefusalCode =
  /** The customer’s company has had as many as allowed in the period. */
  | 'ACCOUNT_LIMIT'
  /** The customer is blocked. */
  | 'BLOCKED'
  /** The customer has not agreed to the terms in force. */
  | 'CONSENT_REQUIRED'
  /** The customer has had as many as allowed in the period. */
  | 'CUSTOMER_LIMIT'
  /** The customer has fewer points than it costs. */
  | 'INSUFFICIENT_POINTS'
  /** The customer is no member of the programme, or not yet. */
  | 'NOT_ENROLLED'
  /** The reward is for other customers. */
  | 'NOT_IN_AUDIENCE'
  /** The reward’s time has not begun. */
  | 'NOT_YET'
  /** No code is left in the pool. */
  | 'NO_CODES_LEFT'
  /** The reward’s time is over. */
  | 'NO_LONGER'
  /** Fewer pieces are left than wanted. */
  | 'OUT_OF_STOCK'
  /** The team has paused the reward. */
  | 'PAUSED'
  /** It costs money: a customer can reserve it, and the tenant issues it once paid. */
  | 'PAYMENT_REQUIRED'
  /** It asks for a code that confirms it. */
  | 'STEP_UP_REQUIRED'
  /** The customer is in none of the tiers that the reward asks for. */
  | 'TIER_REQUIRED'
  /** All customers together have had as many as allowed in the period. */
  | 'TOTAL_LIMIT';

/** Where a redemption stands. */
export type RedemptionState =
  /** It was taken back, and the points returned. Final. */
  | 'CANCELLED'
  /** Its time is over. What was only reserved has returned, points and piece; what was issued stays spent. Final. */
  | 'EXPIRED'
  /** The tenant has delivered it. */
  | 'FULFILLED'
  /** It is the customer’s: the points are spent, the code is handed out. */
  | 'ISSUED'
  /** Points, piece and code are kept until it is issued, cancelled or its time is over. */
  | 'RESERVED'
  /** The customer has used it. Final. */
  | 'USED';

/** What a reward is. */
export type RewardKind =
  /** Credit in money on the customer’s account with the tenant. */
  | 'ACCOUNT_CREDIT'
  /** One of the codes that were imported. */
  | 'CODE_POOL'
  /** A discount, as an amount or as a percentage. */
  | 'DISCOUNT'
  /** Money given to somebody else in the customer’s name. */
  | 'DONATION'
  /** Something to take part in. */
  | 'EXPERIENCE'
  /** A feature of the tenant’s product. */
  | 'FEATURE_UNLOCK'
  /** A code that Laurel makes up. */
  | 'GENERATED_CODE'
  /** A thing that is sent. */
  | 'GIFT';

/** Over what a limit counts, in the program’s time zone. */
export type RewardPeriod =
  /** For ever. */
  | 'ALL_TIME'
  /** A local day. */
  | 'DAY'
  /** A calendar month. */
  | 'MONTH'
  /** An ISO week, Monday to Sunday. */
  | 'WEEK'
  /** A calendar year. */
  | 'YEAR';

/** Input of rewardRedeem. */
export type RewardRedeemInput = {
  /** For whom, by the tenant’s own id. */
  customerExternalId?: string | null | undefined;
  /** For whom, cus_…. This or customerExternalId; a customer token needs neither. */
  customerId?: string | number | null | undefined;
  /** Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours. */
  idempotencyKey: string;
  /** At once, or reserved; ISSUE by default. A customer token can only reserve what costs money. */
  mode: RedemptionMode;
  /** How many pieces, 1 to its maxQuantity. */
  quantity: number;
  /** Why, 1 to 500 characters, kept in its history; null: nothing is said. */
  reason?: string | null | undefined;
  /** The reward’s code. */
  reward: string;
  /** The six digits that the customer was sent, where the reward asks for them. */
  stepUpCode?: string | null | undefined;
};

/** What is lacking of a step-up code. */
export type StepUpLack =
  /** It is too old, or has confirmed a redemption already. */
  | 'ENDED'
  /** None was given. */
  | 'MISSING'
  /** There were five tries already. */
  | 'TRIES_USED_UP'
  /** It is not the one that was sent. */
  | 'WRONG';

/** The periods that a streak is made of, by the customer’s own calendar. */
export type StreakCadence =
  /** Days, from midnight to midnight; 23 or 25 hours long where the clocks change. */
  | 'DAY'
  /** Calendar months. */
  | 'MONTH'
  /** ISO weeks, from Monday. */
  | 'WEEK';

/** Where a customer stands with a streak. */
export type StreakState =
  /** It goes on. */
  | 'ACTIVE'
  /** The period ends soon, or has ended and waits for late reports, and is not met. */
  | 'AT_RISK'
  /** It was lost, and has not begun anew. */
  | 'BROKEN'
  /** It lives by a freeze, and waits for the next met period. */
  | 'FROZEN'
  /** It has not begun. */
  | 'NONE'
  /** A pause is running. */
  | 'PAUSED';

export type BadgesQueryVariables = Exact<{
  locale?: string | null | undefined;
}>;


export type BadgesQuery = { me: { badges: Array<{ state: BadgeState, level: string | null, badge: { id: string, code: string, imageUrl: string | null, rarity: number | null, texts: { locale: string, name: string, description: string }, levels: Array<{ code: string, number: number, imageUrl: string | null, name: string }> }, next: { levelNumber: number, criteria: Array<{ has: string, needed: string }> } | null }> } | null };

export type BadgeChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type BadgeChangesSubscription = { badgeAwarded: { isSnapshot: boolean, cursor: string, change: BadgeChangeKind | null, awards: Array<{ id: string, code: string, level: string, points: number | null, badge: { texts: { name: string } } | null }> } };

export type BalanceSubscriptionVariables = Exact<{
  currency?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type BalanceSubscription = { balanceChanged: { isSnapshot: boolean, cursor: string, balances: Array<{ available: number, pending: number, held: number, negative: number, asOf: string, version: number, currency: { code: string, name: string, isDefault: boolean } }> } };

export type ExpiringQueryVariables = Exact<{
  currency?: string | null | undefined;
  withinDays: number;
}>;


export type ExpiringQuery = { me: { expiringPoints: { points: number, lots: Array<{ expiresAt: string, points: number }> } | null } | null };

export type PrizeFragment = { id: string, points: number, currency: string, role: ChallengePrizeRole, state: ChallengePrizeState, claimUntil: string | null };

export type ProgressFragment = { period: string, completions: number, canJoin: boolean, closed: ChallengeClosed | null, contributors: number | null, challenge: { id: string, code: string, name: string, description: string, imageUrl: string | null, goal: ChallengeGoal, repeat: ChallengeRepeat, inOrder: boolean, validFrom: string | null, validUntil: string | null, reward: { points: number, currency: string | null } | null }, run: { state: ChallengeRunState, endsAt: string | null } | null, prize: { id: string, points: number, currency: string, role: ChallengePrizeRole, state: ChallengePrizeState, claimUntil: string | null } | null, steps: Array<{ amount: string, isCompleted: boolean, step: { code: string, name: string, target: string } }> };

export type ChallengesQueryVariables = Exact<{
  locale?: string | null | undefined;
}>;


export type ChallengesQuery = { me: { team: { id: string } | null, challenges: Array<{ period: string, completions: number, canJoin: boolean, closed: ChallengeClosed | null, contributors: number | null, challenge: { id: string, code: string, name: string, description: string, imageUrl: string | null, goal: ChallengeGoal, repeat: ChallengeRepeat, inOrder: boolean, validFrom: string | null, validUntil: string | null, reward: { points: number, currency: string | null } | null }, run: { state: ChallengeRunState, endsAt: string | null } | null, prize: { id: string, points: number, currency: string, role: ChallengePrizeRole, state: ChallengePrizeState, claimUntil: string | null } | null, steps: Array<{ amount: string, isCompleted: boolean, step: { code: string, name: string, target: string } }> }> } | null };

export type ChallengeChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ChallengeChangesSubscription = { challengeChanged: { isSnapshot: boolean, cursor: string, isCompleted: boolean, challenges: Array<{ challenge: { code: string, name: string } }>, prize: { id: string, points: number, currency: string, role: ChallengePrizeRole, state: ChallengePrizeState, claimUntil: string | null } | null } };

export type GoalMovesSubscriptionVariables = Exact<{
  challenge: string;
  teamId?: string | number | null | undefined;
}>;


export type GoalMovesSubscription = { challengeGoalMoved: { contributors: number, run: { state: ChallengeRunState, endsAt: string | null } | null, steps: Array<{ amount: string, isCompleted: boolean, step: { code: string } }> } };

export type JoinChallengeMutationVariables = Exact<{
  input: ChallengeJoinInput;
}>;


export type JoinChallengeMutation = { challengeJoin:
    | { kind: 'ChallengeJoinPayload' }
    | { code: string, message: string, kind: 'IdempotencyInProgressError' }
    | { code: string, message: string, kind: 'IdempotencyMismatchError' }
    | { code: string, message: string, kind: 'InvalidInputError' }
    | { code: string, message: string, kind: 'NotFoundError' }
    | { code: string, message: string, kind: 'StateConflictError' }
   };

export type ClaimPrizeMutationVariables = Exact<{
  input: ChallengePrizeClaimInput;
}>;


export type ClaimPrizeMutation = { challengePrizeClaim:
    | { kind: 'ChallengePrizeClaimPayload', prize: { id: string, points: number, currency: string, role: ChallengePrizeRole, state: ChallengePrizeState, claimUntil: string | null } }
    | { code: string, message: string, kind: 'IdempotencyInProgressError' }
    | { code: string, message: string, kind: 'IdempotencyMismatchError' }
    | { code: string, message: string, kind: 'InvalidInputError' }
    | { code: string, message: string, kind: 'NotFoundError' }
    | { code: string, message: string, kind: 'StateConflictError' }
   };

export type RowFragment = { rank: number, position: number, score: string, customerId: string, displayName: string | null };

export type ChangedFragment = { left: Array<string>, entered: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }>, updated: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }> };

export type BoardSubscriptionVariables = Exact<{
  board: string;
  top: number;
  aroundMe: boolean;
  radius: number;
  season?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type BoardSubscription = { leaderboardChanged: { isSnapshot: boolean, cursor: string, state: LeaderboardState, version: number, asOf: string, entryCount: number, seasonKey: string, top: { left: Array<string>, entered: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }>, updated: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }> } | null, around: { left: Array<string>, entered: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }>, updated: Array<{ rank: number, position: number, score: string, customerId: string, displayName: string | null }> } | null } };

export type PriceFragment = { amount: number, currency: string };

type Refusal_RewardConsentRequired_Fragment = { code: RedemptionRefusalCode, message: string, kind: 'RewardConsentRequired' };

type Refusal_RewardLimitReached_Fragment = { limit: number, per: RewardPeriod, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardLimitReached' };

type Refusal_RewardNotInAudience_Fragment = { code: RedemptionRefusalCode, message: string, kind: 'RewardNotInAudience' };

type Refusal_RewardOutOfStock_Fragment = { code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfStock' };

type Refusal_RewardOutOfTime_Fragment = { from: string | null, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfTime' };

type Refusal_RewardPaymentRequired_Fragment = { code: RedemptionRefusalCode, message: string, kind: 'RewardPaymentRequired' };

type Refusal_RewardPointsMissing_Fragment = { needed: number, available: number, missing: number, code: RedemptionRefusalCode, message: string, kind: 'RewardPointsMissing' };

type Refusal_RewardStepUpRequired_Fragment = { why: StepUpLack, code: RedemptionRefusalCode, message: string, kind: 'RewardStepUpRequired' };

type Refusal_RewardTierRequired_Fragment = { tiers: Array<string>, code: RedemptionRefusalCode, message: string, kind: 'RewardTierRequired' };

type Refusal_RewardUnavailable_Fragment = { code: RedemptionRefusalCode, message: string, kind: 'RewardUnavailable' };

export type RefusalFragment =
  | Refusal_RewardConsentRequired_Fragment
  | Refusal_RewardLimitReached_Fragment
  | Refusal_RewardNotInAudience_Fragment
  | Refusal_RewardOutOfStock_Fragment
  | Refusal_RewardOutOfTime_Fragment
  | Refusal_RewardPaymentRequired_Fragment
  | Refusal_RewardPointsMissing_Fragment
  | Refusal_RewardStepUpRequired_Fragment
  | Refusal_RewardTierRequired_Fragment
  | Refusal_RewardUnavailable_Fragment
;

type Answer_RewardClosed_Fragment = { points: number, kind: 'RewardClosed', money: { amount: number, currency: string } | null, refusals: Array<
    | { code: RedemptionRefusalCode, message: string, kind: 'RewardConsentRequired' }
    | { limit: number, per: RewardPeriod, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardLimitReached' }
    | { code: RedemptionRefusalCode, message: string, kind: 'RewardNotInAudience' }
    | { code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfStock' }
    | { from: string | null, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfTime' }
    | { code: RedemptionRefusalCode, message: string, kind: 'RewardPaymentRequired' }
    | { needed: number, available: number, missing: number, code: RedemptionRefusalCode, message: string, kind: 'RewardPointsMissing' }
    | { why: StepUpLack, code: RedemptionRefusalCode, message: string, kind: 'RewardStepUpRequired' }
    | { tiers: Array<string>, code: RedemptionRefusalCode, message: string, kind: 'RewardTierRequired' }
    | { code: RedemptionRefusalCode, message: string, kind: 'RewardUnavailable' }
  > };

type Answer_RewardOpen_Fragment = { points: number, kind: 'RewardOpen', money: { amount: number, currency: string } | null };

export type AnswerFragment =
  | Answer_RewardClosed_Fragment
  | Answer_RewardOpen_Fragment
;

export type RewardsQueryVariables = Exact<{
  locale?: string | null | undefined;
  first: number;
}>;


export type RewardsQuery = { rewards: { nodes: Array<{ id: string, code: string, kind: RewardKind, imageUrl: string | null, asksStepUp: boolean, stockLeft: number | null, currency: { code: string, name: string }, texts: { locale: string, name: string, description: string, terms: string }, price: { money: { amount: number, currency: string } | null }, issued:
        | { points: number, kind: 'RewardClosed', money: { amount: number, currency: string } | null, refusals: Array<
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardConsentRequired' }
            | { limit: number, per: RewardPeriod, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardLimitReached' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardNotInAudience' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfStock' }
            | { from: string | null, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfTime' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardPaymentRequired' }
            | { needed: number, available: number, missing: number, code: RedemptionRefusalCode, message: string, kind: 'RewardPointsMissing' }
            | { why: StepUpLack, code: RedemptionRefusalCode, message: string, kind: 'RewardStepUpRequired' }
            | { tiers: Array<string>, code: RedemptionRefusalCode, message: string, kind: 'RewardTierRequired' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardUnavailable' }
          > }
        | { points: number, kind: 'RewardOpen', money: { amount: number, currency: string } | null }
       | null, reserved:
        | { points: number, kind: 'RewardClosed', money: { amount: number, currency: string } | null, refusals: Array<
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardConsentRequired' }
            | { limit: number, per: RewardPeriod, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardLimitReached' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardNotInAudience' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfStock' }
            | { from: string | null, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfTime' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardPaymentRequired' }
            | { needed: number, available: number, missing: number, code: RedemptionRefusalCode, message: string, kind: 'RewardPointsMissing' }
            | { why: StepUpLack, code: RedemptionRefusalCode, message: string, kind: 'RewardStepUpRequired' }
            | { tiers: Array<string>, code: RedemptionRefusalCode, message: string, kind: 'RewardTierRequired' }
            | { code: RedemptionRefusalCode, message: string, kind: 'RewardUnavailable' }
          > }
        | { points: number, kind: 'RewardOpen', money: { amount: number, currency: string } | null }
       | null }> } };

export type RedeemedFragment = { id: string, version: number, state: RedemptionState, byHand: boolean, quantity: number, points: number, code: string | null, rewardCode: string, requestedAt: string, expiresAt: string | null, money: { amount: number, currency: string } | null, texts: { locale: string, name: string } };

export type RedemptionsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type RedemptionsSubscription = { redemptionChanged: { isSnapshot: boolean, cursor: string, redemptions: Array<{ id: string, version: number, state: RedemptionState, byHand: boolean, quantity: number, points: number, code: string | null, rewardCode: string, requestedAt: string, expiresAt: string | null, money: { amount: number, currency: string } | null, texts: { locale: string, name: string } }> } };

export type RedeemMutationVariables = Exact<{
  input: RewardRedeemInput;
}>;


export type RedeemMutation = { rewardRedeem:
    | { code: string, message: string, kind: 'IdempotencyInProgressError' }
    | { code: string, message: string, kind: 'IdempotencyMismatchError' }
    | { code: string, message: string, kind: 'InvalidInputError' }
    | { code: string, message: string, kind: 'NotFoundError' }
    | { code: string, message: string, kind: 'PointsOutOfRangeError' }
    | { code: string, message: string, kind: 'RedemptionRefusedError', refusals: Array<
        | { code: RedemptionRefusalCode, message: string, kind: 'RewardConsentRequired' }
        | { limit: number, per: RewardPeriod, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardLimitReached' }
        | { code: RedemptionRefusalCode, message: string, kind: 'RewardNotInAudience' }
        | { code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfStock' }
        | { from: string | null, until: string | null, code: RedemptionRefusalCode, message: string, kind: 'RewardOutOfTime' }
        | { code: RedemptionRefusalCode, message: string, kind: 'RewardPaymentRequired' }
        | { needed: number, available: number, missing: number, code: RedemptionRefusalCode, message: string, kind: 'RewardPointsMissing' }
        | { why: StepUpLack, code: RedemptionRefusalCode, message: string, kind: 'RewardStepUpRequired' }
        | { tiers: Array<string>, code: RedemptionRefusalCode, message: string, kind: 'RewardTierRequired' }
        | { code: RedemptionRefusalCode, message: string, kind: 'RewardUnavailable' }
      > }
    | { kind: 'RewardRedeemPayload', redemption: { id: string, version: number, state: RedemptionState, byHand: boolean, quantity: number, points: number, code: string | null, rewardCode: string, requestedAt: string, expiresAt: string | null, money: { amount: number, currency: string } | null, texts: { locale: string, name: string } } }
    | { code: string, message: string, kind: 'StateConflictError' }
   };

export type CancelRedemptionMutationVariables = Exact<{
  input: RedemptionCancelInput;
}>;


export type CancelRedemptionMutation = { redemptionCancel:
    | { code: string, message: string, kind: 'IdempotencyInProgressError' }
    | { code: string, message: string, kind: 'IdempotencyMismatchError' }
    | { code: string, message: string, kind: 'InvalidInputError' }
    | { code: string, message: string, kind: 'NotFoundError' }
    | { code: string, message: string, kind: 'PointsOutOfRangeError' }
    | { kind: 'RedemptionCancelPayload', redemption: { id: string, version: number, state: RedemptionState, byHand: boolean, quantity: number, points: number, code: string | null, rewardCode: string, requestedAt: string, expiresAt: string | null, money: { amount: number, currency: string } | null, texts: { locale: string, name: string } } }
    | { code: string, message: string, kind: 'StateConflictError' }
   };

export type TiersSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type TiersSubscription = { tierChanged: { isSnapshot: boolean, cursor: string } };

export type StreaksQueryVariables = Exact<{ [key: string]: never; }>;


export type StreaksQuery = { me: { streaks: Array<{ current: number, longest: number, deadline: string | null, isMet: boolean, freezes: number, state: StreakState, streak: { id: string, code: string, name: string, cadence: StreakCadence } }> } | null };

export type StreakChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type StreakChangesSubscription = { streakChanged: { isSnapshot: boolean, cursor: string } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { customerId: string | null } };

export const Badges = "query Badges($locale:String){me{badges{state level badge{id code imageUrl rarity texts(locale:$locale){locale name description}levels{code number imageUrl name(locale:$locale)}}next{levelNumber criteria{has needed}}}}}" as Operation<BadgesQuery, BadgesQueryVariables>;
export const BadgeChanges = "subscription BadgeChanges($after:String){badgeAwarded(after:$after){isSnapshot cursor change awards{id code level points badge{texts{name}}}}}" as Operation<BadgeChangesSubscription, BadgeChangesSubscriptionVariables>;
export const Balance = "subscription Balance($currency:String$after:String){balanceChanged(currency:$currency after:$after){isSnapshot cursor balances{currency{code name isDefault}available pending held negative asOf version}}}" as Operation<BalanceSubscription, BalanceSubscriptionVariables>;
export const Expiring = "query Expiring($currency:String$withinDays:Int!){me{expiringPoints(currency:$currency withinDays:$withinDays){points lots{expiresAt points}}}}" as Operation<ExpiringQuery, ExpiringQueryVariables>;
export const Challenges = "query Challenges($locale:String){me{team{id}challenges{...Progress}}} fragment Progress on ChallengeProgress{period completions canJoin closed contributors challenge{id code name(locale:$locale)description(locale:$locale)imageUrl goal repeat inOrder validFrom validUntil reward{points currency}}run{state endsAt}prize{...Prize}steps{amount isCompleted step{code name(locale:$locale)target}}} fragment Prize on ChallengePrize{id points currency role state claimUntil}" as Operation<ChallengesQuery, ChallengesQueryVariables>;
export const ChallengeChanges = "subscription ChallengeChanges($after:String){challengeChanged(after:$after){isSnapshot cursor isCompleted challenges{challenge{code name}}prize{...Prize}}} fragment Prize on ChallengePrize{id points currency role state claimUntil}" as Operation<ChallengeChangesSubscription, ChallengeChangesSubscriptionVariables>;
export const GoalMoves = "subscription GoalMoves($challenge:String!$teamId:ID){challengeGoalMoved(challenge:$challenge teamId:$teamId){contributors run{state endsAt}steps{amount isCompleted step{code}}}}" as Operation<GoalMovesSubscription, GoalMovesSubscriptionVariables>;
export const JoinChallenge = "mutation JoinChallenge($input:ChallengeJoinInput!){challengeJoin(input:$input){kind:__typename ...on UserError{code message}}}" as Operation<JoinChallengeMutation, JoinChallengeMutationVariables>;
export const ClaimPrize = "mutation ClaimPrize($input:ChallengePrizeClaimInput!){challengePrizeClaim(input:$input){kind:__typename ...on ChallengePrizeClaimPayload{prize{...Prize}}...on UserError{code message}}} fragment Prize on ChallengePrize{id points currency role state claimUntil}" as Operation<ClaimPrizeMutation, ClaimPrizeMutationVariables>;
export const Board = "subscription Board($board:String!$top:Int!$aroundMe:Boolean!$radius:Int!$season:String$after:String){leaderboardChanged(code:$board top:$top aroundMe:$aroundMe radius:$radius season:$season after:$after){isSnapshot cursor state version asOf entryCount seasonKey top{...Changed}around{...Changed}}} fragment Changed on StandingsChange{entered{...Row}updated{...Row}left} fragment Row on Standing{rank position score customerId displayName}" as Operation<BoardSubscription, BoardSubscriptionVariables>;
export const Rewards = "query Rewards($locale:String$first:Int!){rewards(first:$first){nodes{id code kind imageUrl asksStepUp stockLeft currency{code name}texts(locale:$locale){locale name description terms}price{money{...Price}}issued:canRedeem{...Answer}reserved:canRedeem(mode:RESERVE){...Answer}}}} fragment Price on Money{amount currency} fragment Answer on RewardEligibility{kind:__typename ...on RewardOpen{points money{...Price}}...on RewardClosed{points money{...Price}refusals{...Refusal}}} fragment Refusal on RedemptionRefusal{kind:__typename code message ...on RewardPointsMissing{needed available missing}...on RewardTierRequired{tiers}...on RewardOutOfTime{from until}...on RewardLimitReached{limit per until}...on RewardStepUpRequired{why}}" as Operation<RewardsQuery, RewardsQueryVariables>;
export const Redemptions = "subscription Redemptions($after:String){redemptionChanged(after:$after){isSnapshot cursor redemptions{...Redeemed}}} fragment Redeemed on Redemption{id version state byHand quantity points code rewardCode requestedAt expiresAt money{...Price}texts{locale name}} fragment Price on Money{amount currency}" as Operation<RedemptionsSubscription, RedemptionsSubscriptionVariables>;
export const Redeem = "mutation Redeem($input:RewardRedeemInput!){rewardRedeem(input:$input){kind:__typename ...on RewardRedeemPayload{redemption{...Redeemed}}...on RedemptionRefusedError{refusals{...Refusal}}...on UserError{code message}}} fragment Redeemed on Redemption{id version state byHand quantity points code rewardCode requestedAt expiresAt money{...Price}texts{locale name}} fragment Price on Money{amount currency} fragment Refusal on RedemptionRefusal{kind:__typename code message ...on RewardPointsMissing{needed available missing}...on RewardTierRequired{tiers}...on RewardOutOfTime{from until}...on RewardLimitReached{limit per until}...on RewardStepUpRequired{why}}" as Operation<RedeemMutation, RedeemMutationVariables>;
export const CancelRedemption = "mutation CancelRedemption($input:RedemptionCancelInput!){redemptionCancel(input:$input){kind:__typename ...on RedemptionCancelPayload{redemption{...Redeemed}}...on UserError{code message}}} fragment Redeemed on Redemption{id version state byHand quantity points code rewardCode requestedAt expiresAt money{...Price}texts{locale name}} fragment Price on Money{amount currency}" as Operation<CancelRedemptionMutation, CancelRedemptionMutationVariables>;
export const Tiers = "subscription Tiers($after:String){tierChanged(after:$after){isSnapshot cursor}}" as Operation<TiersSubscription, TiersSubscriptionVariables>;
export const Streaks = "query Streaks{me{streaks{current longest deadline isMet freezes state streak{id code name cadence}}}}" as Operation<StreaksQuery, StreaksQueryVariables>;
export const StreakChanges = "subscription StreakChanges($after:String){streakChanged(after:$after){isSnapshot cursor}}" as Operation<StreakChangesSubscription, StreakChangesSubscriptionVariables>;
export const Viewer = "query Viewer{viewer{customerId}}" as Operation<ViewerQuery, ViewerQueryVariables>;
