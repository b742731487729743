import type { Owned } from '#app/ledger/find-views.ts';
import { findLotPage } from '#app/ledger/find-views.ts';
import { publicId } from '#domain/ids.ts';
import type { Lot, LotState } from '#domain/ledger/account.ts';
import { positionOfLot } from '#storage/sql/list-lots.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { findOwnCustomer, findReadCurrency } from './ledger-party.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';

const LotStateEnum = builder.enumType('LotState', {
  description: 'Whether the points of a lot can be spent.',
  subGraphs: ['Public'],
  values: {
    PENDING: { description: 'They wait for an instant, an activity or a call.' },
    AVAILABLE: { description: 'They can be spent until they expire.' },
  } satisfies Record<LotState, object>,
});

export const LotRef = builder.objectRef<Owned<Lot>>('Lot');

builder.node(LotRef, {
  description: 'Points that came together, with their own expiry. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  id: { resolve: (lot) => lot.id, description: 'Global id, lot_….' },
  loadMany: (ids, context) => ids.map((id) => context.loaders.lot.load(id)),
  fields: (t) => ({
    customerId: t.id({ description: 'Whose, cus_….', resolve: (lot) => publicId('Customer', lot.owner.customerId) }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (lot, _args, context) => currencyOf(context, lot.owner.currencyId),
    }),
    state: t.field({
      type: LotStateEnum,
      description: 'Whether they can be spent, as of now.',
      resolve: (lot) => lot.state,
    }),
    amount: t.expose('amount', { type: 'Points', description: 'Points that came; never changes.' }),
    remaining: t.expose('remaining', { type: 'Points', description: 'Points still there and not held, as of now.' }),
    held: t.expose('held', {
      type: 'Points',
      description: 'Points of it that open holds have set aside. They do not expire before they come back.',
    }),
    earnedAt: t.expose('earnedAt', { type: 'DateTime', description: 'When they were earned; a transfer keeps it.' }),
    availableAt: t.expose('availableAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When pending points are released by themselves; null: at once, or by an activity or a call.',
    }),
    releaseActivityType: t.exposeString('releaseActivityType', {
      nullable: true,
      description: 'Code of the activity type that releases them; null: none does.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The first instant at which they are no longer valid, as of now; null: never. It moves with activity where the currency says so, and by hand.',
    }),
    transactionId: t.id({
      description: 'The transaction that brought them, ltx_….',
      resolve: (lot) => publicId('LedgerTransaction', lot.transactionId),
    }),
  }),
});

const LotConnection = connectionType('Lot', LotRef, { subGraphs: ['Public'] });

builder.queryFields((t) => ({
  lots: t.field({
    type: LotConnection,
    subGraphs: ['Public'],
    description:
      'A customer’s lots with points in them, soonest-expiring first: the order in which they are spent. With expiresBefore: what expires soon. Empty when there is no such customer or currency. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      ...pageArgs,
      customerId: t.arg.id({
        description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.',
      }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
      state: t.arg({ type: LotStateEnum, description: 'Only lots in this state; left out, both.' }),
      expiresBefore: t.arg({ type: 'DateTime', description: 'Only lots that expire before this instant, exclusive.' }),
    },
    resolve: async (_root, args, context) => {
      const [customerId, currency] = await Promise.all([
        findOwnCustomer(context, args),
        findReadCurrency(context, args.currency),
      ]);
      const state = args.state ?? null;
      const expiresBefore = args.expiresBefore ?? null;
      const page = readPage(
        args,
        ['lots', customerId, currency?.id, state, expiresBefore?.toISOString()],
        isIntegerKey,
      );
      if (customerId === null || currency === null) return connectionOf<Owned<Lot>>([], page, positionOfLot);
      const where = { customerId, currencyId: currency.id, state, expiresBefore };
      return connectionOf(
        await findLotPage(context.deps, programOf(context).programId, where, page),
        page,
        positionOfLot,
      );
    },
  }),
}));
