import { ActivityRef } from '#schema/activity.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

/** What happened to which activity; the activity itself is read when the item is shown. */
type Happened = { activityId: string | null; isReversal: boolean };

const ActivityEffectsRef = builder.objectRef<Happened & StreamMark>('ActivityEffects').implement({
  description: 'One item of activityEffects.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    isReversal: t.exposeBoolean('isReversal', {
      description: 'True when the activity was undone, as a whole or in part; false when it was tracked.',
    }),
    activity: t.field({
      type: ActivityRef,
      nullable: true,
      description: 'The activity with all that it caused; null on a snapshot, which only says from where on is told.',
      resolve: ({ activityId }, _args, context) => (activityId === null ? null : announced(context, activityId)),
    }),
  }),
});

async function announced(context: Context, activityId: string): Promise<ActivityRow> {
  const activity = await context.loaders.activity.load(activityId);
  if (activity === null) throw new Error('an activity that was announced is gone');
  return activity;
}

builder.subscriptionField('activityEffects', (t) =>
  t.field({
    type: ActivityEffectsRef,
    description:
      'A customer’s activities as they are recorded, and as they are reversed, in order, each once and none left out, however slow the reader. The first item has no activity: it says from where on is told. Needs activity:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['activity:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, PLAN);
    },
    resolve: (happened) => happened,
  }),
);

const PLAN: StreamPlan<Happened> = {
  name: 'activityEffects',
  snapshot: () => Promise.resolve({ activityId: null, isReversal: false }),
  item(event) {
    if (event.type !== 'activity.tracked' && event.type !== 'activity.reversed') return null;
    return { activityId: event.activityId, isReversal: event.type === 'activity.reversed' };
  },
};
