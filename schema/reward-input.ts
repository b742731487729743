import { InvalidInputError } from '#domain/errors.ts';
import type { Reward } from '#domain/reward/reward.ts';
import { RESERVATION_MINUTES_DEFAULT, RESERVATION_MINUTES_MAX } from '#domain/reward/reward.ts';

import { builder } from './builder.ts';
import { MoneyInputRef } from './money.ts';
import {
  RewardDefinitionRef,
  RewardLimitScopeEnum,
  RewardPeriodEnum,
  RewardVisibilityEnum,
} from './reward-definition.ts';
import { fulfilmentOf, RewardFulfilmentInputRef } from './reward-fulfilment.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const TierPriceInput = builder.inputType('RewardTierPriceInput', {
  description: 'The price for customers of some tiers.',
  fields: (t) => ({
    tiers: t.stringList({ required: true, description: 'Codes of tiers; no tier stands in two entries.' }),
    points: t.field({ type: 'Points', required: true, description: 'Points a piece, 0 or more.' }),
  }),
});
const PriceInput = builder.inputType('RewardPriceInput', {
  description: 'What a piece costs.',
  fields: (t) => ({
    points: t.field({ type: 'Points', required: true, description: 'Points a piece, 0 or more.' }),
    currency: t.string({ description: 'Code of a currency that can be spent; null takes the program’s default.' }),
    money: t.field({ type: MoneyInputRef, description: 'Paid to the tenant on top, a piece; null is nothing.' }),
    byTier: t.field({
      type: [TierPriceInput],
      required: true,
      defaultValue: [],
      description: 'Other prices by tier, at most 20.',
    }),
  }),
});
const LimitInput = builder.inputType('RewardLimitInput', {
  description: 'How many pieces may be had in a period.',
  fields: (t) => ({
    of: t.field({ type: RewardLimitScopeEnum, required: true, description: 'Whose redemptions count together.' }),
    per: t.field({ type: RewardPeriodEnum, required: true, description: 'Over what it counts.' }),
    quantity: t.int({ required: true, description: 'Most pieces, at least 1.' }),
  }),
});
const TextsInput = builder.inputType('RewardTextsInput', {
  description: 'What the reward says of itself in one language.',
  fields: (t) => ({
    locale: t.string({ required: true, description: 'Such as en or de-AT.' }),
    name: t.string({ required: true, description: 'Its name, 1 to 200 characters.' }),
    description: t.string({ required: true, defaultValue: '', description: 'At most 2,000 characters.' }),
    terms: t.string({ required: true, defaultValue: '', description: 'At most 10,000 characters.' }),
  }),
});

const RewardInputRef = builder.inputType('RewardInput', {
  description: 'A whole reward.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the reward; one of the same code is replaced.' }),
    fulfilment: t.field({ type: RewardFulfilmentInputRef, required: true, description: 'What a customer gets.' }),
    price: t.field({ type: PriceInput, required: true, description: 'What a piece costs.' }),
    stock: t.int({
      description:
        'How many pieces there are in all, those handed out included; null is without limit. Publishing refuses less than customers have.',
    }),
    maxQuantity: t.int({
      required: true,
      defaultValue: 1,
      description: 'How many pieces one redemption may be of, 1 to 1,000; 1 for codes and features.',
    }),
    limits: t.field({ type: [LimitInput], required: true, defaultValue: [], description: 'All hold; at most 10.' }),
    validFrom: t.field({ type: 'DateTime', description: 'Can be had from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'Can be had before then, exclusive.' }),
    tiers: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of tiers, of which one is needed; empty asks for none.',
    }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account, tier and tiers; empty lets everybody in.',
    }),
    visibility: t.field({
      type: RewardVisibilityEnum,
      required: true,
      defaultValue: 'EVERYBODY',
      description: 'Who sees it in the catalogue.',
    }),
    texts: t.field({ type: [TextsInput], required: true, description: 'One a language, at least one.' }),
    imageUrl: t.string({ description: 'An https address.' }),
    reservationMinutes: t.int({
      required: true,
      defaultValue: RESERVATION_MINUTES_DEFAULT,
      description: `How long a reservation lasts, 1 to ${RESERVATION_MINUTES_MAX}.`,
    }),
    validityDays: t.int({ description: 'What is issued is valid so many days; null for ever.' }),
    stepUpAbove: t.field({
      type: 'Points',
      description: 'A redemption of this many points or more asks for a step-up code; null never asks.',
    }),
    byHand: t.boolean({ required: true, defaultValue: false, description: 'Whether people deliver it.' }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'Whether nobody can have it now.' }),
    sortOrder: t.int({ required: true, defaultValue: 0, description: 'Lower first; −1,000,000 to 1,000,000.' }),
  }),
});

type RewardGiven = typeof RewardInputRef.$inferInput;

/** The reward in the form in which it is kept. What it means is checked by the domain. */
function rewardOf(input: RewardGiven): Omit<Reward, 'id'> {
  const { price, texts, fulfilment, validFrom, validUntil, stock, imageUrl, validityDays, stepUpAbove, ...rest } =
    input;
  const locales = texts.map(({ locale }) => locale);
  if (new Set(locales).size !== locales.length)
    throw new InvalidInputError('A reward has its texts once a language.', ['reward', 'texts']);
  return {
    ...rest,
    fulfilment: fulfilmentOf(fulfilment),
    price: { points: price.points, currency: price.currency ?? null, money: price.money ?? null, byTier: price.byTier },
    texts: Object.fromEntries(texts.map(({ locale, ...own }) => [locale, own])),
    validFrom: validFrom?.toISOString() ?? null,
    validUntil: validUntil?.toISOString() ?? null,
    stock: stock ?? null,
    imageUrl: imageUrl ?? null,
    validityDays: validityDays ?? null,
    stepUpAbove: stepUpAbove ?? null,
  };
}

builder.objectFields(DraftRef, (t) => ({
  rewards: t.field({
    type: [RewardDefinitionRef],
    description: 'All its rewards.',
    resolve: (it) => it.content.rewards,
  }),
}));
builder.objectFields(RevisionRef, (t) => ({
  rewards: t.field({
    type: [RewardDefinitionRef],
    description: 'All its rewards.',
    resolve: (it) => it.content.rewards,
  }),
}));

defineSection({ section: 'rewards', name: 'reward', field: 'reward', input: RewardInputRef, toItem: rewardOf });
