import type { Award, Cap, EarningRule } from '#domain/earning/rule.ts';
import type { CAP_PERIODS, ROUNDINGS } from '#domain/earning/rule.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';

const RoundingEnum = builder.enumType('Rounding', {
  description: 'How a fraction becomes whole points.',
  subGraphs: ['Public'],
  values: {
    FLOOR: { description: 'Towards minus infinity: 1.9 gives 1.' },
    CEILING: { description: 'Towards plus infinity: 1.1 gives 2.' },
    HALF_UP: { description: 'To the nearest, ties away from zero: 1.5 gives 2, 2.5 gives 3.' },
    HALF_EVEN: { description: 'To the nearest, ties to the even one: 1.5 gives 2, 2.5 gives 2.' },
  } satisfies Record<(typeof ROUNDINGS)[number], object>,
});

const CapPeriodEnum = builder.enumType('CapPeriod', {
  description: 'Over what a cap counts, in the program’s time zone, at the activity’s own time.',
  values: {
    ACTIVITY: { description: 'Within one activity.' },
    DAY: { description: 'A local day.' },
    WEEK: { description: 'An ISO week, Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
    ALL_TIME: { description: 'For ever.' },
  } satisfies Record<(typeof CAP_PERIODS)[number], object>,
});

const BeyondCapEnum = builder.enumType('BeyondCap', {
  description: 'What happens to an award that does not fit under a cap.',
  values: {
    TRUNCATE: { description: 'What still fits is given.' },
    REFUSE: { description: 'Nothing is given.' },
  },
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
    expiryMonths: t.int({
      nullable: true,
      description: 'Overrides the currency’s expiry: end of the local day so many months later.',
      resolve: (rule) => rule.expiry?.months ?? null,
    }),
    expiryDays: t.int({
      nullable: true,
      description: 'Overrides the currency’s expiry: end of the local day so many days later.',
      resolve: (rule) => rule.expiry?.days ?? null,
    }),
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
    priority: t.exposeInt('priority', { description: 'Higher runs first; equal ones by code.' }),
    exclusiveGroup: t.exposeString('exclusiveGroup', {
      nullable: true,
      description: 'Of the rules in one group, the first that awards wins.',
    }),
  }),
});

const FixedAwardInput = builder.inputType('FixedAwardInput', {
  description: 'A fixed number of points.',
  fields: (t) => ({ points: t.field({ type: 'Points', required: true, description: 'Points a time, at least 1.' }) }),
});
const PerUnitAwardInput = builder.inputType('PerUnitAwardInput', {
  description: 'Points for every unit of a number property.',
  fields: (t) => ({
    property: t.string({ required: true, description: 'An INTEGER or DECIMAL property of the activity type.' }),
    pointsPerUnit: t.field({ type: 'Decimal', required: true, description: 'Points a unit, not negative.' }),
    rounding: t.field({ type: RoundingEnum, required: true, description: 'How the product becomes whole points.' }),
  }),
});
const ExpressionAwardInput = builder.inputType('ExpressionAwardInput', {
  description: 'Points computed by an expression.',
  fields: (t) => ({
    expression: t.string({
      required: true,
      description: 'CEL, an int or a double; at most 1,000 characters. A value of 0 or less gives nothing.',
    }),
    rounding: t.field({ type: RoundingEnum, required: true, description: 'How its value becomes whole points.' }),
  }),
});
const AwardInput = builder.inputType('EarningAwardInput', {
  description: 'What a rule gives: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    fixed: t.field({ type: FixedAwardInput, description: 'A fixed number of points.' }),
    perUnit: t.field({ type: PerUnitAwardInput, description: 'Points for every unit of a property.' }),
    expression: t.field({ type: ExpressionAwardInput, description: 'Points computed by an expression.' }),
  }),
});
const CapInput = builder.inputType('EarningCapInput', {
  description: 'A bound on what one customer gets: points, uses or both.',
  fields: (t) => ({
    per: t.field({ type: CapPeriodEnum, required: true, description: 'Over what it counts.' }),
    points: t.field({ type: 'Points', description: 'Most points; null does not bound them.' }),
    uses: t.int({ description: 'Most times; null does not bound them.' }),
    beyond: t.field({
      type: BeyondCapEnum,
      required: true,
      defaultValue: 'TRUNCATE',
      description: 'What happens to an award that does not fit; TRUNCATE by default.',
    }),
  }),
});
const PendingInput = builder.inputType('EarningPendingInput', {
  description: 'How an award waits: days, or an activity, or neither, which waits for a call.',
  fields: (t) => ({
    days: t.int({ description: 'To the end of the local day so many days after the activity, 1 to 3,650.' }),
    activityType: t.string({ description: 'Code of the activity type that releases it.' }),
    matchProperty: t.string({ description: 'The property that both activities carry; needed with activityType.' }),
  }),
});

