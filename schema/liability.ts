import { redeemedOfIssued } from '#app/economy/read-economy.ts';
import { readLiability, type Attribution, type Liability } from '#app/economy/read-liability.ts';
import type { PointsOut } from '#domain/economy/liability.ts';
import type { RateEstimate } from '#domain/economy/redemption-rate.ts';

import { BalanceBasisEnum } from './balance.ts';
import { builder } from './builder.ts';
import { asBadInput, economySubject } from './economy.ts';
import { PointValueReasonEnum, PointValueRef } from './point-value.ts';
import { RatioRef } from './ratio.ts';

const AttributionEnum = builder.enumType('LiabilityAttribution', {
  description: 'Against which points redemptions are set.',
  values: {
    TOTALS: { description: 'All redemptions against issued points, as a program that knows no lots would.' },
    LOTS: { description: 'Each redemption against the points that it used, so that points given by hand stand apart.' },
  } satisfies Record<Attribution, object>,
});

const PointsOutRef = builder.objectRef<PointsOut>('PointsOut').implement({
  description: 'How far points of one origin are used.',
  fields: (t) => ({
    issued: t.expose('issued', { type: 'Points', description: 'That came, net of what was taken back.' }),
    redeemed: t.expose('redeemed', { type: 'Points', description: 'That were spent, net of what was given back.' }),
    outstanding: t.expose('outstanding', {
      type: 'Points',
      description: 'That are neither spent nor lapsed. Below zero while more was spent than came.',
    }),
  }),
});

const RateEstimateRef = builder.objectRef<RateEstimate>('RedemptionRateEstimate').implement({
  description:
    'The share of issued points that will ever be redeemed, estimated by the chain ladder over monthly issue cohorts; 95 % range by Mack (1993).',
  fields: (t) => ({
    rate: t.exposeFloat('rate', { description: '0 to 1.' }),
    low: t.exposeFloat('low', { description: 'Lower end of the range, at least what is redeemed already.' }),
    high: t.exposeFloat('high', { description: 'Upper end of the range, at most what has not lapsed.' }),
    factors: t.field({
      type: ['Float'],
      description: 'Growth of cumulative redemptions from each month of age to the next.',
      resolve: (it) => it.factors,
    }),
  }),
});

type Sensitivity = Liability['sensitivity'][number];

const SensitivityRef = builder.objectRef<Sensitivity>('LiabilitySensitivity').implement({
  description: 'The liability at another redemption rate.',
  fields: (t) => ({
    redemptionRate: t.expose('redemptionRate', {
      type: 'Decimal',
      description: 'The ultimate redemption rate, 0 to 1.',
    }),
    amount: t.expose('amount', { type: 'Points', description: 'Of issued points, in minor units of the money.' }),
    provision: t.expose('provision', { type: 'Points', description: 'Of given points, in minor units of the money.' }),
  }),
});

const DeferralRef = builder.objectRef<NonNullable<Liability['deferral']>>('LiabilityDeferral').implement({
  description:
    'Revenue that is deferred for points sold with goods, by relative stand-alone selling prices (IFRS 15 B39 to B43). Minor units of the money.',
  fields: (t) => ({
    goods: t.expose('goods', { type: 'Points', description: 'The part of the sales that falls to the goods.' }),
    share: t.expose('share', { type: 'Points', description: 'The part of the sales that falls to the points.' }),
    revenueToDate: t.expose('revenueToDate', {
      type: 'Points',
      description: 'Of the share, what redemptions have earned.',
    }),
    liability: t.expose('liability', { type: 'Points', description: 'Of the share, what is still owed.' }),
  }),
});

const PointsLiabilityRef = builder.objectRef<Liability>('PointsLiability').implement({
  description:
    'What a program owes for points that customers may still redeem, at the end of a day. Needs economy:read.',
  fields: (t) => ({
    asOf: t.field({
      type: 'Date',
      description: 'The end of this day, in the program’s zone.',
      resolve: (it) => it.wanted.asOf,
    }),
    value: t.field({
      type: PointValueRef,
      description: 'What a point was worth on that day.',
      resolve: (it) => it.value,
    }),
    points: t.field({ type: PointsOutRef, description: 'Issued points.', resolve: (it) => it.points }),
    given: t.field({
      type: PointsOutRef,
      description:
        'Points given by adjustments, by lots: nobody bought anything for them, so that they are a cost and no deferred revenue. Counted to the end of the month of asOf.',
      resolve: (it) => it.given,
    }),
    redemptionRateToDate: t.field({
      type: RatioRef,
      description: 'Redeemed net ÷ issued net up to that day.',
      resolve: (it) => redeemedOfIssued(it.economy.toDate),
    }),
    redemptionRate: t.expose('redemptionRate', {
      type: 'Decimal',
      description: 'The ultimate redemption rate that was used: the one given, else the estimate to six digits.',
    }),
    estimate: t.field({
      type: RateEstimateRef,
      nullable: true,
      description: 'The estimate from whole months; null with fewer than three, or while nothing was redeemed.',
      resolve: (it) => it.estimate,
    }),
    expectedRedemptions: t.field({
      type: 'Decimal',
      description: 'Points expected to be redeemed from then on: rate × issued − redeemed, within what is outstanding.',
      resolve: (it) => it.expected.round(9).toFixed(),
    }),
    amount: t.expose('amount', {
      type: 'Points',
      description: 'The liability for issued points in minor units of the value’s money, rounded half to even.',
    }),
    provision: t.expose('provision', {
      type: 'Points',
      description:
        'The same for given points: a provision for cost. Under TOTALS their redemptions lower the liability too.',
    }),
    sensitivity: t.field({
      type: [SensitivityRef],
      description: 'Both at rates of 0.7, 0.8, 0.9 and 1.',
      resolve: (it) => it.sensitivity,
    }),
    deferral: t.field({
      type: DeferralRef,
      nullable: true,
      description: 'Deferred revenue; null unless sales were given.',
      resolve: (it) => it.deferral,
    }),
  }),
});

builder.queryField('pointsLiability', (t) =>
  t.field({
    type: PointsLiabilityRef,
    nullable: true,
    description:
      'The liability for points at the end of a day. Refused as bad input when no value is set for that day. Null when there is no such currency. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: {
      asOf: t.arg({ type: 'Date', required: true, description: 'The end of this day; not after today.' }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
      value: t.arg({
        type: PointValueReasonEnum,
        required: true,
        defaultValue: 'COST',
        description: 'At which value: cost, or stand-alone selling price.',
      }),
      redemptionRate: t.arg({
        type: 'Decimal',
        description: 'The ultimate redemption rate, 0 to 1; left out, it is estimated.',
      }),
      attribution: t.arg({
        type: AttributionEnum,
        required: true,
        defaultValue: 'TOTALS',
        description: 'Against which points redemptions are set. LOTS counts to the end of the month of asOf.',
      }),
      basis: t.arg({
        type: BalanceBasisEnum,
        required: true,
        defaultValue: 'RECORDED',
        description: 'RECORDED: as booked, for accounts. EFFECTIVE: as it happened.',
      }),
      sales: t.arg({
        type: 'Points',
        description: 'Minor units of the sales with which the issued points were sold: gives the deferral. 0 or above.',
      }),
    },
    resolve: async (_root, { asOf, value, redemptionRate, attribution, basis, sales, currency }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return null;
      return readLiability(context.deps, subject.catalogue, {
        currencyId: subject.currencyId,
        asOf,
        basis,
        value,
        attribution,
        redemptionRate: redemptionRate ?? null,
        sales: sales ?? null,
      }).catch(asBadInput);
    },
  }),
);
