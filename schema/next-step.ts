import { findNextSteps } from '#app/tier/next-steps.ts';
import type { CandidatePart, NEXT_STEP_KINDS, NextStep, NextStepKind } from '#domain/next-step/next-step.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { badUserInput } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const READERS = { permission: ['tier:read', 'self:read'] as const };

const NextStepKindEnum = builder.enumType('NextStepKind', {
  description: 'What may be reached.',
  ...publicSurface,
  values: {
    TIER: { description: 'The next tier of a ladder.' },
    LEVEL: { description: 'The next level.' },
    MILESTONE: { description: 'The next threshold of a milestone, in its running period.' },
    CHALLENGE: { description: 'A challenge that counts for the customer now, or would once joined.' },
    BADGE: { description: 'The next level of a badge, or one more, by the criterion that keeps it from the customer.' },
    STREAK: { description: 'The next length of a streak that a prize is given for.' },
    REWARD: { description: 'A reward that points alone keep from the customer, or that they could have now.' },
  } satisfies Record<(typeof NEXT_STEP_KINDS)[number], object>,
});

const NextStepPartRef = builder.objectRef<CandidatePart>('NextStepPart').implement({
  description: 'One of several things that something takes.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Code of the challenge’s step.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    needed: t.field({ type: 'Decimal', description: 'What it takes.', resolve: (it) => it.needed.toFixed() }),
    missing: t.field({
      type: 'Decimal',
      description: 'What is missing; 0 when it is there.',
      resolve: ({ needed, has }) => (has.gte(needed) ? '0' : needed.minus(has).toFixed()),
    }),
    unit: t.exposeString('unit', {
      description: 'In what: a point currency’s code, a property’s name, or activities.',
    }),
  }),
});

const NextStepRef = builder.objectRef<NextStep>('NextStep').implement({
  description: 'Something that a customer may reach next, with what is missing.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: NextStepKindEnum, description: 'What it is.', resolve: (it): NextStepKind => it.kind }),
    code: t.exposeString('code', {
      description: 'Code of the tier, level, milestone, challenge, badge, streak or reward.',
    }),
    ladder: t.exposeString('within', { nullable: true, description: 'Of a tier: code of its ladder; null otherwise.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    needed: t.field({ type: 'Decimal', description: 'What it takes.', resolve: (it) => it.needed.toFixed() }),
    missing: t.field({
      type: 'Decimal',
      description: 'What is missing; 0 when it is there.',
      resolve: (it) => it.missing.toFixed(),
    }),
    unit: t.exposeString('unit', {
      description:
        'In what: a point currency’s code, a property’s name, activities, days, periods, tiers, badges, or steps, of which one that is half done counts half.',
    }),
    parts: t.field({
      type: [NextStepPartRef],
      description: 'What each step of a challenge takes, and what is missing of it; empty for everything else.',
      resolve: (it) => [...(it.parts ?? [])],
    }),
    share: t.exposeFloat('share', { description: 'What is missing of what it takes, from 0 to 1.' }),
  }),
});

/** Most next steps of one answer. */
const STEPS_MAX = 20;

builder.objectFields(CustomerRef, (t) => ({
  nextSteps: t.field({
    type: [NextStepRef],
    description:
      'What the customer may reach next, nearest first by the missing share: tiers, level, milestones, challenges, badges, prizes of streaks, rewards. Needs tier:read, or self:read for one’s own.',
    authScopes: READERS,
    args: { first: t.arg.int({ required: true, defaultValue: 5, description: `How many, 1 to ${STEPS_MAX}.` }) },
    resolve: ({ id }, { first }, context) => {
      if (first < 1 || first > STEPS_MAX) throw badUserInput(`first is 1 to ${STEPS_MAX}.`);
      return findNextSteps(context.deps, programOf(context).programId, id, first);
    },
  }),
}));
