import type {
  BalanceAfter,
  Effect,
  LevelReachedEffect,
  MilestoneReached,
  TierChanged,
  PointsEarned,
  PointsReleased,
  RuleDeclined,
} from '#domain/activity/effect.ts';
import type { BoostApplied } from '#domain/earning/boost.ts';
import type { DECLINE_REASONS } from '#domain/earning/evaluate.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { BadgeAwardedRef } from './badge-effect.ts';
import { BoardCountedRef, ScoreRefusedRef } from './board-effect.ts';
import { builder } from './builder.ts';
import { ChallengeProgressedRef } from './challenge-effect.ts';
import { currencyCode } from './currency-code.ts';
import { DuelScoredRef } from './duel-effect.ts';
import { StreakExtendedRef } from './streak-effect.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const CappedByEnum = builder.enumType('CappedBy', {
  description: 'What cut an award.',
  ...publicSurface,
  values: {
    RULE: { description: 'A cap of the rule itself.' },
    BUDGET: { description: 'A budget that all customers share.' },
    PROGRAM: { description: 'The program’s daily cap for a customer.' },
    BALANCE: { description: 'The point currency’s cap on a balance.' },
  },
});

const BoostAppliedRef = builder.objectRef<BoostApplied>('BoostApplied').implement({
  description: 'A boost that multiplied an award.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Code of the boost.' }),
    name: t.exposeString('name', { description: 'Name of the boost when it did.' }),
    multiplier: t.expose('multiplier', { type: 'Decimal', description: 'What it multiplied by; exact.' }),
  }),
});

const PointsEarnedRef = builder.objectRef<PointsEarned>('PointsEarned').implement({
  description: 'A rule gave points.',
  ...publicSurface,
  fields: (t) => ({
    points: t.expose('points', { type: 'Points', description: 'Points given.' }),
    uncapped: t.expose('uncapped', {
      type: 'Points',
      description: 'What the rule would have given without caps and budgets, boosts included.',
    }),
    boosts: t.field({
      type: [BoostAppliedRef],
      description: 'The boosts that multiplied it, by code.',
      resolve: (it) => [...it.boosts],
    }),
    cappedBy: t.field({
      type: CappedByEnum,
      nullable: true,
      description: 'Whose cap cut it; null when none did.',
      resolve: (it) => it.cappedBy,
    }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: (it, _args, context) => currencyCode(context, it.currencyId),
    }),
    ruleCode: t.exposeString('ruleCode', { description: 'Code of the rule.' }),
    ruleName: t.exposeString('ruleName', { description: 'Name of the rule when it gave them.' }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision.' }),
    pending: t.exposeBoolean('pending', { description: 'True when the points wait before they can be spent.' }),
    availableAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When pending points become available by themselves; null waits for an activity or a call, or nothing waits.',
      resolve: (it) => dateOf(it.availableAt),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From then on, inclusive, they are no longer valid; null never.',
      resolve: (it) => dateOf(it.expiresAt),
    }),
    transactionId: t.id({
      description: 'The ledger transaction, ltx_….',
      resolve: (it) => publicId('LedgerTransaction', it.transactionId),
    }),
  }),
});

const PointsReleasedRef = builder.objectRef<PointsReleased>('PointsReleased').implement({
  description: 'Pending points became available because of this activity.',
  ...publicSurface,
  fields: (t) => ({
    points: t.expose('points', { type: 'Points', description: 'Points released.' }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: (it, _args, context) => currencyCode(context, it.currencyId),
    }),
    transactionId: t.id({
      description: 'The ledger transaction, ltx_….',
      resolve: (it) => publicId('LedgerTransaction', it.transactionId),
    }),
  }),
});

const TierChangedRef = builder.objectRef<TierChanged>('TierReached').implement({
  description: 'The activity raised the customer to a higher tier, at once. Causes tier.changed.',
  ...publicSurface,
  fields: (t) => ({
    ladder: t.exposeString('ladderCode', { description: 'Code of the ladder.' }),
    ladderName: t.exposeString('ladderName', { description: 'Its name at that time.' }),
    from: t.exposeString('from', { nullable: true, description: 'Code of the tier before; null below the first.' }),
    to: t.exposeString('to', { description: 'Code of the tier reached.' }),
    name: t.exposeString('tierName', { description: 'Its name at that time.' }),
    since: t.field({
      type: 'DateTime',
      description: 'Since when it counts: when the activity occurred, though not before the tier that it follows.',
      resolve: (it) => new Date(it.since),
    }),
  }),
});

const LevelReachedRef = builder.objectRef<LevelReachedEffect>('LevelReached').implement({
  description: 'The activity’s points led to a higher level.',
  ...publicSurface,
  fields: (t) => ({
    from: t.exposeInt('from', { description: 'Number of the level before; 0 below the first.' }),
    to: t.exposeInt('to', { description: 'Number of the level reached, from 1.' }),
    code: t.exposeString('code', { description: 'Its code.' }),
    name: t.exposeString('name', { description: 'Its name at that time.' }),
  }),
});

