import { findWaysToEarn } from '#app/earning/list-ways.ts';
import type { Award, Cap, EarningRule } from '#domain/earning/rule.ts';
import type { BoundLeft } from '#domain/explanation/bound-left.ts';
import type { Comparison, Operator } from '#domain/explanation/condition.ts';
import type { EarningWay } from '#domain/explanation/how-to-earn.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { BeyondCapEnum, CapPeriodEnum, RoundingEnum } from './earning-rule.ts';
import { PointCurrencyRef } from './point-currency.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const WayKindEnum = builder.enumType('EarningWayKind', {
  description: 'How the points of a way to earn are reckoned.',
  ...publicSurface,
  values: {
    FIXED: { description: 'The same number of points every time.' },
    PER_UNIT: { description: 'So many points for each unit of a property.' },
    VARIABLE: { description: 'By a formula of the programme, which only the sentence can hint at.' },
  },
});

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

const ConditionRef = builder.objectRef<EarningWay['conditions'][number]>('EarningCondition').implement({
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

const LimitRef = builder.objectRef<Cap>('EarningLimit').implement({
  description: 'What one customer gets at most.',
  ...publicSurface,
  fields: (t) => ({
    per: t.field({ type: CapPeriodEnum, description: 'Over what it counts.', resolve: (it) => it.per }),
    points: t.expose('points', {
      type: 'Points',
      nullable: true,
      description: 'Most points; null does not bound them.',
    }),
    uses: t.exposeInt('uses', { nullable: true, description: 'Most times; null does not bound them.' }),
    beyond: t.field({
      type: BeyondCapEnum,
      description: 'What happens to an award that does not fit.',
      resolve: (it) => it.beyond,
    }),
  }),
});

const LeftRef = builder.objectRef<BoundLeft>('EarningLimitLeft').implement({
  description: 'What the asking customer still has of a limit. Budgets that all customers share are not shown.',
  ...publicSurface,
  fields: (t) => ({
    per: t.field({ type: CapPeriodEnum, description: 'Over what it counts.', resolve: (it) => it.per }),
    points: t.expose('points', {
      type: 'Points',
      nullable: true,
      description: 'Points left in the running period; null: they are not bounded.',
    }),
    uses: t.exposeInt('uses', { nullable: true, description: 'Times left; null: they are not bounded.' }),
    renewsAt: t.expose('renewsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the limit counts anew, by the program’s zone; null: never.',
    }),
  }),
});

const KINDS = { FIXED: 'FIXED', PER_UNIT: 'PER_UNIT', EXPRESSION: 'VARIABLE' } as const;
const perUnit = (award: Award) => (award.kind === 'PER_UNIT' ? award : null);
const pendingOf = ({ pending }: EarningRule) => pending;

const EarningWayRef = builder.objectRef<EarningWay>('EarningWay').implement({
  description: 'One way to earn points, generated from a live rule.',
  ...publicSurface,
  fields: (t) => ({
    code: t.string({ description: 'Code of the rule.', resolve: (it) => it.rule.code }),
    name: t.string({ description: 'Its name for people.', resolve: (it) => it.rule.name }),
    activityType: t.string({ description: 'Code of what one has to do.', resolve: (it) => it.activityType.code }),
    activityName: t.string({ description: 'Its name for people.', resolve: (it) => it.activityType.name }),
    currency: t.field({ type: PointCurrencyRef, description: 'What is earned.', resolve: (it) => it.currency }),
    kind: t.field({
      type: WayKindEnum,
      description: 'How the points are reckoned.',
      resolve: ({ rule }) => KINDS[rule.award.kind],
    }),
    points: t.field({
      type: 'Points',
      nullable: true,
      description: 'Points a time, for FIXED; else null.',
      resolve: ({ rule }) => (rule.award.kind === 'FIXED' ? rule.award.points : null),
    }),
    pointsPerUnit: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Points a unit, exact, for PER_UNIT; else null.',
      resolve: ({ rule }) => perUnit(rule.award)?.pointsPerUnit ?? null,
    }),
    property: t.string({
      nullable: true,
      description: 'The activity’s property whose units count, for PER_UNIT; else null.',
      resolve: ({ rule }) => perUnit(rule.award)?.property ?? null,
    }),
    rounding: t.field({
      type: RoundingEnum,
      nullable: true,
      description: 'How a fraction becomes whole points; null for FIXED.',
      resolve: ({ rule }) => (rule.award.kind === 'FIXED' ? null : rule.award.rounding),
    }),
    conditions: t.field({
      type: [ConditionRef],
      description: 'What else must hold; empty: nothing.',
      resolve: (it) => it.conditions,
    }),
    limits: t.field({
      type: [LimitRef],
      description: 'What one customer gets at most; all hold.',
      resolve: ({ rule }) => rule.caps,
    }),
    left: t.field({
      type: [LeftRef],
      nullable: true,
      description: 'What the asking customer still has of the limits that last; null unless a customer asks.',
      resolve: (it) => it.left,
    }),
    sentence: t.exposeString('sentence', {
      description: 'All of it in sentences for a customer, in the asked language.',
    }),
  }),
});

builder.objectFields(EarningWayRef, (t) => ({
  pendingDays: t.int({
    nullable: true,
    description: 'Days until the points can be spent; null: at once, or after an activity or a check.',
    resolve: ({ rule }) => {
      const pending = pendingOf(rule);
      return pending?.kind === 'DAYS' ? pending.days : null;
    },
  }),
  pendingActivityType: t.string({
    nullable: true,
    description: 'Code of the activity type after which the points can be spent; null: none.',
    resolve: ({ rule }) => {
      const pending = pendingOf(rule);
      return pending?.kind === 'UNTIL_ACTIVITY' ? pending.activityType : null;
    },
  }),
  isPending: t.boolean({
    description: 'Whether the points wait before they can be spent.',
    resolve: ({ rule }) => rule.pending !== null,
  }),
  validUntil: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Until then, exclusive; null: without an end.',
    resolve: ({ rule }) => (rule.validUntil === null ? null : new Date(rule.validUntil)),
  }),
}));

builder.queryField('howToEarn', (t) =>
  t.field({
    type: [EarningWayRef],
    subGraphs: ['Public'],
    description:
      'How points can be earned right now, generated from the live rules, the most important first: rules that are paused, not yet or no longer in force are left out. A customer token also learns what is left of its limits. Needs earning:read.',
    authScopes: { permission: 'earning:read' },
    args: {
      locale: t.arg.string({
        description: 'Language of the texts, such as de-AT; left out, the customer’s own. English unless it is German.',
      }),
    },
    resolve: (_root, { locale }, context) => {
      const caller = programOf(context);
      const customerId = caller.kind === 'CUSTOMER' ? caller.customerId : null;
      return findWaysToEarn(context.deps, caller.programId, customerId, locale ?? null);
    },
  }),
);
