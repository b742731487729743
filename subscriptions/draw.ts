import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { DrawPlayRef } from '#schema/draw-play.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { findPlays, listPlays, type DrawPlayRow } from '#storage/draw-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type DrawItem = { plays: readonly DrawPlayRow[] };

const SNAPSHOT_MAX = 20;

const DrawChangeRef = builder.objectRef<DrawItem & StreamMark>('DrawPlayed').implement({
  description: 'One item of drawPlayed.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    plays: t.field({
      type: [DrawPlayRef],
      description: `The newest ${SNAPSHOT_MAX} plays, the oldest first, on a snapshot; else the one that was made.`,
      resolve: (it) => [...it.plays],
    }),
  }),
});

builder.subscriptionField('drawPlayed', (t) =>
  t.field({
    type: DrawChangeRef,
    description:
      'A customer’s plays of prize draws: first the newest ones, then every play, in order, each once and none left out. Needs redemption:read, or self:read for one’s own.',
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

function planOf(context: Context, customerId: string): StreamPlan<DrawItem> {
  const { programId } = programOf(context);
  const { reads } = context.deps;
  return {
    name: 'drawPlayed',
    async snapshot() {
      const newest = { limit: SNAPSHOT_MAX - 1, backwards: false, after: null, before: null };
      const plays = await listPlays(reads, programId, { customerId, drawCode: null }, newest);
      return { plays: plays.toReversed() };
    },
    item: async (event) =>
      event.type === 'draw.played' ? { plays: await findPlays(reads, programId, [event.playId]) } : null,
  };
}
