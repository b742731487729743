import { publicId } from '#domain/ids.ts';
import type { RedemptionState } from '#domain/redemption/redemption.ts';
import { redemptionStateAt } from '#domain/redemption/redemption.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import type { RedemptionEvent, RedemptionRow } from '#storage/redemption-store.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { LedgerTransactionRef } from './ledger-transaction.ts';
import { MoneyRef } from './money.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { RewardTextsRef } from './reward-definition.ts';
import { RewardFulfilmentUnion, RewardKindEnum } from './reward-fulfilment.ts';
import { RewardRef } from './reward.ts';

export const RedemptionStateEnum = builder.enumType('RedemptionState', {
  description: 'Where a redemption stands.',
  subGraphs: ['Public'],
  values: {
    RESERVED: { description: 'Points, piece and code are kept until it is issued, cancelled or its time is over.' },
    ISSUED: { description: 'It is the customer’s: the points are spent, the code is handed out.' },
    USED: { description: 'The customer has used it. Final.' },
    FULFILLED: { description: 'The tenant has delivered it.' },
    CANCELLED: { description: 'It was taken back, and the points returned. Final.' },
    EXPIRED: {
      description:
        'Its time is over. What was only reserved has returned, points and piece; what was issued stays spent. Final.',
    },
  } satisfies Record<RedemptionState, object>,
});

const RedemptionEventRef = builder.objectRef<RedemptionEvent>('RedemptionEvent').implement({
  description: 'One step in the history of a redemption. It never changes.',
  subGraphs: ['Public'],
  fields: (t) => ({
    state: t.field({ type: RedemptionStateEnum, description: 'The state that it reached.', resolve: (it) => it.state }),
    at: t.expose('at', { type: 'DateTime', description: 'When it took effect.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    actor: t.exposeString('actor', {
      subGraphs: [],
      authScopes: { permission: 'redemption:read' },
      description: 'Who did it; `system` for what happens by itself. Needs redemption:read.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'redemption:read' },
      description: 'Why, as given; null: nothing was said. Needs redemption:read.',
    }),
  }),
});

export const RedemptionRef = builder.objectRef<RedemptionRow>('Redemption');

builder.node(RedemptionRef, {
  description:
    'A reward that a customer has, or is about to have. What was promised is kept as it was: later revisions do not change it. Readable with redemption:read, or by the customer.',
  subGraphs: ['Public'],
  id: { resolve: (it) => it.id, description: 'Global id, rdm_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'rewardCode' in value && 'terms' in value,
  loadMany: (ids, context) => ids.map((id) => context.loaders.redemption.load(id)),
  fields: (t) => ({
    customerId: t.id({ description: 'Whose, cus_….', resolve: (it) => publicId('Customer', it.customerId) }),
    reward: t.field({
      type: RewardRef,
      nullable: true,
      description: 'The reward as it is live now; null when it is no longer.',
      resolve: async (it, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).ruleSet.rewards.byId.get(it.rewardId) ??
        null,
    }),
    rewardCode: t.exposeString('rewardCode', { description: 'The reward’s code, as it was.' }),
    ruleRevision: t.exposeInt('revision', { description: 'The rule set’s revision that decided.' }),
    kind: t.field({
      type: RewardKindEnum,
      description: 'What it is.',
      resolve: ({ terms }) => terms.fulfilment.kind,
    }),
    fulfilment: t.field({
      type: RewardFulfilmentUnion,
      description: 'What was promised, a piece.',
      resolve: ({ terms }) => terms.fulfilment,
    }),
    texts: t.field({
      type: RewardTextsRef,
      description: 'The reward’s texts as they were, in the customer’s language then.',
      resolve: ({ terms }) => terms.texts,
    }),
    byHand: t.boolean({ description: 'Whether people deliver it.', resolve: ({ terms }) => terms.byHand }),
    state: t.field({
      type: RedemptionStateEnum,
      description: 'Where it stands now, whether or not a job has written that its time is over.',
      resolve: async (it, _args, context) => redemptionStateAt(it, await nowOf(context)),
    }),
    quantity: t.exposeInt('quantity', { description: 'Pieces.' }),
    points: t.expose('points', { type: 'Points', description: 'Points in all.' }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.currencyId),
    }),
    money: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Money in all, paid to the tenant; null is nothing.',
      resolve: (it) => it.money,
    }),
    code: t.exposeString('code', {
      nullable: true,
      description: 'The code that the customer got; null before it is issued, and for kinds without.',
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', description: 'When it was redeemed or reserved.' }),
    issuedAt: t.expose('issuedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it became the customer’s; null when it never did.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The first instant at which the reservation, or what was issued, is over; null never comes.',
    }),
  }),
});

builder.objectFields(RedemptionRef, (t) => ({
  transaction: t.field({
    type: LedgerTransactionRef,
    nullable: true,
    description: 'What spent the points; null before, and when it cost none.',
    resolve: (it, _args, context) =>
      it.transactionId === null ? null : context.loaders.ledgerTransaction.load(it.transactionId),
  }),
  history: t.field({
    type: [RedemptionEventRef],
    description: 'Every state that it was in, the oldest first.',
    resolve: (it, _args, context) => context.loaders.redemptionEvents.load(it.id),
  }),
  version: t.exposeInt('version', {
    description: 'Counts up with every change: of two copies, the higher one is newer.',
  }),
  actor: t.exposeString('actor', {
    subGraphs: [],
    authScopes: { permission: 'redemption:read' },
    description: 'Who redeemed it. Needs redemption:read.',
  }),
  reason: t.exposeString('reason', {
    nullable: true,
    subGraphs: [],
    authScopes: { permission: 'redemption:read' },
    description: 'What was said to it; null is nothing. Needs redemption:read.',
  }),
}));

builder.objectField(LedgerTransactionRef, 'redemption', (t) =>
  t.field({
    type: RedemptionRef,
    nullable: true,
    description:
      'The redemption that it paid for, or whose points it held, captured or let go; null when it is about none, or to who may not see it.',
    resolve: ({ id, holdId, kind }, _args, context) =>
      kind === 'SPEND' || holdId !== null ? context.loaders.paidRedemption.load({ id, holdId }) : null,
  }),
);

/** The program's present instant. */
export async function nowOf(context: Context): Promise<Date> {
  const { deps } = context;
  return readProgramNow(deps.reads, programOf(context).programId, deps.clock());
}
