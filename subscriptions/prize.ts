import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { SeasonPrizeRef } from '#schema/season-prize.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { listSeasonPrizes, readSeasonPrizes, type SeasonPrize } from '#storage/season-prize-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type PrizeItem = { prizes: readonly SeasonPrize[] };

const SNAPSHOT_MAX = 100;

const PrizeChangeRef = builder.objectRef<PrizeItem & StreamMark>('PrizeChange').implement({
  description: 'One item of prizeChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    prizes: t.field({
      type: [SeasonPrizeRef],
      description: `The newest ${SNAPSHOT_MAX} prizes on a snapshot, else the one that was won, given, claimed or withheld, as it is now.`,
      resolve: (it) => [...it.prizes],
    }),
  }),
});

builder.subscriptionField('prizeChanged', (t) =>
  t.field({
    type: PrizeChangeRef,
    description:
      'What a customer wins in seasons: first what there is, then every prize that is won, given, claimed or withheld, in order, each once and none left out. Needs ledger:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<PrizeItem> {
  const { programId } = programOf(context);
  const { reads } = context.deps;
  return {
    name: 'prizeChanged',
    async snapshot() {
      const newest = { after: null, before: null, backwards: true };
      const prizes = await listSeasonPrizes(reads, programId, { customerId }, newest, SNAPSHOT_MAX);
      return { prizes: prizes.toReversed() };
    },
    async item(event) {
      if (event.type !== 'prize.won' && event.type !== 'prize.settled') return null;
      return { prizes: await readSeasonPrizes(reads, programId, [event.prizeId]) };
    },
  };
}
