import type { Award, EarningRule } from '#domain/earning/rule.ts';
import { InvalidInputError } from '#domain/errors.ts';

import { builder } from './builder.ts';
import { BeyondCapEnum, CapPeriodEnum, EarningRuleRef, RoundingEnum, RuleStateEnum } from './earning-rule.ts';
import { DaySpanInputRef, HoursInputRef } from './hours.ts';
import { AwardExpiryInput, statedAwardExpiry } from './point-expiry.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

type Pending = NonNullable<EarningRule['pending']>;

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
const EarningRuleInputRef = builder.inputType('EarningRuleInput', {
  description: 'A whole earning rule.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the rule in its set; a rule of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    state: t.field({
      type: RuleStateEnum,
      required: true,
      defaultValue: 'ACTIVE',
      description: 'Whether it gives anything; ACTIVE by default.',
    }),
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
    expiry: t.field({
      type: AwardExpiryInput,
      description: 'Overrides the currency’s expiry. Not together with expiryMonths or expiryDays.',
    }),
    expiryMonths: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryDays.' }),
    expiryDays: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryMonths.' }),
    validFrom: t.field({ type: 'DateTime', description: 'In force for activities from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'In force for activities before then, exclusive.' }),
    hours: t.field({
      type: [HoursInputRef],
      required: true,
      defaultValue: [],
      description: 'In force only within these hours, at most 20; empty is always.',
    }),
    blackoutHours: t.field({
      type: [HoursInputRef],
      required: true,
      defaultValue: [],
      description: 'Not in force within these hours, at most 20.',
    }),
    blackoutDays: t.field({
      type: [DaySpanInputRef],
      required: true,
      defaultValue: [],
      description: 'Not in force on these local days, at most 50 spans.',
    }),
    coolDownMinutes: t.int({
      description: 'Least time between two uses by one customer, by the activities’ own time; null sets none.',
    }),
    priority: t.int({ required: true, defaultValue: 0, description: 'Higher runs first, −1,000 to 1,000.' }),
    exclusiveGroup: t.string({ description: 'Of the rules in one group, the first that awards wins.' }),
  }),
});

type RuleInput = typeof EarningRuleInputRef.$inferInput;

/** The rule in the form in which it is kept. What it means is checked by the domain. */
function ruleOf(input: RuleInput): Omit<EarningRule, 'id'> {
  const { award, pending } = input;
  return {
    code: input.code,
    name: input.name,
    state: input.state,
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
    expiry: statedAwardExpiry(input),
    validFrom: input.validFrom?.toISOString() ?? null,
    validUntil: input.validUntil?.toISOString() ?? null,
    hours: input.hours,
    blackoutHours: input.blackoutHours,
    blackoutDays: input.blackoutDays,
    coolDownMinutes: input.coolDownMinutes ?? null,
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

builder.objectFields(DraftRef, (t) => ({
  earningRules: t.field({
    type: [EarningRuleRef],
    description: 'All its earning rules.',
    resolve: (it) => it.content.earningRules,
  }),
}));
builder.objectFields(RevisionRef, (t) => ({
  earningRules: t.field({
    type: [EarningRuleRef],
    description: 'All its earning rules.',
    resolve: (it) => it.content.earningRules,
  }),
}));

defineSection({
  section: 'earningRules',
  name: 'earningRule',
  field: 'rule',
  input: EarningRuleInputRef,
  toItem: ruleOf,
});
