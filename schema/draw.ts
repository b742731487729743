import type { Draw, DRAW_LIMIT_SCOPES, DrawLimit, DrawOutcome, DrawPrize } from '#domain/draw/draw.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { textFields } from './local-text.ts';
import { RewardPeriodEnum } from './reward-definition.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const DRAW_LAWS = [
  'A play draws a ticket, each equally likely, and the ticket an outcome: its chance is its weight out of the sum of all weights.',
  'An outcome that is used up by its limits, its reward’s stock or the budget falls to the fallback; where that gives nothing, the play costs no points.',
  'When nothing can be won any more, nobody can play.',
  'Points that are won are an adjustment: they can be spent, and do not count as earned.',
].join(' ');

export const DrawLimitScopeEnum = builder.enumType('DrawLimitScope', {
  description: 'Whose plays a limit counts together.',
  ...publicSurface,
  values: {
    CUSTOMER: { description: 'Those of one customer.' },
    EVERYBODY: { description: 'All.' },
  } satisfies Record<(typeof DRAW_LIMIT_SCOPES)[number], object>,
});

const PrizeKindEnum = builder.enumType('DrawPrizeKind', {
  description: 'What comes out of a prize draw.',
  ...publicSurface,
  values: {
    NOTHING: { description: 'No prize.' },
    POINTS: { description: 'Points.' },
    REWARD: { description: 'A piece of a reward of the catalogue, without its price.' },
  } satisfies Record<DrawPrize['kind'], object>,
});

const DrawLimitRef = builder.objectRef<DrawLimit>('DrawLimit').implement({
  description: 'How often a draw is played, or an outcome given, in a period.',
  ...publicSurface,
  fields: (t) => ({
    of: t.field({ type: DrawLimitScopeEnum, description: 'Whose count together.', resolve: (it) => it.of }),
    per: t.field({ type: RewardPeriodEnum, description: 'Over what it counts.', resolve: (it) => it.per }),
    times: t.exposeInt('times', { description: 'At most so often.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

export const DrawOutcomeRef = builder.objectRef<DrawOutcome>('DrawOutcome').implement({
  description: 'Something that can come out of a prize draw.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in its draw.' }),
    ...textFields(t, 'What it is; may be empty.'),
    kind: t.field({ type: PrizeKindEnum, description: 'What it gives.', resolve: ({ prize }) => prize.kind }),
    points: t.field({
      type: 'Points',
      nullable: true,
      description: 'Of POINTS: how many; null otherwise.',
      resolve: ({ prize }) => (prize.kind === 'POINTS' ? prize.points : null),
    }),
    currency: t.string({
      nullable: true,
      description: 'Of POINTS: code of the point currency, null takes the program’s default; null otherwise.',
      resolve: ({ prize }) => (prize.kind === 'POINTS' ? prize.currency : null),
    }),
    reward: t.string({
      nullable: true,
      description: 'Of REWARD: its code; null otherwise.',
      resolve: ({ prize }) => (prize.kind === 'REWARD' ? prize.reward : null),
    }),
    weight: t.expose('weight', {
      type: 'Points',
      description: 'Its tickets: its chance is its weight out of the sum of all.',
    }),
    limits: t.field({
      type: [DrawLimitRef],
      description: 'How often it is given; all hold.',
      resolve: (it) => it.limits,
    }),
    cost: t.expose('cost', {
      type: 'Points',
      subGraphs: [],
      authScopes: { permission: 'rule:read' },
      description: 'What it costs the programme, in minor units of its money. Needs rule:read.',
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

const DrawPriceRef = builder.objectRef<NonNullable<Draw['price']>>('DrawPrice').implement({
  description: 'What a play costs.',
  ...publicSurface,
  fields: (t) => ({
    points: t.expose('points', { type: 'Points', description: 'Points a play; 0 costs none.' }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency; null takes the program’s default.',
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

const FreePlaysRef = builder.objectRef<NonNullable<Draw['freePlays']>>('DrawFreePlays').implement({
  description: 'Plays that cost nothing.',
  ...publicSurface,
  fields: (t) => ({
    per: t.field({ type: RewardPeriodEnum, description: 'Over what they count.', resolve: (it) => it.per }),
    times: t.exposeInt('times', { description: 'So many a customer.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

const DrawBudgetRef = builder.objectRef<NonNullable<Draw['budget']>>('DrawBudget').implement({
  description: 'What the prizes of a draw may come to in a period.',
  fields: (t) => ({
    per: t.field({ type: RewardPeriodEnum, description: 'Over what it counts.', resolve: (it) => it.per }),
    points: t.expose('points', { type: 'Points', nullable: true, description: 'Points given; null without limit.' }),
    money: t.expose('money', {
      type: 'Points',
      nullable: true,
      description: 'The cost of what is given, in minor units of the program’s money; null without limit.',
    }),
  }),
});

export const DrawRef = builder.objectRef<Draw>('Draw').implement({
  description: `A prize draw: a wheel of fortune, a scratch card, a mystery box. ${DRAW_LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, drw_….', resolve: ({ id }) => publicId('Draw', id) }),
    code: t.exposeString('code', { description: 'Unique among the draws of its rule set.' }),
    ...textFields(t, 'What it is about; may be empty.'),
    imageUrl: t.exposeString('imageUrl', { nullable: true, description: 'An https address; null without a picture.' }),
    price: t.field({
      type: DrawPriceRef,
      nullable: true,
      description: 'What a play costs once no free one is left; null where it is played for free alone.',
      resolve: (it) => it.price,
    }),
    freePlays: t.field({
      type: FreePlaysRef,
      nullable: true,
      description: 'Plays that cost nothing and are used first; null for none.',
      resolve: (it) => it.freePlays,
    }),
    limits: t.field({
      type: [DrawLimitRef],
      description: 'How often it is played, free plays included; all hold.',
      resolve: (it) => it.limits,
    }),
    tiers: t.exposeStringList('tiers', {
      description: 'Codes of tiers of which the customer needs one; empty asks for none.',
    }),
    validFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Can be played from then on, inclusive; null has no start.',
      resolve: ({ validFrom }) => dateOf(validFrom),
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Can be played before, exclusive; null has no end.',
      resolve: ({ validUntil }) => dateOf(validUntil),
    }),
    outcomes: t.field({
      type: [DrawOutcomeRef],
      description: 'What can come out, in the order in which tickets are laid out.',
      resolve: (it) => it.outcomes,
    }),
    fallback: t.exposeString('fallback', {
      description: 'Code of the outcome that is given in place of one that is used up.',
    }),
    paused: t.exposeBoolean('paused', { description: 'True while nobody can play.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Lower first; equal ones by code.' }),
    audience: t.exposeString('audience', {
      subGraphs: [],
      authScopes: { permission: 'rule:read' },
      description: 'CEL, true or false; empty lets everybody in. Needs rule:read.',
    }),
    budget: t.field({
      type: DrawBudgetRef,
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'rule:read' },
      description: 'What its prizes may come to; null without limit. Needs rule:read.',
      resolve: (it) => it.budget,
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

for (const holder of [DraftRef, RevisionRef]) {
  builder.objectFields(holder, (t) => ({
    draws: t.field({ type: [DrawRef], description: 'All its prize draws.', resolve: (it) => it.content.draws }),
  }));
}
