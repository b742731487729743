import { InvalidInputError } from '#domain/errors.ts';
import type { LadderBasis, LadderPeriod } from '#domain/tier/ladder.ts';

import { builder } from './builder.ts';
import { CalendarUnitEnum, DowngradeEnum, LadderBasisEnum, LadderPeriodEnum, LadderRef, LevelRef } from './ladder.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const BenefitInput = builder.inputType('TierBenefitInput', {
  description: 'Something that comes with a tier.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Unique in its tier.' }),
    kind: t.string({ required: true, description: 'For sorting, 1 to 60 characters.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    value: t.string({ required: true, defaultValue: '', description: 'For programs, at most 1,000 characters.' }),
  }),
});

const TierInput = builder.inputType('TierInput', {
  description: 'One tier of a ladder.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Unique in its ladder. A customer’s tier is known by it.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    threshold: t.field({
      type: 'Decimal',
      description:
        'Reached at this amount or above it; above that of the tier before. Left out, and only then, where manualOnly is true.',
    }),
    manualOnly: t.boolean({ required: true, defaultValue: false, description: 'Never given by progress.' }),
    neverDown: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whoever earned it never falls below it.',
    }),
    benefits: t.field({
      type: [BenefitInput],
      required: true,
      defaultValue: [],
      description: 'What comes with it, at most 50.',
    }),
  }),
});

const BasisInput = builder.inputType('LadderBasisInput', {
  description: 'What a ladder counts; which fields go with it follows from its kind.',
  fields: (t) => ({
    kind: t.field({ type: LadderBasisEnum, required: true, description: 'Which kind of amount.' }),
    currency: t.string({ description: 'Of points: code of the currency; left out, the program’s default.' }),
    activityType: t.string({ description: 'Of SPEND and ACTIVITY_COUNT: code of the activity type.' }),
    property: t.string({ description: 'Of SPEND: an INTEGER or DECIMAL property of the activity type.' }),
  }),
});

const PeriodInput = builder.inputType('LadderPeriodInput', {
  description: 'Over which days a ladder counts; which fields go with it follows from its kind.',
  fields: (t) => ({
    kind: t.field({ type: LadderPeriodEnum, required: true, description: 'Which kind of period.' }),
    unit: t.field({ type: CalendarUnitEnum, description: 'Of CALENDAR; left out, YEAR.' }),
    months: t.int({ description: 'Of FROM_JOINING, or of ROLLING in place of days; 1 to 120.' }),
    days: t.int({ description: 'Of ROLLING in place of months; 1 to 3,660.' }),
  }),
});

const LadderInputRef = builder.inputType('LadderInput', {
  description: 'A whole ladder.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the ladder; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    basis: t.field({ type: BasisInput, required: true, description: 'What it counts.' }),
    period: t.field({ type: PeriodInput, required: true, description: 'Over which days it counts.' }),
    tiers: t.field({ type: [TierInput], required: true, description: 'From the lowest to the highest, 1 to 50.' }),
    downgrade: t.field({
      type: DowngradeEnum,
      required: true,
      defaultValue: 'TO_DESERVED',
      description: 'What a review does to a tier that is no longer deserved.',
    }),
    graceDays: t.int({
      required: true,
      defaultValue: 0,
      description: 'Days between the end of a period and its review; fewer than a period has.',
    }),
    warningDays: t.int({
      required: true,
      defaultValue: 0,
      description: 'Days before the end of a period at which to warn; fewer than a period has, 0 warns nobody.',
    }),
  }),
});

const LevelInputRef = builder.inputType('LevelInput', {
  description: 'One level.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the level; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    points: t.field({
      type: 'Points',
      required: true,
      description: 'Reached at so many points or more; no two alike.',
    }),
  }),
});

const LADDERS = 'All its ladders; the first one is `tier` to rules.';
builder.objectFields(DraftRef, (t) => ({
  ladders: t.field({ type: [LadderRef], description: LADDERS, resolve: (it) => it.content.ladders }),
  levels: t.field({ type: [LevelRef], description: 'All its levels.', resolve: (it) => it.content.levels }),
}));
builder.objectFields(RevisionRef, (t) => ({
  ladders: t.field({ type: [LadderRef], description: LADDERS, resolve: (it) => it.content.ladders }),
  levels: t.field({ type: [LevelRef], description: 'All its levels.', resolve: (it) => it.content.levels }),
}));

defineSection({
  section: 'ladders',
  name: 'ladder',
  field: 'ladder',
  input: LadderInputRef,
  toItem: ({ basis, period, tiers, ...ladder }) => ({
    ...ladder,
    basis: basisOf(basis),
    period: periodOf(period),
    tiers: tiers.map((tier) => ({ ...tier, threshold: tier.threshold ?? null })),
  }),
});

defineSection({
  section: 'levels',
  name: 'level',
  field: 'level',
  input: LevelInputRef,
  toItem: (level) => level,
});

type Given = string | null | undefined;

function needed(value: Given, field: string): string {
  if (value === null || value === undefined)
    throw new InvalidInputError(`This kind needs ${field}.`, ['ladder', field]);
  return value;
}

function basisOf({
  kind,
  currency,
  activityType,
  property,
}: {
  kind: LadderBasis['kind'];
  currency?: Given;
  activityType?: Given;
  property?: Given;
}): LadderBasis {
  switch (kind) {
    case 'POINTS_EARNED':
    case 'LIFETIME_POINTS':
      return { kind, currency: currency ?? null };
    case 'SPEND':
      return { kind, activityType: needed(activityType, 'activityType'), property: needed(property, 'property') };
    case 'ACTIVITY_COUNT':
      return { kind, activityType: needed(activityType, 'activityType') };
  }
}

function periodOf({
  kind,
  unit,
  months = null,
  days = null,
}: {
  kind: LadderPeriod['kind'];
  unit?: Extract<LadderPeriod, { kind: 'CALENDAR' }>['unit'] | null | undefined;
  months?: number | null | undefined;
  days?: number | null | undefined;
}): LadderPeriod {
  switch (kind) {
    case 'CALENDAR':
      return { kind, unit: unit ?? 'YEAR' };
    case 'FROM_JOINING':
      return { kind, months: months ?? 12 };
    case 'ROLLING':
      return { kind, months, days };
    case 'LIFETIME':
      return { kind };
  }
}
