import type { Owned } from '#app/ledger/find-views.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Hold, HoldState } from '#domain/ledger/account.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { PointCurrencyRef } from './point-currency.ts';

const HoldStateEnum = builder.enumType('HoldState', {
  description: 'Whether a hold still sets points aside, and what closed it.',
  subGraphs: ['Public'],
  values: {
    OPEN: { description: 'Points are set aside.' },
    CAPTURED: { description: 'Closed by a capture: of everything, or with the rest released.' },
    RELEASED: { description: 'Closed by a release; some may have been captured before.' },
    EXPIRED: { description: 'Closed by its time-out; some may have been captured before.' },
  } satisfies Record<HoldState, object>,
});

export const HoldRef = builder.objectRef<Owned<Hold>>('Hold');

builder.node(HoldRef, {
  description:
    'Points set aside until they are captured, released or time out. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  id: { resolve: (hold) => hold.id, description: 'Global id, hld_….' },
  loadMany: (ids, context) => ids.map((id) => context.loaders.hold.load(id)),
  fields: (t) => ({
    customerId: t.id({ description: 'Whose, cus_….', resolve: (hold) => publicId('Customer', hold.owner.customerId) }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (hold, _args, context) => currencyOf(context, hold.owner.currencyId),
    }),
    state: t.field({
      type: HoldStateEnum,
      description: 'Where it stands as of now: one whose time is over is EXPIRED.',
      resolve: (hold) => hold.state,
    }),
    amount: t.expose('amount', { type: 'Points', description: 'Points set aside at first; never changes.' }),
    remaining: t.expose('remaining', { type: 'Points', description: 'Points still set aside, as of now.' }),
    captured: t.expose('captured', { type: 'Points', description: 'Points captured so far.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'What it is for, as given; null: nothing was.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it times out: from this instant on, inclusive.',
    }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When nothing was held any more; null while OPEN.',
    }),
    actor: t.exposeString('actor', {
      subGraphs: [],
      authScopes: { permission: 'ledger:read' },
      description: 'Who made it. Needs ledger:read.',
    }),
  }),
});

builder.queryField('hold', (t) =>
  t.field({
    type: HoldRef,
    nullable: true,
    subGraphs: ['Public'],
    description: 'A hold by id; null when there is none. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: { id: t.arg.id({ required: true, description: 'Global id, hld_….' }) },
    resolve: (_root, { id }, context) => {
      const uuid = uuidOf('Hold', String(id));
      return uuid === null ? null : context.loaders.hold.load(uuid);
    },
  }),
);
