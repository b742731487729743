import type { EventBody } from '#domain/events.ts';
import { publicId } from '#domain/ids.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { nowOf, RedemptionRef, RedemptionStateEnum } from '#schema/redemption.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { findOpenRedemptions, type RedemptionRow } from '#storage/redemption-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type RedemptionStep = Extract<EventBody, { type: 'redemption.changed' }>;
type RedemptionChange = { redemptions: readonly RedemptionRow[]; step: RedemptionStep | null };

/** Open redemptions that the snapshot has at most, the newest. */
const OPEN_MAX = 100;

const RedemptionStepRef = builder.objectRef<RedemptionStep>('RedemptionStep').implement({
  description: 'One change of one redemption.',
  subGraphs: ['Public'],
  fields: (t) => ({
    redemptionId: t.id({ description: 'Which, rdm_….', resolve: (it) => publicId('Redemption', it.redemptionId) }),
    state: t.field({
      type: RedemptionStateEnum,
      description: 'The state that this change brought.',
      resolve: (it) => it.state,
    }),
  }),
});

const RedemptionChangeRef = builder.objectRef<RedemptionChange & StreamMark>('RedemptionChange').implement({
  description: 'One item of redemptionChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    step: t.field({
      type: RedemptionStepRef,
      nullable: true,
      description: 'The change; null on a snapshot.',
      resolve: (it) => it.step,
    }),
    redemptions: t.field({
      type: [RedemptionRef],
      description: `On a snapshot those that are reserved or issued, the newest ${OPEN_MAX}; else the one that changed, as it is now, which may be further on than the change.`,
      resolve: (change) => [...change.redemptions],
    }),
  }),
});

builder.subscriptionField('redemptionChanged', (t) =>
  t.field({
    type: RedemptionChangeRef,
    description:
      'A customer’s redemptions: first those that are reserved or issued, then every change of one, in order, each once and none left out. Needs redemption:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['redemption:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<RedemptionChange> {
  const { programId } = programOf(context);
  return {
    name: 'redemptionChanged',
    async snapshot() {
      const now = await nowOf(context);
      const { reads } = context.deps;
      return { redemptions: await findOpenRedemptions(reads, programId, customerId, now, OPEN_MAX), step: null };
    },
    async item(event) {
      if (event.type !== 'redemption.changed') return null;
      const redemption = await context.loaders.redemption.load(event.redemptionId);
      return { redemptions: redemption === null ? [] : [redemption], step: event };
    },
  };
}
