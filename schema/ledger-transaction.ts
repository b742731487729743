import { publicId, uuidOf } from '#domain/ids.ts';
import type { TransactionKind, TransactionRow } from '#domain/ledger/writes.ts';
import { listLedgerTransactions, type TransactionWhere } from '#storage/sql/list-ledger-transactions.ts';

import { ActivityRef } from './activity.ts';
import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { HoldRef } from './hold.ts';
import { LedgerEntryRef } from './ledger-entry.ts';
import { LotRef } from './lot.ts';
import { PointCurrencyRef } from './point-currency.ts';

export const TransactionKindEnum = builder.enumType('LedgerTransactionKind', {
  description: 'What a ledger transaction did.',
  subGraphs: ['Public'],
  values: {
    EARN: { description: 'An activity earned points by a rule or a milestone.' },
    RELEASE: { description: 'Pending points became available.' },
    CANCEL: { description: 'Pending points were taken back.' },
    SPEND: { description: 'Available points were spent.' },
    HOLD: { description: 'Available points were set aside.' },
    CAPTURE: { description: 'Held points were spent.' },
    HOLD_RELEASE: { description: 'Held points came back by a call.' },
    HOLD_EXPIRE: { description: 'Held points came back by the hold’s time-out.' },
    EXPIRE: { description: 'Points passed their expiry.' },
    REVERSE: { description: 'An earlier transaction was undone, in part or whole.' },
    TRANSFER: { description: 'Points went to another customer.' },
    ADJUST: { description: 'A manual correction, with a reason.' },
    EXPIRY_MOVE: { description: 'The expiry of points was moved by hand, with a reason; no points moved.' },
  } satisfies Record<TransactionKind, object>,
});

export const LedgerTransactionRef = builder.objectRef<TransactionRow>('LedgerTransaction');

const optionalId = (type: Parameters<typeof publicId>[0], id: string | null): string | null =>
  id === null ? null : publicId(type, id);

builder.node(LedgerTransactionRef, {
  description:
    'One movement of points with its cause. It never changes: a correction is another transaction that names it. Readable with ledger:read, or by its customers.',
  subGraphs: ['Public'],
  id: { resolve: (it) => it.id, description: 'Global id, ltx_….' },
  loadMany: (ids, context) => ids.map((id) => context.loaders.ledgerTransaction.load(id)),
  fields: (t) => ({
    kind: t.field({ type: TransactionKindEnum, description: 'What it did.', resolve: (it) => it.kind }),
    customerId: t.id({
      description: 'Whose points, cus_…; of a transfer the sender.',
      resolve: (it) => publicId('Customer', it.customerId),
    }),
    toCustomerId: t.id({
      nullable: true,
      description: 'The receiver of a transfer, cus_…; null otherwise.',
      resolve: (it) => optionalId('Customer', it.toCustomerId),
    }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.currencyId),
    }),
    amount: t.expose('amount', {
      type: 'Points',
      description: 'Points moved, never negative; the entries tell from where to where.',
    }),
    uncollected: t.expose('uncollected', {
      type: 'Points',
      description:
        'Of a reversal: points that the clawback policy left with the customer, or that had expired. Zero otherwise.',
    }),
    effectiveAt: t.expose('effectiveAt', {
      type: 'DateTime',
      description: 'When it counts: for an earning when the activity happened, for an expiry the expiry itself.',
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    entries: t.field({
      type: [LedgerEntryRef],
      description: 'Its entries; a customer token sees those of its own account and of counterparties.',
      resolve: async (it, _args, context) => [...(await context.loaders.entries.load(it.id))],
    }),
    lots: t.field({
      type: [LotRef],
      description: 'The lots that it brought, as they are now.',
      resolve: async (it, _args, context) => [...(await context.loaders.lotsOfTransaction.load(it.id))],
    }),
  }),
});

builder.objectFields(LedgerTransactionRef, (t) => ({
  activity: t.field({
    type: ActivityRef,
    nullable: true,
    description: 'The activity that caused it; null when none did, or to who may not read activities.',
    resolve: (it, _args, context) => (it.activityId === null ? null : findActivity(context, it.activityId)),
  }),
  ruleId: t.id({
    nullable: true,
    description: 'The earning rule, rul_…, or the milestone, mst_…, that gave the points; null when none decided.',
    resolve: async ({ ruleId }, _args, context) =>
      optionalId((await isMilestone(context, ruleId)) ? 'Milestone' : 'EarningRule', ruleId),
  }),
  ruleRevision: t.exposeInt('ruleRevision', {
    nullable: true,
    description: 'The rule set’s revision that decided; null when none did.',
  }),
  hold: t.field({
    type: HoldRef,
    nullable: true,
    description: 'The hold that it made, captured or closed; null when none.',
    resolve: (it, _args, context) => (it.holdId === null ? null : context.loaders.hold.load(it.holdId)),
  }),
  reverses: t.field({
    type: LedgerTransactionRef,
    nullable: true,
    description: 'Of a reversal: what it undoes.',
    resolve: (it, _args, context) =>
      it.reversesId === null ? null : context.loaders.ledgerTransaction.load(it.reversesId),
  }),
  reversedBy: t.field({
    type: [LedgerTransactionRef],
    description: 'What has undone it so far, oldest first.',
    resolve: async (it, _args, context) => [...(await context.loaders.reversals.load(it.id))],
  }),
  reason: t.exposeString('reason', {
    nullable: true,
    subGraphs: [],
    authScopes: { permission: 'ledger:read' },
    description: 'Why, as given; null: nothing was. Needs ledger:read.',
  }),
  actor: t.exposeString('actor', {
    subGraphs: [],
    authScopes: { permission: 'ledger:read' },
    description: 'Who did it; `system` for what happens by itself. Needs ledger:read.',
  }),
}));

/** Seen through the node's own rule: whoever holds activity:read, and the customer who did it. */
async function findActivity(context: Context, activityId: string) {
  const { caller } = context;
  const activity = await context.loaders.activity.load(activityId);
  if (activity === null) return null;
  const isOwn = caller.kind === 'CUSTOMER' && caller.customerId === activity.customerId;
  return isOwn || caller.permissions.has('activity:read') ? activity : null;
}

builder.queryField('ledgerTransaction', (t) =>
  t.field({
    type: LedgerTransactionRef,
    nullable: true,
    subGraphs: ['Public'],
    description: 'A ledger transaction by id; null when there is none. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: { id: t.arg.id({ required: true, description: 'Global id, ltx_….' }) },
    resolve: (_root, { id }, context) => {
      const uuid = uuidOf('LedgerTransaction', String(id));
      return uuid === null ? null : context.loaders.ledgerTransaction.load(uuid);
    },
  }),
);

/** A page of transactions of the caller's program. */
export function listTransactions(
  context: Context,
  customerId: string | null,
  where: TransactionWhere,
  page: Parameters<typeof listLedgerTransactions>[4],
) {
  return listLedgerTransactions(context.deps.reads, programOf(context).programId, customerId, where, page);
}

/** Whether it names a milestone of a rule set that is live or will be. What no rule set has any more is told as a rule. */
async function isMilestone(context: Context, id: string | null): Promise<boolean> {
  if (id === null) return false;
  const { published } = await context.deps.catalogues.current(programOf(context).programId);
  return published.some(({ ruleSet }) => ruleSet.content.milestones.some((milestone) => milestone.id === id));
}
