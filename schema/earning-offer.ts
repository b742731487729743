import type { Comparison, Operator } from '#domain/explanation/condition.ts';
import type { BoostOffer, OccasionOffer, RuleWay } from '#domain/explanation/how-to-earn.ts';
import { dateOf } from '#domain/form.ts';

import { builder } from './builder.ts';
import { OccasionDateEnum } from './occasion.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const OperatorEnum = builder.enumType('ComparisonOperator', {
  description: 'How a condition compares a fact with values.',
  ...publicSurface,
  values: {
    EQUAL: { value: '==', description: 'It equals the value.' },
    NOT_EQUAL: { value: '!=', description: 'It does not equal the value.' },
    BELOW: { value: '<', description: 'It is below the value.' },
    AT_MOST: { value: '<=', description: 'It is at most the value.' },
    ABOVE: { value: '>', description: 'It is above the value.' },
    AT_LEAST: { value: '>=', description: 'It is at least the value.' },
    ONE_OF: { value: 'in', description: 'It is one of the values.' },
    PRESENT: { value: 'has', description: 'It is given, whatever it is.' },
  } satisfies Record<string, { value: Operator; description: string }>,
});

const ComparisonRef = builder.objectRef<Comparison>('EarningComparison').implement({
  description: 'A condition that compares one fact with values.',
  ...publicSurface,
  fields: (t) => ({
    fact: t.exposeString('path', {
      description: 'What is compared, such as activity.properties.amount, tier or counters.thisMonth.',
    }),
    operator: t.field({ type: OperatorEnum, description: 'How.', resolve: (it) => it.operator }),
    values: t.field({
      type: ['String'],
      description: 'With what, as text; empty for PRESENT.',
      resolve: (it) => it.literals.map(String),
    }),
  }),
});

export const ConditionRef = builder.objectRef<RuleWay['conditions'][number]>('EarningCondition').implement({
  description: 'One part of a rule’s condition; all must hold.',
  ...publicSurface,
  fields: (t) => ({
    text: t.exposeString('text', { description: 'In words of the asked language, or else as its code.' }),
    isInWords: t.boolean({ description: 'False when the text is code.', resolve: (it) => it.inWords }),
    comparison: t.field({
      type: ComparisonRef,
      nullable: true,
      description: 'The same as data; null when the part is of no simple shape.',
      resolve: (it) => it.comparison,
    }),
  }),
});

export const BoostOfferRef = builder.objectRef<BoostOffer>('EarningBoost').implement({
  description:
    'What multiplies the points of a way to earn. Of boosts in one exclusive group only the greatest counts; others multiply each other.',
  ...publicSurface,
  fields: (t) => ({
    code: t.string({ description: 'Code of the boost.', resolve: ({ boost }) => boost.code }),
    name: t.string({ description: 'Its name for people.', resolve: ({ boost }) => boost.name }),
    multiplier: t.field({
      type: 'Decimal',
      description: 'What it multiplies by; exact.',
      resolve: ({ boost }) => boost.multiplier,
    }),
    conditions: t.field({ type: [ConditionRef], description: 'What must hold.', resolve: (it) => it.conditions }),
    exclusiveGroup: t.string({
      nullable: true,
      description: 'Of boosts in the same group only the greatest counts; null: it is in none.',
      resolve: ({ boost }) => boost.exclusiveGroup,
    }),
    isOpen: t.exposeBoolean('isOpen', { description: 'Whether this hour is one of its hours.' }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until then, exclusive; null: without an end.',
      resolve: ({ boost }) => dateOf(boost.validUntil),
    }),
  }),
});

export const OccasionOfferRef = builder.objectRef<OccasionOffer>('EarningOccasion').implement({
  description: 'A day of the customer’s year on which the activity is recorded by itself.',
  ...publicSurface,
  fields: (t) => ({
    code: t.string({ description: 'Code of the occasion.', resolve: ({ occasion }) => occasion.code }),
    name: t.string({ description: 'Its name for people.', resolve: ({ occasion }) => occasion.name }),
    date: t.field({
      type: OccasionDateEnum,
      description: 'Which day it is.',
      resolve: ({ occasion }) => occasion.date.kind,
    }),
    conditions: t.field({ type: [ConditionRef], description: 'Who celebrates.', resolve: (it) => it.conditions }),
  }),
});
