import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';
import type { LIMIT_SCOPES, Reward, RewardLimit, RewardPrice, VISIBILITIES } from '#domain/reward/reward.ts';
import type { LocalTexts } from '#domain/reward/texts.ts';
import type { Period } from '#domain/time.ts';

import { builder } from './builder.ts';
import { MoneyRef } from './money.ts';
import { RewardFulfilmentUnion } from './reward-fulfilment.ts';

export const RewardPeriodEnum = builder.enumType('RewardPeriod', {
  description: 'Over what a limit counts, in the program’s time zone.',
  subGraphs: ['Public'],
  values: {
    DAY: { description: 'A local day.' },
    WEEK: { description: 'An ISO week, Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
    ALL_TIME: { description: 'For ever.' },
  } satisfies Record<Period, object>,
});

export const RewardLimitScopeEnum = builder.enumType('RewardLimitScope', {
  description: 'Whose redemptions a limit counts together.',
  subGraphs: ['Public'],
  values: {
    CUSTOMER: { description: 'Those of one customer.' },
    ACCOUNT: { description: 'Those of one company; who belongs to none is counted alone.' },
    EVERYBODY: { description: 'All.' },
  } satisfies Record<(typeof LIMIT_SCOPES)[number], object>,
});

export const RewardVisibilityEnum = builder.enumType('RewardVisibility', {
  description: 'Who sees a reward in the catalogue.',
  values: {
    EVERYBODY: { description: 'Everybody, also who may not have it yet.' },
    ENTITLED: { description: 'Only those whom its tiers and its audience let in.' },
  } satisfies Record<(typeof VISIBILITIES)[number], object>,
});

export const RewardLimitRef = builder.objectRef<RewardLimit>('RewardLimit').implement({
  description: 'How many pieces may be had in a period: reserved, or issued and not cancelled.',
  subGraphs: ['Public'],
  fields: (t) => ({
    of: t.field({ type: RewardLimitScopeEnum, description: 'Whose count together.', resolve: (it) => it.of }),
    per: t.field({ type: RewardPeriodEnum, description: 'Over what it counts.', resolve: (it) => it.per }),
    quantity: t.exposeInt('quantity', { description: 'Most pieces.' }),
  }),
});

export const RewardTextsRef = builder.objectRef<LocalTexts>('RewardTexts').implement({
  description: 'What a reward says of itself in one language.',
  subGraphs: ['Public'],
  fields: (t) => ({
    locale: t.exposeString('locale', { description: 'The language that these are in, such as en or de-AT.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What it is; may be empty.' }),
    terms: t.exposeString('terms', { description: 'Under which terms; may be empty.' }),
  }),
});

const TierPriceRef = builder.objectRef<RewardPrice['byTier'][number]>('RewardTierPrice').implement({
  description: 'The price for customers of some tiers. Who is in several pays the lowest of theirs.',
  subGraphs: ['Public'],
  fields: (t) => ({
    tiers: t.exposeStringList('tiers', { description: 'Codes of tiers.' }),
    points: t.expose('points', { type: 'Points', description: 'Points a piece.' }),
  }),
});

export const RewardPriceRef = builder.objectRef<RewardPrice>('RewardPrice').implement({
  description: 'What a piece of a reward costs: points, or points and money.',
  subGraphs: ['Public'],
  fields: (t) => ({
    points: t.expose('points', { type: 'Points', description: 'Points a piece; 0 costs none.' }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency; null is the program’s default.',
    }),
    money: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Paid to the tenant on top, a piece; null is nothing.',
      resolve: (it) => it.money,
    }),
    byTier: t.field({
      type: [TierPriceRef],
      description: 'Other prices in points, by tier.',
      resolve: (it) => it.byTier,
    }),
  }),
});

export const RewardDefinitionRef = builder.objectRef<Reward>('RewardDefinition').implement({
  description: 'A reward as the team writes it, in a draft or a revision.',
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, rwd_….', resolve: (it) => publicId('Reward', it.id) }),
    code: t.exposeString('code', { description: 'Unique among the rewards of its rule set.' }),
    fulfilment: t.field({
      type: RewardFulfilmentUnion,
      description: 'What a customer gets.',
      resolve: (it) => it.fulfilment,
    }),
    price: t.field({ type: RewardPriceRef, description: 'What a piece costs.', resolve: (it) => it.price }),
    stock: t.exposeInt('stock', {
      nullable: true,
      description:
        'How many pieces there are in all, those handed out included; null is without limit. To restock, raise it.',
    }),
    maxQuantity: t.exposeInt('maxQuantity', { description: 'How many pieces one redemption may be of.' }),
    limits: t.field({ type: [RewardLimitRef], description: 'All of which hold.', resolve: (it) => it.limits }),
    validFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Can be had from then on, inclusive; null always.',
      resolve: (it) => dateOf(it.validFrom),
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Can be had before then, exclusive; null always.',
      resolve: (it) => dateOf(it.validUntil),
    }),
    tiers: t.exposeStringList('tiers', { description: 'Codes of tiers, of which one is needed; empty asks for none.' }),
    audience: t.exposeString('audience', { description: 'CEL, true or false; empty lets everybody in.' }),
    visibility: t.field({ type: RewardVisibilityEnum, description: 'Who sees it.', resolve: (it) => it.visibility }),
    texts: t.field({
      type: [RewardTextsRef],
      description: 'In every language that there is.',
      resolve: (it) => Object.entries(it.texts).map(([locale, texts]) => ({ locale, ...texts })),
    }),
    imageUrl: t.exposeString('imageUrl', { nullable: true, description: 'An https address; null is no picture.' }),
    reservationMinutes: t.exposeInt('reservationMinutes', { description: 'How long a reservation lasts.' }),
    validityDays: t.exposeInt('validityDays', {
      nullable: true,
      description: 'What is issued is valid to the end of the local day so many days later; null for ever.',
    }),
    stepUpAbove: t.expose('stepUpAbove', {
      type: 'Points',
      nullable: true,
      description: 'A redemption of this many points or more asks for a step-up code; null never asks.',
    }),
    byHand: t.exposeBoolean('byHand', { description: 'Whether people deliver it and say so by redemptionFulfil.' }),
    paused: t.exposeBoolean('paused', { description: 'Whether nobody can have it at the moment.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Lower first in the catalogue; equal ones by code.' }),
  }),
});
