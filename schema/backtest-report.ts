import type { CustomersReport, GroupOutcomes, LadderMoves, TierMove, TopCustomer } from '#domain/backtest/customers.ts';
import type { BacktestReport, Comparison, LeftOut, LiabilityLine, Outstanding } from '#domain/backtest/report.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import type { Outputs } from './mutation.ts';

type RuleLine = BacktestReport['byRule'][number];
type CurrencyLine = BacktestReport['byCurrency'][number];
type DayLine = BacktestReport['byDay'][number];

const LeftOutEnum = builder.enumType('BacktestLeftOut', {
  description: 'What replays take as it was instead of deciding it anew; only told where the program has any of it.',
  values: {
    PRIZES: {
      description:
        'Points of streaks, challenges, badges and prize draws, and points given without an activity: they stay as they were given, count towards tiers, milestones and capped balances, and stand outside of the points compared.',
    },
  } satisfies Record<LeftOut, object>,
});

const comparison = <Line extends Comparison>(t: Outputs<Line>) => ({
  recorded: t.field({
    type: 'Points',
    description: 'Points issued on record, less what reversals took back.',
    resolve: (it) => it.recorded,
  }),
  live: t.field({
    type: 'Points',
    description: 'Points issued when replayed under the rules that were live when the run was asked for.',
    resolve: (it) => it.live,
  }),
  draft: t.field({
    type: 'Points',
    description: 'Points issued when replayed under the rules under test.',
    resolve: (it) => it.draft,
  }),
  difference: t.field({
    type: 'Points',
    description: 'draft − live; exactly 0 everywhere when both are the same rules.',
    resolve: (it) => it.difference,
  }),
  recordedDifference: t.field({
    type: 'Points',
    description:
      'live − recorded: not 0 where other revisions were live then, or customers were known otherwise than today.',
    resolve: (it) => it.recordedDifference,
  }),
});

const ComparisonRef = builder.objectRef<Comparison>('BacktestPoints').implement({
  description: 'Points issued by activities that occurred in the days that count, on record and in both replays.',
  fields: (t) => comparison(t as Outputs<Comparison>),
});

const CurrencyLineRef = builder.objectRef<CurrencyLine>('BacktestCurrencyLine').implement({
  description: 'Points of one currency.',
  fields: (t) => ({
    currency: t.exposeString('code', { description: 'Code of the point currency.' }),
    ...comparison(t as Outputs<CurrencyLine>),
  }),
});

const RuleLineRef = builder.objectRef<RuleLine>('BacktestRuleLine').implement({
  description: 'Points of one rule in one currency. A rule that only one side has gave nothing on the other.',
  fields: (t) => ({
    ruleId: t.id({ description: 'The rule, rul_….', resolve: (it) => publicId('EarningRule', it.ruleId) }),
    ruleCode: t.exposeString('ruleCode', { description: 'Its code.' }),
    ruleName: t.exposeString('ruleName', { description: 'Its name.' }),
    currency: t.exposeString('code', { description: 'Code of the point currency.' }),
    ...comparison(t as Outputs<RuleLine>),
  }),
});

const DayLineRef = builder.objectRef<DayLine>('BacktestDayLine').implement({
  description: 'Points of activities of one day. Days without any are left out.',
  fields: (t) => ({
    day: t.field({ type: 'Date', description: 'The day, in the program’s zone.', resolve: (it) => it.day }),
    ...comparison(t as Outputs<DayLine>),
  }),
});

const OutstandingRef = builder.objectRef<Outstanding>('BacktestOutstanding').implement({
  description: 'What customers hold, or its worth, had these points been issued and nothing else changed.',
  fields: (t) => ({
    recorded: t.expose('recorded', { type: 'Points', description: 'On record when the run ended.' }),
    live: t.expose('live', { type: 'Points', description: 'Under the live rules.' }),
    draft: t.expose('draft', { type: 'Points', description: 'Under the rules under test.' }),
    difference: t.expose('difference', { type: 'Points', description: 'draft − live.' }),
  }),
});

const LiabilityLineRef = builder.objectRef<LiabilityLine>('BacktestLiabilityLine').implement({
  description:
    'What is owed in one spendable currency. Redemptions, expiries and adjustments are taken to stay as they were.',
  fields: (t) => ({
    currency: t.exposeString('code', { description: 'Code of the point currency.' }),
    points: t.field({
      type: OutstandingRef,
      description: 'Points: pending, available and held.',
      resolve: (it) => it.points,
    }),
    money: t.field({
      type: OutstandingRef,
      nullable: true,
      description:
        'The points’ worth in minor units of money, each rounded once, halves away from zero; null when no value was given.',
      resolve: (it) => it.money,
    }),
  }),
});

