import { unitOf } from '#app/tier/next-steps.ts';
import type { TierNow } from '#app/tier/read.ts';
import type { CompiledLadder } from '#domain/tier/compile.ts';
import type { Tier } from '#domain/tier/ladder.ts';
import type { TIER_REASONS } from '#domain/tier/standing.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { CustomerLevelRef, LadderRef, TierRef } from './ladder.ts';

export type { TierNow };

const publicSurface = { subGraphs: ['Public' as const] };
const READERS = { permission: ['tier:read', 'self:read'] as const };

export const TierReasonEnum = builder.enumType('TierReason', {
  description: 'Why a customer came to a tier.',
  ...publicSurface,
  values: {
    EARNED: { description: 'An activity reached it.' },
    REVIEWED: { description: 'A review, or the end of what was given by hand, led to it.' },
    MANUAL: { description: 'A person gave it, or ended what was given.' },
    INVITED: { description: 'An invitation gave it.' },
    RECALCULATED: { description: 'It was worked out anew from the record: a person asked, or its tier was taken out.' },
  } satisfies Record<(typeof TIER_REASONS)[number], object>,
});

const tierAt = ({ tiers }: CompiledLadder, place: number): Tier | null => tiers[place]?.tier ?? null;

const ProjectionRef = builder.objectRef<TierNow>('TierProjection').implement({
  description:
    'Where the present pace leads: that of the days of the period that have begun, today among them. No promise.',
  ...publicSurface,
  fields: (t) => ({
    progress: t.field({
      type: 'Decimal',
      description:
        'The amount at the end of the period, rounded down to a whole number, or to hundredths for SPEND. Rolling windows go on as they are, a lifetime has no end.',
      resolve: ({ outlook }) => outlook.projected.progress.toFixed(),
    }),
    tier: t.field({
      type: TierRef,
      nullable: true,
      description: 'The tier that it leads to; null below the first.',
      resolve: ({ view, outlook }) => tierAt(view.compiled, outlook.projected.place),
    }),
    at: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When that tier begins: the day on which it is reached, or the review; null when nothing changes.',
      resolve: ({ outlook }) => outlook.projected.at,
    }),
  }),
});

const ToNextRef = builder.objectRef<NonNullable<TierNow['outlook']['toNext']>>('TierToNext').implement({
  description: 'The next tier that can be earned, and what is missing to it.',
  ...publicSurface,
  fields: (t) => ({
    tier: t.field({ type: TierRef, description: 'The tier.', resolve: (it) => it.tier.tier }),
    missing: t.field({
      type: 'Decimal',
      description: 'So much more within the period; 0 when the next activity that counts brings it.',
      resolve: (it) => it.missing.toFixed(),
    }),
  }),
});

export const CustomerTierRef = builder.objectRef<TierNow>('CustomerTier').implement({
  description:
    'Where a customer stands on a ladder now, also when no job has yet done what came due. Amounts are in the unit of the ladder.',
  ...publicSurface,
  fields: (t) => ({
    ladder: t.field({ type: LadderRef, description: 'Which ladder.', resolve: ({ view }) => view.compiled.ladder }),
    tier: t.field({
      type: TierRef,
      nullable: true,
      description: 'The tier, with its benefits; null below the first.',
      resolve: ({ view, outlook }) => tierAt(view.compiled, outlook.place),
    }),
    since: t.field({
      type: 'DateTime',
      description: 'Since when; for a first tier that everybody has from the beginning, since joining.',
      resolve: (it) => it.since,
    }),
    reason: t.field({
      type: TierReasonEnum,
      nullable: true,
      description: 'Why; null for who was never above the beginning.',
      resolve: (it) => it.reason,
    }),
    givenTier: t.field({
      type: TierRef,
      nullable: true,
      description: 'A tier that was given by hand or invitation and holds now, whatever is earned; null without one.',
      resolve: ({ view, state }) =>
        tierAt(view.compiled, view.compiled.indexOf.get(state.standing.assigned?.tier ?? '') ?? -1),
    }),
    lockedUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When what was given ends; null holds until it is released, or nothing was given.',
      resolve: ({ state }) => state.standing.assigned?.until ?? null,
    }),
  }),
});

builder.objectFields(CustomerTierRef, (t) => ({
  unit: t.string({
    description: 'What is counted: a point currency’s code, a property’s name, or activities.',
    resolve: async ({ view }, _args, context) =>
      unitOf(await context.deps.catalogues.current(programOf(context).programId), view.compiled.ladder.basis),
  }),
  progress: t.field({
    type: 'Decimal',
    description: 'What the present period holds so far.',
    resolve: ({ outlook }) => outlook.progress.toFixed(),
  }),
  periodFrom: t.field({
    type: 'Date',
    nullable: true,
    description: 'First local day of the present period; null for a lifetime.',
    resolve: ({ outlook }) => outlook.window.from,
  }),
  periodUntil: t.field({
    type: 'Date',
    nullable: true,
    description: 'First local day after it; null for a lifetime.',
    resolve: ({ outlook }) => outlook.window.to,
  }),
  toNext: t.field({
    type: ToNextRef,
    nullable: true,
    description: 'The next tier and what is missing; null at the top.',
    resolve: ({ outlook }) => outlook.toNext,
  }),
  toStay: t.field({
    type: 'Decimal',
    nullable: true,
    description: 'What is missing to keep the tier at the next review; null when nothing can be lost.',
    resolve: ({ outlook }) => outlook.toStay?.toFixed() ?? null,
  }),
  reviewAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When the tier is reviewed next: the end of its period plus grace; null when nothing can be lost.',
    resolve: ({ outlook }) => outlook.reviewAt,
  }),
  graceFrom: t.field({
    type: 'Date',
    nullable: true,
    description:
      'First local day after the period under review: from then until the review, the tier stays by grace. Null when nothing can be lost.',
    resolve: ({ outlook }) => outlook.endsOn,
  }),
  projected: t.field({ type: ProjectionRef, description: 'Where the present pace leads.', resolve: (it) => it }),
}));

builder.objectFields(CustomerRef, (t) => ({
  tiers: t.field({
    type: [CustomerTierRef],
    description:
      'Where the customer stands on each live ladder, in their order; empty for who is neither enrolled nor paused. Needs tier:read, or self:read for one’s own.',
    authScopes: READERS,
    resolve: async ({ id }, _args, context) => [...(await context.loaders.tiers.load(id))],
  }),
  level: t.field({
    type: CustomerLevelRef,
    nullable: true,
    description: 'The customer’s level; null while no levels are live. Needs tier:read, or self:read for one’s own.',
    authScopes: READERS,
    resolve: ({ id }, _args, context) => context.loaders.level.load(id),
  }),
}));
