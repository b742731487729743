import { publicId } from '#domain/ids.ts';
import type { MilestoneProgress } from '#domain/milestone/progress.ts';
import { REACHED_MAX } from '#storage/milestone-store.ts';

import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { MilestoneRef } from './milestone.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const ReachedRef = builder.objectRef<MilestoneProgress['reached'][number]>('ReachedThreshold').implement({
  description: 'A threshold of a milestone that a customer has reached.',
  ...publicSurface,
  fields: (t) => ({
    threshold: t.expose('threshold', { type: 'Decimal', description: 'In the unit of the milestone’s measure.' }),
    at: t.expose('reachedAt', { type: 'DateTime', description: 'When the activity that reached it occurred.' }),
    activityId: t.id({
      description: 'That activity, act_…; it may be reversed since.',
      resolve: (it) => publicId('Activity', it.activityId),
    }),
  }),
});

export const ProgressRef = builder.objectRef<MilestoneProgress>('MilestoneProgress').implement({
  description:
    'How far a customer is with a milestone in the running period. Readable with tier:read, or by the customer.',
  ...publicSurface,
  fields: (t) => ({
    milestone: t.field({ type: MilestoneRef, description: 'Which milestone.', resolve: (it) => it.compiled.milestone }),
    period: t.exposeString('period', {
      description: 'The running period, by the program’s zone: 2026-11, 2026 or all.',
    }),
    periodUntil: t.field({
      type: 'Date',
      nullable: true,
      description: 'First local day after it; null for ever.',
      resolve: (it) => it.window.to,
    }),
    value: t.field({
      type: 'Decimal',
      description: 'What is counted so far, less what was taken back.',
      resolve: (it) => it.value.toFixed(),
    }),
    nextThreshold: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The next threshold that can award; null after the last.',
      resolve: (it) => it.next?.toFixed() ?? null,
    }),
    missing: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What is missing to it; null after the last.',
      resolve: (it) => it.missing?.toFixed() ?? null,
    }),
    reached: t.field({
      type: [ReachedRef],
      description: `What is reached in this period, the highest first, at most ${REACHED_MAX}. It stays when an activity is reversed.`,
      resolve: (it) => [...it.reached],
    }),
  }),
});

builder.objectFields(CustomerRef, (t) => ({
  milestones: t.field({
    type: [ProgressRef],
    description:
      'How far the customer is with each live milestone, in their order; paused ones are left out. Needs tier:read, or self:read for one’s own.',
    authScopes: { permission: ['tier:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.milestones.load(id))],
  }),
}));