const TierMoveRef = builder.objectRef<TierMove>('BacktestTierMove').implement({
  description: 'Customers by the tiers on which the two replays leave them.',
  fields: (t) => ({
    live: t.exposeString('live', { nullable: true, description: 'Tier code under the live rules; null has none.' }),
    draft: t.exposeString('draft', {
      nullable: true,
      description: 'Tier code under the rules under test; null has none.',
    }),
    customers: t.exposeInt('customers', { description: 'How many.' }),
  }),
});

const LadderMovesRef = builder.objectRef<LadderMoves>('BacktestLadderMoves').implement({
  description: 'Tiers on one ladder at the end of the days that count, or now if that is earlier.',
  fields: (t) => ({
    ladder: t.exposeString('ladder', { description: 'Code of the ladder.' }),
    moved: t.exposeInt('moved', { description: 'Customers whose tier differs.' }),
    moves: t.field({ type: [TierMoveRef], description: 'The most frequent first.', resolve: (it) => it.moves }),
  }),
});

const outcomes = <Line extends Omit<GroupOutcomes, 'value' | 'isRest'>>(t: Outputs<Line>) => ({
  customers: t.int({ description: 'Customers with activities in the days that count.', resolve: (it) => it.customers }),
  more: t.int({ description: 'Those who would have got more.', resolve: (it) => it.more }),
  less: t.int({ description: 'Those who would have got less.', resolve: (it) => it.less }),
  equal: t.int({ description: 'Those who would have got the same.', resolve: (it) => it.equal }),
  gained: t.field({
    type: 'Points',
    description: 'What the former gain, over all currencies.',
    resolve: (it) => it.gained,
  }),
  lost: t.field({ type: 'Points', description: 'What those with less lose, not negative.', resolve: (it) => it.lost }),
});

const GroupRef = builder.objectRef<GroupOutcomes>('BacktestGroup').implement({
  description: 'Winners and losers among customers of one tier, or with one value of an attribute.',
  fields: (t) => ({
    value: t.exposeString('value', {
      nullable: true,
      description: 'Tier code or value; null has none, or is the rest.',
    }),
    isRest: t.exposeBoolean('isRest', { description: 'True for all values beyond the first 200.' }),
    ...outcomes(t as Outputs<GroupOutcomes>),
  }),
});

const TopCustomerRef = builder.objectRef<TopCustomer>('BacktestCustomer').implement({
  description: 'One customer’s points, over all currencies.',
  fields: (t) => ({
    customerId: t.id({ description: 'Who, cus_….', resolve: (it) => publicId('Customer', it.customerId) }),
    live: t.expose('live', { type: 'Points', description: 'Under the live rules.' }),
    draft: t.expose('draft', { type: 'Points', description: 'Under the rules under test.' }),
    difference: t.expose('difference', { type: 'Points', description: 'draft − live.' }),
  }),
});

const CustomersRef = builder.objectRef<CustomersReport>('BacktestCustomers').implement({
  description: 'Winners and losers: draft against live, customer by customer.',
  fields: (t) => ({
    ...outcomes(t as Outputs<CustomersReport>),
    winners: t.field({ type: [TopCustomerRef], description: 'The 20 who gain most.', resolve: (it) => it.winners }),
    losers: t.field({ type: [TopCustomerRef], description: 'The 20 who lose most.', resolve: (it) => it.losers }),
    byTier: t.field({
      type: [GroupRef],
      description: 'By tier on the first live ladder, under the live rules; empty without one.',
      resolve: (it) => it.byTier,
    }),
    bySegment: t.field({
      type: [GroupRef],
      description: 'By today’s value of the attribute that was asked for; empty when none was.',
      resolve: (it) => it.bySegment,
    }),
  }),
});

export const BacktestReportRef = builder.objectRef<BacktestReport>('RuleSetBacktestReport').implement({
  description: 'What would have been otherwise.',
  fields: (t) => ({
    activities: t.exposeInt('activities', {
      description: 'Activities replayed, those that only lead up to the days that count included.',
    }),
    reversals: t.exposeInt('reversals', { description: 'Reversals replayed.' }),
    total: t.field({ type: ComparisonRef, description: 'All currencies together.', resolve: (it) => it.total }),
    byCurrency: t.field({ type: [CurrencyLineRef], description: 'By point currency.', resolve: (it) => it.byCurrency }),
    byRule: t.field({
      type: [RuleLineRef],
      description: 'By rule, in the order of their codes.',
      resolve: (it) => it.byRule,
    }),
    byDay: t.field({ type: [DayLineRef], description: 'By day of the activity.', resolve: (it) => it.byDay }),
    liability: t.field({ type: [LiabilityLineRef], description: 'What is owed.', resolve: (it) => it.liability }),
    tierMoves: t.field({ type: [LadderMovesRef], description: 'Tiers, by ladder.', resolve: (it) => it.tierMoves }),
    customers: t.field({ type: CustomersRef, description: 'Winners and losers.', resolve: (it) => it.customers }),
    leftOut: t.field({
      type: [LeftOutEnum],
      description: 'What the replays take as it was.',
      resolve: (it) => it.leftOut,
    }),
  }),
});
