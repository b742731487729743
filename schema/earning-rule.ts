import type { Award, Cap, EarningRule } from '#domain/earning/rule.ts';
import type { CAP_PERIODS, ROUNDINGS, RULE_STATES } from '#domain/earning/rule.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { DaySpanRef, HoursRef } from './hours.ts';
import { lengthIn, PointExpiryUnion } from './point-expiry.ts';

export const RoundingEnum = builder.enumType('Rounding', {
  description: 'How a fraction becomes whole points.',
  subGraphs: ['Public'],
  values: {
    FLOOR: { description: 'Towards minus infinity: 1.9 gives 1.' },
    CEILING: { description: 'Towards plus infinity: 1.1 gives 2.' },
    HALF_UP: { description: 'To the nearest, ties away from zero: 1.5 gives 2, 2.5 gives 3.' },
    HALF_EVEN: { description: 'To the nearest, ties to the even one: 1.5 gives 2, 2.5 gives 2.' },
  } satisfies Record<(typeof ROUNDINGS)[number], object>,
});

export const CapPeriodEnum = builder.enumType('CapPeriod', {
  description: 'Over what a cap counts, in the program’s time zone, at the activity’s own time.',
  subGraphs: ['Public'],
  values: {
    ACTIVITY: { description: 'Within one activity.' },
    DAY: { description: 'A local day.' },
    WEEK: { description: 'An ISO week, Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
    ALL_TIME: { description: 'For ever.' },
  } satisfies Record<(typeof CAP_PERIODS)[number], object>,
});

export const BeyondCapEnum = builder.enumType('BeyondCap', {
  description: 'What happens to an award that does not fit under a cap.',
  subGraphs: ['Public'],
  values: {
    TRUNCATE: { description: 'What still fits is given.' },
    REFUSE: { description: 'Nothing is given.' },
  },
});

export const RuleStateEnum = builder.enumType('EarningRuleState', {
  description: 'Whether a rule of a revision gives anything.',
  values: {
    ACTIVE: { description: 'It does.' },
    PAUSED: { description: 'It gives nothing, which an explained activity tells.' },
    ARCHIVED: {
      description: 'It gives nothing and is not looked at; what waits for its release is still released.',
    },
  } satisfies Record<(typeof RULE_STATES)[number], object>,
});

type FixedAward = Extract<Award, { kind: 'FIXED' }>;
type PerUnitAward = Extract<Award, { kind: 'PER_UNIT' }>;
type ExpressionAward = Extract<Award, { kind: 'EXPRESSION' }>;
type Pending = NonNullable<EarningRule['pending']>;

const FixedAwardRef = builder.objectRef<FixedAward>('FixedAward').implement({
  description: 'A fixed number of points.',
  fields: (t) => ({ points: t.expose('points', { type: 'Points', description: 'Points a time.' }) }),
});
const PerUnitAwardRef = builder.objectRef<PerUnitAward>('PerUnitAward').implement({
  description: 'Points for every unit of a number property, rounded once for the whole activity.',
  fields: (t) => ({
    property: t.exposeString('property', { description: 'The activity’s property.' }),
    pointsPerUnit: t.expose('pointsPerUnit', { type: 'Decimal', description: 'Points a unit; an exact decimal.' }),
    rounding: t.field({
      type: RoundingEnum,
      description: 'How the product becomes whole points.',
      resolve: (award) => award.rounding,
    }),
  }),
});
const ExpressionAwardRef = builder.objectRef<ExpressionAward>('ExpressionAward').implement({
  description: 'Points computed by a CEL expression.',
  fields: (t) => ({
    expression: t.exposeString('expression', {
      description: 'CEL over activity, customer, account, tier and counters; a number.',
    }),
    rounding: t.field({
      type: RoundingEnum,
      description: 'How its value becomes whole points.',
      resolve: (award) => award.rounding,
    }),
  }),
});
const AwardUnion = builder.unionType('EarningAward', {
  description: 'What a rule gives.',
  types: [FixedAwardRef, PerUnitAwardRef, ExpressionAwardRef],
  resolveType: (award) =>
    ({ FIXED: 'FixedAward', PER_UNIT: 'PerUnitAward', EXPRESSION: 'ExpressionAward' })[award.kind],
});

const CapRef = builder.objectRef<Cap>('EarningCap').implement({
  description: 'A bound on what one customer gets of a rule.',
  fields: (t) => ({
    per: t.field({ type: CapPeriodEnum, description: 'Over what it counts.', resolve: (cap) => cap.per }),
    points: t.expose('points', {
      type: 'Points',
      nullable: true,
      description: 'Most points; null does not bound them.',
    }),
    uses: t.exposeInt('uses', { nullable: true, description: 'Most times; null does not bound them.' }),
    beyond: t.field({
      type: BeyondCapEnum,
      description: 'What happens to an award that does not fit.',
      resolve: (cap) => cap.beyond,
    }),
  }),
});

const PendingRef = builder.objectRef<Pending>('EarningPending').implement({
  description:
    'How long an award waits before it can be spent. Without days and without an activity type it waits for a call.',
  fields: (t) => ({
    days: t.int({
      nullable: true,
      description: 'To the end of the local day so many days after the activity.',
      resolve: (it) => (it.kind === 'DAYS' ? it.days : null),
    }),
    activityType: t.string({
      nullable: true,
      description: 'Code of the activity type whose next activity with an equal property releases it.',
      resolve: (it) => (it.kind === 'UNTIL_ACTIVITY' ? it.activityType : null),
    }),
    matchProperty: t.string({
      nullable: true,
      description: 'The property that both activities carry, such as an order number.',
      resolve: (it) => (it.kind === 'UNTIL_ACTIVITY' ? it.matchProperty : null),
    }),
  }),
});

export const EarningRuleRef = builder.objectRef<EarningRule>('EarningRule').implement({
  description: 'When an activity of a type meets a condition, points are given.',
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, rul_….', resolve: (rule) => publicId('EarningRule', rule.id) }),
    code: t.exposeString('code', { description: 'Unique in its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    activityType: t.exposeString('activityType', { description: 'Code of the activity type that it listens to.' }),
    condition: t.exposeString('condition', { description: 'CEL, true or false; empty holds always.' }),
    award: t.field({ type: AwardUnion, description: 'What it gives.', resolve: (rule) => rule.award }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency; null takes the program’s default.',
    }),
    caps: t.field({
      type: [CapRef],
      description: 'Bounds a customer, all of which hold.',
      resolve: (rule) => rule.caps,
    }),
    pending: t.field({
      type: PendingRef,
      nullable: true,
      description: 'How an award waits; null gives it at once.',
      resolve: (rule) => rule.pending,
    }),
    expiry: t.field({
      type: PointExpiryUnion,
      nullable: true,
      description: 'How the points expire, in place of the currency’s way; null keeps that.',
      resolve: ({ expiry }) => expiry,
    }),
    expiryMonths: t.int({
      nullable: true,
      description: 'Overrides the currency’s expiry: end of the local day so many months later.',
      resolve: ({ expiry }) => lengthIn(expiry, 'months'),
    }),
    expiryDays: t.int({
      nullable: true,
      description: 'Overrides the currency’s expiry: end of the local day so many days later.',
      resolve: ({ expiry }) => lengthIn(expiry, 'days'),
    }),
    priority: t.exposeInt('priority', { description: 'Higher runs first; equal ones by code.' }),
    exclusiveGroup: t.exposeString('exclusiveGroup', {
      nullable: true,
      description: 'Of the rules in one group, the first that awards wins.',
    }),
  }),
});

/** When a rule is in force. */
builder.objectFields(EarningRuleRef, (t) => ({
  validFrom: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'In force for activities from then on, inclusive.',
    resolve: (rule) => dateOf(rule.validFrom),
  }),
  validUntil: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'In force for activities before then, exclusive.',
    resolve: (rule) => dateOf(rule.validUntil),
  }),
  hours: t.field({
    type: [HoursRef],
    description: 'In force only within these hours; empty is always.',
    resolve: (rule) => rule.hours,
  }),
  blackoutHours: t.field({
    type: [HoursRef],
    description: 'Not in force within these hours.',
    resolve: (rule) => rule.blackoutHours,
  }),
  blackoutDays: t.field({
    type: [DaySpanRef],
    description: 'Not in force on these local days.',
    resolve: (rule) => rule.blackoutDays,
  }),
  coolDownMinutes: t.exposeInt('coolDownMinutes', {
    nullable: true,
    description: 'Least time between two uses by one customer, by the activities’ own time; null sets none.',
  }),
}));

builder.objectField(EarningRuleRef, 'state', (t) =>
  t.field({ type: RuleStateEnum, description: 'Whether it gives anything.', resolve: (rule) => rule.state }),
);