const MilestoneReachedRef = builder.objectRef<MilestoneReached>('MilestoneReached').implement({
  description:
    'The activity reached a threshold of a milestone, which gave points. Each threshold is reached once a period.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('milestoneCode', { description: 'Code of the milestone.' }),
    name: t.exposeString('milestoneName', { description: 'Its name at that time.' }),
    period: t.exposeString('period', { description: 'In which period, by the program’s zone: 2026-11, 2026 or all.' }),
    threshold: t.expose('threshold', { type: 'Decimal', description: 'The threshold, in the unit of its measure.' }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points given: what the milestone awards, or what the cap on the balance left of it.',
    }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: (it, _args, context) => currencyCode(context, it.currencyId),
    }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From then on, inclusive, the points are no longer valid; null never.',
      resolve: (it) => dateOf(it.expiresAt),
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction, ltx_…; null when the cap on the balance left nothing to give.',
      resolve: (it) => (it.transactionId === null ? null : publicId('LedgerTransaction', it.transactionId)),
    }),
  }),
});

const EFFECT_TYPES = {
  BADGE_AWARDED: 'BadgeAwarded',
  BOARD_COUNTED: 'BoardCounted',
  SCORE_REFUSED: 'ScoreRefused',
  POINTS_EARNED: 'PointsEarned',
  POINTS_RELEASED: 'PointsReleased',
  TIER_CHANGED: 'TierReached',
  LEVEL_REACHED: 'LevelReached',
  MILESTONE_REACHED: 'MilestoneReached',
  CHALLENGE_PROGRESSED: 'ChallengeProgressed',
  DUEL_SCORED: 'DuelScored',
  STREAK_EXTENDED: 'StreakExtended',
} satisfies Record<Effect['kind'], string>;

export const ActivityEffectUnion = builder.unionType('ActivityEffect', {
  description: 'Something that an activity caused. More kinds will come: keep a default branch.',
  ...publicSurface,
  types: [
    BoardCountedRef,
    ScoreRefusedRef,
    PointsEarnedRef,
    PointsReleasedRef,
    TierChangedRef,
    LevelReachedRef,
    MilestoneReachedRef,
    ChallengeProgressedRef,
    DuelScoredRef,
    StreakExtendedRef,
    BadgeAwardedRef,
  ],
  resolveType: (effect: Effect) => EFFECT_TYPES[effect.kind],
});

export const BalanceAfterRef = builder.objectRef<BalanceAfter>('BalanceAfter').implement({
  description: 'The customer’s points of one currency right after an activity.',
  ...publicSurface,
  fields: (t) => ({
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: (it, _args, context) => currencyCode(context, it.currencyId),
    }),
    pending: t.expose('pending', { type: 'Points', description: 'Points that wait to be released.' }),
    available: t.expose('available', {
      type: 'Points',
      description: 'Points that can be spent; below zero is a debt.',
    }),
    held: t.expose('held', { type: 'Points', description: 'Points set aside by holds.' }),
  }),
});

export const DeclineReasonEnum = builder.enumType('DeclineReason', {
  description: 'Why a rule gave nothing.',
  ...publicSurface,
  values: {
    NOT_ENROLLED: { description: 'The customer is not enrolled.' },
    PAUSED: { description: 'The rule is paused.' },
    NOT_YET_VALID: { description: 'The activity lies before the rule’s start.' },
    NO_LONGER_VALID: { description: 'The activity lies at or after the rule’s end.' },
    OUTSIDE_HOURS: { description: 'The activity lies outside the rule’s hours.' },
    BLACKED_OUT: { description: 'The activity lies within the rule’s blackout hours or days.' },
    CONDITION_FALSE: { description: 'A part of the condition is false; the detail quotes it.' },
    CONDITION_FAILED: { description: 'A part of the condition could not be evaluated, as when a property is absent.' },
    AWARDS_NOTHING: { description: 'The award came to zero or less.' },
    EXCLUDED_BY_GROUP: { description: 'Another rule of its exclusive group has awarded.' },
    COOLING_DOWN: { description: 'The customer used the rule too short a time ago; the detail says until when.' },
    BUDGET_EXHAUSTED: { description: 'A budget left no room; the detail names it.' },
    CAP_REACHED: { description: 'A cap left no room; the detail names it.' },
  } satisfies Record<(typeof DECLINE_REASONS)[number], object>,
});

export const RuleDeclinedRef = builder.objectRef<RuleDeclined>('RuleDeclined').implement({
  description: 'A rule that listened to the activity and gave nothing, and why.',
  fields: (t) => ({
    ruleCode: t.exposeString('ruleCode', { description: 'Code of the rule.' }),
    ruleName: t.exposeString('ruleName', { description: 'Name of the rule.' }),
    reason: t.field({
      type: DeclineReasonEnum,
      description: 'Why.',
      resolve: (it) => it.reason as (typeof DECLINE_REASONS)[number],
    }),
    detail: t.exposeString('detail', {
      description: 'The failing part of the condition, the cap, the group or the instant that decided.',
    }),
  }),
});
