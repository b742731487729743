import { DRAWS_MAX, OUTCOMES_MAX } from '#domain/draw/draw.ts';
import { InvalidInputError } from '#domain/errors.ts';

import { builder } from './builder.ts';
import { DRAW_LAWS, DrawLimitScopeEnum } from './draw.ts';
import { LocalTextInput, textsBy } from './local-text.ts';
import { AwardExpiryInput, statedAwardExpiry } from './point-expiry.ts';
import { RewardPeriodEnum } from './reward-definition.ts';
import { defineSection } from './rule-set-section.ts';

const LimitInput = builder.inputType('DrawLimitInput', {
  description: 'How often a draw is played, or an outcome given, in a period.',
  fields: (t) => ({
    of: t.field({ type: DrawLimitScopeEnum, required: true, description: 'Whose count together.' }),
    per: t.field({
      type: RewardPeriodEnum,
      required: true,
      description: 'Over what it counts, in the program’s zone.',
    }),
    times: t.int({ required: true, description: 'At most so often, at least 1.' }),
  }),
});

const PointsInput = builder.inputType('DrawPointsInput', {
  description: 'Points as a prize.',
  fields: (t) => ({
    points: t.field({ type: 'Points', required: true, description: 'How many, at least 1.' }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    expiry: t.field({ type: AwardExpiryInput, description: 'Overrides the currency’s expiry.' }),
  }),
});

const OutcomeInput = builder.inputType('DrawOutcomeInput', {
  description: 'Something that can come out: points, a reward, or nothing where neither is named.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Unique in its draw.' }),
    texts: t.field({ type: [LocalTextInput], required: true, description: 'One a language, at least one.' }),
    points: t.field({ type: PointsInput, description: 'Gives points; not together with a reward.' }),
    reward: t.string({ description: 'Gives a piece of the reward of this code, without its price.' }),
    weight: t.field({
      type: 'Points',
      required: true,
      description: 'Its tickets, 0 to 1,000,000,000; 0 for a fallback that is never drawn itself.',
    }),
    limits: t.field({
      type: [LimitInput],
      required: true,
      defaultValue: [],
      description: 'How often it is given, at most 5.',
    }),
    cost: t.field({
      type: 'Points',
      required: true,
      defaultValue: 0,
      description: 'What it costs the programme, in minor units of its money; counts towards the budget.',
    }),
  }),
});

const PriceInput = builder.inputType('DrawPriceInput', {
  description: 'What a play costs.',
  fields: (t) => ({
    points: t.field({ type: 'Points', required: true, description: 'Points a play; 0 costs none.' }),
    currency: t.string({
      description: 'Code of a point currency that can be spent; null takes the program’s default.',
    }),
  }),
});

const FreePlaysInput = builder.inputType('DrawFreePlaysInput', {
  description: 'Plays that cost nothing.',
  fields: (t) => ({
    per: t.field({ type: RewardPeriodEnum, required: true, description: 'Over what they count.' }),
    times: t.int({ required: true, description: 'So many a customer, 1 to 1,000.' }),
  }),
});

const BudgetInput = builder.inputType('DrawBudgetInput', {
  description: 'What the prizes of a draw may come to in a period.',
  fields: (t) => ({
    per: t.field({ type: RewardPeriodEnum, required: true, description: 'Over what it counts.' }),
    points: t.field({ type: 'Points', description: 'Points given; null without limit.' }),
    money: t.field({
      type: 'Points',
      description: 'The cost of what is given, in minor units of the program’s money; null without limit.',
    }),
  }),
});

const DrawInputRef = builder.inputType('DrawInput', {
  description: `A whole prize draw, one of at most ${DRAWS_MAX}. ${DRAW_LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the draw; one of the same code is replaced.' }),
    texts: t.field({ type: [LocalTextInput], required: true, description: 'One a language, at least one.' }),
    imageUrl: t.string({ description: 'An https address.' }),
    price: t.field({ type: PriceInput, description: 'What a play costs; left out, it is played for free alone.' }),
    freePlays: t.field({ type: FreePlaysInput, description: 'Plays that cost nothing and are used first.' }),
    limits: t.field({
      type: [LimitInput],
      required: true,
      defaultValue: [],
      description: 'How often it is played, at most 5.',
    }),
    tiers: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of tiers of which the customer needs one; empty asks for none.',
    }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account, tier and tiers; empty holds for everybody.',
    }),
    validFrom: t.field({ type: 'DateTime', description: 'Can be played from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'Can be played before, exclusive.' }),
    outcomes: t.field({ type: [OutcomeInput], required: true, description: `2 to ${OUTCOMES_MAX}.` }),
    fallback: t.string({
      required: true,
      description:
        'Code of the outcome that is given in place of one that is used up: nothing or points, without limits and outside the budget.',
    }),
    budget: t.field({ type: BudgetInput, description: 'What its prizes may come to; left out, without limit.' }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True lets nobody play.' }),
    sortOrder: t.int({ required: true, defaultValue: 0, description: 'Lower first; −1,000,000 to 1,000,000.' }),
  }),
});

type Outcome = typeof OutcomeInput.$inferInput;

/** Throws InvalidInputError for two prizes at once. */
function prizeOf({ points = null, reward = null }: Outcome) {
  if (points !== null && reward !== null)
    throw new InvalidInputError('An outcome gives points or a reward.', ['draw', 'outcomes']);
  if (reward !== null) return { kind: 'REWARD' as const, reward };
  if (points === null) return { kind: 'NOTHING' as const };
  return {
    kind: 'POINTS' as const,
    points: points.points,
    currency: points.currency ?? null,
    expiry: statedAwardExpiry(points),
  };
}

defineSection({
  section: 'draws',
  name: 'draw',
  field: 'draw',
  input: DrawInputRef,
  toItem: ({ texts, outcomes, imageUrl, price, freePlays, budget, validFrom, validUntil, ...draw }) => ({
    ...draw,
    texts: textsBy(texts),
    outcomes: outcomes.map((outcome) => {
      const { code, weight, limits, cost } = outcome;
      return { code, weight, limits, cost, texts: textsBy(outcome.texts), prize: prizeOf(outcome) };
    }),
    imageUrl: imageUrl ?? null,
    price: price ? { points: price.points, currency: price.currency ?? null } : null,
    freePlays: freePlays ?? null,
    budget: budget ? { per: budget.per, points: budget.points ?? null, money: budget.money ?? null } : null,
    validFrom: validFrom?.toISOString() ?? null,
    validUntil: validUntil?.toISOString() ?? null,
  }),
});