/** A whole rule, as `earningRuleSave` takes it. */
export const EarningRuleInputRef = builder.inputType('EarningRuleInput', {
  description: 'A whole earning rule.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the rule in its set; a rule of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    activityType: t.string({ required: true, description: 'Code of the activity type that it listens to.' }),
    condition: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over activity, customer, account, tier and counters; empty holds always.',
    }),
    award: t.field({ type: AwardInput, required: true, description: 'What it gives.' }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    caps: t.field({
      type: [CapInput],
      required: true,
      defaultValue: [],
      description: 'Bounds a customer, at most 10.',
    }),
    pending: t.field({ type: PendingInput, description: 'How an award waits; null gives it at once.' }),
    expiryMonths: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryDays.' }),
    expiryDays: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryMonths.' }),
    validFrom: t.field({ type: 'DateTime', description: 'In force for activities from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'In force for activities before then, exclusive.' }),
    priority: t.int({ required: true, defaultValue: 0, description: 'Higher runs first, −1,000 to 1,000.' }),
    exclusiveGroup: t.string({ description: 'Of the rules in one group, the first that awards wins.' }),
  }),
});

type RuleInput = typeof EarningRuleInputRef.$inferInput;

/** The rule in the form in which it is kept. What it means is checked by the domain. */
export function ruleOf(input: RuleInput): Omit<EarningRule, 'id'> {
  const { award, pending, expiryMonths = null, expiryDays = null } = input;
  return {
    code: input.code,
    name: input.name,
    activityType: input.activityType,
    condition: input.condition,
    award: awardOf(award),
    currency: input.currency ?? null,
    caps: input.caps.map((cap) => ({
      per: cap.per,
      points: cap.points ?? null,
      uses: cap.uses ?? null,
      beyond: cap.beyond,
    })),
    pending: pending === null || pending === undefined ? null : pendingOf(pending),
    expiry: expiryMonths === null && expiryDays === null ? null : { months: expiryMonths, days: expiryDays },
    validFrom: input.validFrom?.toISOString() ?? null,
    validUntil: input.validUntil?.toISOString() ?? null,
    priority: input.priority,
    exclusiveGroup: input.exclusiveGroup ?? null,
  };
}

function awardOf(award: RuleInput['award']): Award {
  if (award.fixed) return { kind: 'FIXED', ...award.fixed };
  if (award.perUnit) return { kind: 'PER_UNIT', ...award.perUnit };
  if (award.expression) return { kind: 'EXPRESSION', ...award.expression };
  throw new InvalidInputError('Name one kind of award.', ['rule', 'award']);
}

function pendingOf(pending: NonNullable<RuleInput['pending']>): Pending {
  if (typeof pending.days === 'number') return { kind: 'DAYS', days: pending.days };
  if (typeof pending.activityType === 'string')
    return { kind: 'UNTIL_ACTIVITY', activityType: pending.activityType, matchProperty: pending.matchProperty ?? '' };
  return { kind: 'UNTIL_RELEASED' };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
