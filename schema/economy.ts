import { ratio, readEconomy, redeemedOfIssued, type Economy } from '#app/economy/read-economy.ts';
import {
  closingOf,
  issuedNet,
  redeemedNet,
  type EconomyDay,
  type Flows,
  type Standing,
} from '#domain/economy/roll-forward.ts';
import { InvalidInputError, StateConflictError } from '#domain/errors.ts';
import type { BalanceBasis } from '#storage/sql/select-account-views.ts';

import { BalanceBasisEnum, currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { findReadCurrency } from './ledger-party.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { RatioRef } from './ratio.ts';

const PointsStandingRef = builder.objectRef<Standing>('PointsStanding').implement({
  description: 'What all customers have together at an instant. Debts count against it.',
  fields: (t) => ({
    total: t.expose('total', { type: 'Points', description: 'Pending, available and held together.' }),
    pending: t.expose('pending', { type: 'Points', description: 'Earned and not yet to be spent.' }),
    available: t.expose('available', { type: 'Points', description: 'To be spent, less what is owed.' }),
    held: t.expose('held', { type: 'Points', description: 'Set aside by open holds.' }),
  }),
});

const PointsFlowsRef = builder.objectRef<Flows>('PointsFlows').implement({
  description:
    'What happened to points in a stretch of time. Opening + issuedNet − redeemedNet − expired − forfeited + adjustments = closing, to the point.',
  fields: (t) => ({
    issued: t.expose('issued', { type: 'Points', description: 'Earned, pending ones included.' }),
    issueReversed: t.expose('issueReversed', { type: 'Points', description: 'Taken back of what was earned.' }),
    issuedNet: t.field({ type: 'Points', description: 'issued − issueReversed.', resolve: (it) => issuedNet(it) }),
    redeemed: t.expose('redeemed', { type: 'Points', description: 'Spent, captures of holds included.' }),
    redemptionReversed: t.expose('redemptionReversed', {
      type: 'Points',
      description: 'Given back of what was spent.',
    }),
    redeemedNet: t.field({
      type: 'Points',
      description: 'redeemed − redemptionReversed.',
      resolve: (it) => redeemedNet(it),
    }),
    expired: t.expose('expired', { type: 'Points', description: 'Expired.' }),
    forfeited: t.expose('forfeited', { type: 'Points', description: 'Pending points that were cancelled.' }),
    adjustedUp: t.expose('adjustedUp', {
      type: 'Points',
      description: 'Given by hand or by an import’s opening balance; undone downward adjustments too.',
    }),
    adjustedDown: t.expose('adjustedDown', {
      type: 'Points',
      description: 'Taken by hand; undone upward adjustments too.',
    }),
    adjustments: t.field({
      type: 'Points',
      description: 'adjustedUp − adjustedDown, signed.',
      resolve: (it) => it.adjustedUp - it.adjustedDown,
    }),
    transferred: t.expose('transferred', {
      type: 'Points',
      description: 'Moved between customers: neither issue nor redemption.',
    }),
    transactions: t.expose('transactions', { type: 'Points', description: 'Ledger transactions.' }),
    change: t.field({
      type: 'Points',
      description: 'What all of it changed, signed.',
      resolve: (it) => closingOf(0, it),
    }),
  }),
});

const PointsEconomyDayRef = builder.objectRef<EconomyDay>('PointsEconomyDay').implement({
  description: 'One day of the points economy.',
  fields: (t) => ({
    day: t.field({ type: 'Date', description: 'The day, in the program’s zone.', resolve: (it) => it.day }),
    opening: t.field({ type: PointsStandingRef, description: 'At its beginning.', resolve: (it) => it.opening }),
    flows: t.field({ type: PointsFlowsRef, description: 'On this day.', resolve: (it) => it.flows }),
    closing: t.field({ type: PointsStandingRef, description: 'At its end.', resolve: (it) => it.closing }),
  }),
});

const PointsEconomyRef = builder.objectRef<Economy>('PointsEconomy').implement({
  description:
    'The points of one currency over some days: what there was, what happened, what there is. Needs economy:read.',
  fields: (t) => ({
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.wanted.currencyId),
    }),
    basis: t.field({
      type: BalanceBasisEnum,
      description: 'On which day a movement counts.',
      resolve: (it) => it.wanted.basis,
    }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: 'The zone in which days are cut.' }),
    days: t.field({
      type: [PointsEconomyDayRef],
      description: 'Every day asked for, in order, days without movements too.',
      resolve: (it) => it.days,
    }),
    opening: t.field({ type: PointsStandingRef, description: 'At the beginning.', resolve: (it) => it.opening }),
    flows: t.field({ type: PointsFlowsRef, description: 'Of all days together.', resolve: (it) => it.flows }),
    closing: t.field({ type: PointsStandingRef, description: 'At the end.', resolve: (it) => it.closing }),
    toDate: t.field({
      type: PointsFlowsRef,
      description: 'From the first movement of all up to the last day.',
      resolve: (it) => it.toDate,
    }),
    burnRatio: t.field({
      type: RatioRef,
      description: 'Redeemed net ÷ issued net of these days. It can exceed 1.',
      resolve: (it) => redeemedOfIssued(it.flows),
    }),
    redemptionRateToDate: t.field({
      type: RatioRef,
      description: 'Redeemed net ever ÷ issued net ever, up to the last day.',
      resolve: (it) => redeemedOfIssued(it.toDate),
    }),
    memberRedemptionRate: t.field({
      type: RatioRef,
      description:
        'Customers with more redeemed than given back ÷ customers ever enrolled, up to the last day. Those who have left count on.',
      resolve: async (it) => {
        const { redeemers, members } = await it.members();
        return ratio(redeemers, members);
      },
    }),
    closedThrough: t.field({
      type: 'Date',
      nullable: true,
      description: 'Up to which day, by RECORDED, figures never change any more; null while no day is closed.',
      resolve: (it) => it.closedThrough,
    }),
    partial: t.exposeBoolean('partial', { description: 'Whether the last day is not over yet.' }),
    computedAt: t.expose('computedAt', { type: 'DateTime', description: 'As of when.' }),
  }),
});

/** A refusal of a query, beside the data. */
export function asBadInput(error: unknown): never {
  throw error instanceof InvalidInputError || error instanceof StateConflictError ? badUserInput(error.message) : error;
}

/** The catalogue and the UUID of a point currency that a query names; null when the program has none of that code. */
export async function economySubject(context: Context, code: string | null | undefined) {
  const currency = await findReadCurrency(context, code);
  const catalogue = await context.deps.catalogues.current(programOf(context).programId);
  return currency === null ? null : { catalogue, currencyId: currency.id };
}

builder.queryField('pointsEconomy', (t) =>
  t.field({
    type: PointsEconomyRef,
    nullable: true,
    description:
      'Issued, redeemed, expired and outstanding points by day, exactly as the ledger has them. At most 1,100 days. Null when there is no such currency. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: {
      from: t.arg({ type: 'Date', required: true, description: 'The first day, in the program’s zone.' }),
      to: t.arg({ type: 'Date', required: true, description: 'The last day, inclusive; not after today.' }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
      basis: t.arg({
        type: BalanceBasisEnum,
        required: true,
        defaultValue: 'RECORDED' satisfies BalanceBasis,
        description:
          'RECORDED: on the day it was written down, so that closed days stay as they are. EFFECTIVE: on the day it happened.',
      }),
    },
    resolve: async (_root, { from, to, currency, basis }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return null;
      const { catalogue, currencyId } = subject;
      return readEconomy(context.deps, catalogue, { currencyId, from, to, basis }).catch(asBadInput);
    },
  }),
);
