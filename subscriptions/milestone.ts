import type { EventBody } from '#domain/events.ts';
import { publicId } from '#domain/ids.ts';
import type { MilestoneProgress } from '#domain/milestone/progress.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { ProgressRef } from '#schema/customer-milestone.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type MilestoneStep = Extract<EventBody, { type: 'milestone.reached' }>;
type MilestoneItem = { step: MilestoneStep | null; milestones: readonly MilestoneProgress[] };

const MilestoneStepRef = builder.objectRef<MilestoneStep>('MilestoneStep').implement({
  description: 'A threshold of a milestone that was reached, as it was decided.',
  subGraphs: ['Public'],
  fields: (t) => ({
    milestoneId: t.id({ description: 'Which, mst_….', resolve: (it) => publicId('Milestone', it.milestoneId) }),
    code: t.exposeString('milestone', { description: 'Code of the milestone.' }),
    name: t.exposeString('name', { description: 'Its name at that time.' }),
    period: t.exposeString('period', { description: 'In which period: 2026-11, 2026 or all.' }),
    threshold: t.expose('threshold', { type: 'Decimal', description: 'In the unit of its measure.' }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points given: what it awards, or what the cap on the balance left of it.',
    }),
  }),
});

const MilestoneReachedItemRef = builder.objectRef<MilestoneItem & StreamMark>('MilestoneChange').implement({
  description: 'One item of milestoneReached.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    step: t.field({
      type: MilestoneStepRef,
      nullable: true,
      description: 'What was reached; null on a snapshot.',
      resolve: (it) => it.step,
    }),
    milestones: t.field({
      type: [ProgressRef],
      description:
        'How far the customer is now: with all live milestones on a snapshot, else with the one of the step, which may be further on. None where it is not live any more.',
      resolve: (it) => [...it.milestones],
    }),
  }),
});

builder.subscriptionField('milestoneReached', (t) =>
  t.field({
    type: MilestoneReachedItemRef,
    description:
      'A customer’s milestones: first how far they are with each, then every threshold that is reached, in order, each once and none left out. Progress alone sends nothing. Needs tier:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (item) => item,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<MilestoneItem> {
  return {
    name: 'milestoneReached',
    snapshot: async () => ({ step: null, milestones: await context.loaders.milestones.load(customerId) }),
    async item(event) {
      if (event.type !== 'milestone.reached') return null;
      const all = await context.loaders.milestones.load(customerId);
      return { step: event, milestones: all.filter(({ compiled }) => compiled.milestone.id === event.milestoneId) };
    },
  };
}
