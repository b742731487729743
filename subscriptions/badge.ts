import { BadgeAwardRef, badgeNow } from '#schema/badge-award.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { findAwards, type AwardRow } from '#storage/badge-award-store.ts';
import { readShelf } from '#storage/badge-shelf-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type BadgeStep = 'AWARDED' | 'REVOKED' | 'EXPIRED';
type BadgeItem = { change: BadgeStep | null; awards: readonly AwardRow[] };

/** Awards that the snapshot has at most, the newest. */
const SHELF_MAX = 100;

const StepEnum = builder.enumType('BadgeChangeKind', {
  description: 'What happened to an award.',
  subGraphs: ['Public'],
  values: {
    AWARDED: { description: 'It was awarded, by an activity or by hand.' },
    REVOKED: { description: 'It was taken back.' },
    EXPIRED: { description: 'Its time is over.' },
  } satisfies Record<BadgeStep, object>,
});

const BadgeChangeRef = builder.objectRef<BadgeItem & StreamMark>('BadgeChange').implement({
  description: 'One item of badgeAwarded.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    change: t.field({
      type: StepEnum,
      nullable: true,
      description: 'What happened; null on a snapshot.',
      resolve: (it) => it.change,
    }),
    awards: t.field({
      type: [BadgeAwardRef],
      description: `The award that it happened to, as it is now; on a snapshot those that are held, the newest ${SHELF_MAX}.`,
      resolve: (it) => [...it.awards],
    }),
  }),
});

builder.subscriptionField('badgeAwarded', (t) =>
  t.field({
    type: BadgeChangeRef,
    description:
      'A customer’s badges: first those that are held, then each award, revocation and expiry. What is credited for the past is not told. Needs customer:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['customer:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (item) => item,
  }),
);

const STEPS: Readonly<Record<string, BadgeStep>> = {
  'badge.awarded': 'AWARDED',
  'badge.revoked': 'REVOKED',
  'badge.expired': 'EXPIRED',
};

function planOf(context: Context, customerId: string): StreamPlan<BadgeItem> {
  const { programId } = programOf(context);
  const { reads } = context.deps;
  return {
    name: 'badgeAwarded',
    snapshot: async () => ({
      change: null,
      awards: await readShelf(reads, programId, customerId, await badgeNow(context), SHELF_MAX),
    }),
    async item(event) {
      const change = STEPS[event.type];
      if (change === undefined || !('awardId' in event)) return null;
      return { change, awards: await findAwards(reads, programId, [event.awardId]) };
    },
  };
}
