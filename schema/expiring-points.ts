import { ratio } from '#app/economy/read-economy.ts';
import { publicId } from '#domain/ids.ts';
import { endOfDayAfter } from '#domain/time.ts';
import { EXPIRING_LOTS_MAX, selectBalanceAge, type BalanceAge, type ExpiringLot } from '#storage/expiring-store.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { economySubject } from './economy.ts';
import { findReadCurrency } from './ledger-party.ts';
import type { Expiring } from './loaders/expiring.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { RatioRef } from './ratio.ts';

const ExpiringLotRef = builder.objectRef<ExpiringLot>('ExpiringLot').implement({
  description: 'Points of one lot that expire soon. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  fields: (t) => ({
    lotId: t.id({ description: 'The lot, lot_….', resolve: (it) => publicId('Lot', it.lotId) }),
    points: t.expose('points', { type: 'Points', description: 'Points of it that are not held.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The first instant at which they are no longer valid.',
    }),
  }),
});

const ExpiringPointsRef = builder.objectRef<Expiring>('ExpiringPoints').implement({
  description: 'What a customer loses by some day unless it is spent. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  fields: (t) => ({
    points: t.expose('points', {
      type: 'Points',
      description:
        'All points that expire by then, pending ones included. Held points are not: they expire when they come back.',
    }),
    until: t.expose('until', { type: 'DateTime', description: 'The last instant looked at, inclusive.' }),
    lots: t.field({
      type: [ExpiringLotRef],
      description: `Where they are, the soonest first: at most ${EXPIRING_LOTS_MAX}.`,
      resolve: (it) => it.lots,
    }),
  }),
});

const DAYS_MAX = 3_660;

builder.objectField(CustomerRef, 'expiringPoints', (t) =>
  t.field({
    type: ExpiringPointsRef,
    nullable: true,
    description:
      'What expires within some days, each a day of the program’s zone: 0 is today. Null when there is no such currency. Needs ledger:read.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      withinDays: t.arg.int({ required: true, description: `How many days ahead, 0 to ${DAYS_MAX}.` }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
    },
    resolve: async ({ id: customerId }, { withinDays, currency: code }, context) => {
      if (withinDays < 0 || withinDays > DAYS_MAX) throw badUserInput(`withinDays is 0 to ${DAYS_MAX}.`);
      const currency = await findReadCurrency(context, code);
      return currency === null
        ? null
        : context.loaders.expiring.load({ customerId, currencyId: currency.id, withinDays });
    },
  }),
);

type Outstanding = BalanceAge & { currencyId: string };

const ExpiryMonthRef = builder.objectRef<BalanceAge['months'][number]>('ExpiryMonth').implement({
  description: 'Points that expire in one month.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'The month in the program’s zone, such as 2026-11.' }),
    points: t.expose('points', { type: 'Points', description: 'Points that expire in it, not counting held ones.' }),
  }),
});

const within = (index: number) => (it: Outstanding) => it.within[index] ?? 0;

const PointsExpiringRef = builder.objectRef<Outstanding>('PointsExpiring').implement({
  description: 'The points that customers have now, by when they expire. Needs economy:read.',
  fields: (t) => ({
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.currencyId),
    }),
    within30Days: t.field({ type: 'Points', description: 'Expire today or in the next 30 days.', resolve: within(0) }),
    within60Days: t.field({ type: 'Points', description: 'Expire today or in the next 60 days.', resolve: within(1) }),
    within90Days: t.field({ type: 'Points', description: 'Expire today or in the next 90 days.', resolve: within(2) }),
    months: t.field({
      type: [ExpiryMonthRef],
      description: 'By month, the soonest first.',
      resolve: (it) => it.months,
    }),
    never: t.expose('never', { type: 'Points', description: 'Never expire.' }),
    held: t.expose('held', { type: 'Points', description: 'Held: they expire only when they come back.' }),
    redeemableShare: t.field({
      type: RatioRef,
      description: 'Customers with at least one point to spend ÷ customers enrolled now.',
      resolve: (it) => ratio(it.redeemable, it.enrolled),
    }),
  }),
});

builder.queryField('pointsExpiring', (t) =>
  t.field({
    type: PointsExpiringRef,
    nullable: true,
    description:
      'What expires within 30, 60 and 90 days and by month, for the whole program. Null when there is no such currency. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: { currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }) },
    resolve: async (_root, { currency }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return null;
      const { id: programId, timeZone, testClock } = subject.catalogue.program;
      const now = testClock ?? context.deps.clock();
      const until = [30, 60, 90].map((days) => endOfDayAfter(now, timeZone, { days }));
      const { currencyId } = subject;
      const age = await selectBalanceAge(context.deps.reads, { programId, currencyId, timeZone, now, until });
      return { ...age, currencyId };
    },
  }),
);
