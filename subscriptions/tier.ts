import type { EventBody } from '#domain/events.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { CustomerTierRef, TierReasonEnum, type TierNow } from '#schema/customer-tier.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type TierStep = Extract<EventBody, { type: 'tier.changed' }>;
type TierChangeItem = { tiers: readonly TierNow[]; step: TierStep | null };

const TierStepRef = builder.objectRef<TierStep>('TierStep').implement({
  description: 'One change of tier on one ladder, as it was decided.',
  subGraphs: ['Public'],
  fields: (t) => ({
    ladderCode: t.exposeString('ladder', { description: 'Code of the ladder.' }),
    from: t.exposeString('from', { nullable: true, description: 'Code of the tier before; null below the first.' }),
    to: t.exposeString('to', { nullable: true, description: 'Code of the tier since then; null below the first.' }),
    reason: t.field({ type: TierReasonEnum, description: 'Why it changed.', resolve: (it) => it.reason }),
    since: t.field({ type: 'DateTime', description: 'Since when it holds.', resolve: (it) => new Date(it.since) }),
  }),
});

const TierChangeRef = builder.objectRef<TierChangeItem & StreamMark>('TierChange').implement({
  description: 'One item of tierChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    step: t.field({
      type: TierStepRef,
      nullable: true,
      description: 'The change; null on a snapshot.',
      resolve: (it) => it.step,
    }),
    tiers: t.field({
      type: [CustomerTierRef],
      description:
        'Where the customer stands now: on all live ladders on a snapshot, else on the ladder of the change, which may have gone on since. None where the ladder is not live any more.',
      resolve: (it) => [...it.tiers],
    }),
  }),
});

builder.subscriptionField('tierChanged', (t) =>
  t.field({
    type: TierChangeRef,
    description:
      'A customer’s tiers: first where they stand on each live ladder, then every change of tier, in order, each once and none left out. Progress alone sends nothing. Needs tier:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<TierChangeItem> {
  return {
    name: 'tierChanged',
    snapshot: async () => ({ tiers: await context.loaders.tiers.load(customerId), step: null }),
    async item(event) {
      if (event.type !== 'tier.changed') return null;
      const tiers = await context.loaders.tiers.load(customerId);
      return { tiers: tiers.filter(({ view }) => view.compiled.ladder.id === event.ladderId), step: event };
    },
  };
}
