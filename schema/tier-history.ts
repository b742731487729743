import { publicId } from '#domain/ids.ts';
import { positionOfMembership, type TierMembership } from '#storage/tier-membership-store.ts';

import { builder } from './builder.ts';
import { TierReasonEnum } from './customer-tier.ts';
import { CustomerRef } from './customer.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const READERS = { permission: ['tier:read', 'self:read'] as const };

const TierMembershipRef = builder.objectRef<TierMembership>('TierMembership').implement({
  description:
    'One interval of a customer’s history on a ladder: [from, until), half-open. A gap means below the first tier, or not yet above the beginning.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Its id, tmb_….', resolve: (it) => publicId('TierMembership', it.id) }),
    ladder: t.exposeString('ladderCode', { description: 'Code of the ladder.' }),
    tier: t.exposeString('tierCode', { description: 'Code of the tier.' }),
    name: t.exposeString('tierName', { description: 'Name of the tier at that time.' }),
    previousTier: t.exposeString('previousCode', {
      nullable: true,
      description: 'Code of the tier before; null below the first.',
    }),
    from: t.expose('fromAt', { type: 'DateTime', description: 'Since when it counts, inclusive.' }),
    until: t.expose('toAt', { type: 'DateTime', nullable: true, description: 'Until when, exclusive; null: still.' }),
    reason: t.field({ type: TierReasonEnum, description: 'Why it began.', resolve: (it) => it.reason }),
    lockedUntil: t.expose('lockedUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it was given by hand when it began; null without an end, or when it was not given.',
    }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision that decided.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    note: t.exposeString('note', {
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'tier:read' },
      description: 'Why, as the team wrote it. Needs tier:read.',
    }),
    actor: t.exposeString('actor', {
      subGraphs: [],
      authScopes: { permission: 'tier:read' },
      description: 'Who caused it. Needs tier:read.',
    }),
  }),
});

const TierMembershipConnection = connectionType('TierMembership', TierMembershipRef, { subGraphs: ['Public'] });

builder.objectFields(CustomerRef, (t) => ({
  tierHistory: t.field({
    type: TierMembershipConnection,
    description: 'The history of tiers as intervals, newest first. Needs tier:read, or self:read for one’s own.',
    authScopes: READERS,
    args: { ...pageArgs, ladder: t.arg.string({ description: 'Code of one ladder; left out, all.' }) },
    resolve: async ({ id }, { ladder = null, ...args }, context) => {
      const page = readPage(args, ['tierHistory', id, ladder], isIntegerKey);
      const rows = await context.loaders.tierHistory.load({ parentId: id, page, variant: ladder });
      return connectionOf(rows, page, positionOfMembership);
    },
  }),
}));
