import type { Badge } from '#domain/badge/badge.ts';
import { InvalidInputError } from '#domain/errors.ts';

import {
  BackfillEnum,
  BADGE_LAWS,
  BadgeMatchEnum,
  BadgePeriodEnum,
  BadgeRef,
  BadgeRepeatEnum,
  CriterionKindEnum,
} from './badge.ts';
import { builder } from './builder.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const TextsInput = builder.inputType('BadgeTextsInput', {
  description: 'What a badge says of itself in one language.',
  fields: (t) => ({
    locale: t.string({ required: true, description: 'Such as en or de-AT.' }),
    name: t.string({ required: true, description: 'Its name, 1 to 200 characters.' }),
    description: t.string({
      required: true,
      defaultValue: '',
      description: 'What it is for, at most 2,000 characters.',
    }),
  }),
});

const LevelNameInput = builder.inputType('BadgeLevelNameInput', {
  description: 'The name of a level in one language.',
  fields: (t) => ({
    locale: t.string({ required: true, description: 'Such as en or de-AT.' }),
    name: t.string({ required: true, description: 'Its name, 1 to 200 characters.' }),
  }),
});

const LevelInput = builder.inputType('BadgeLevelInput', {
  description: 'A level of a badge.',
  fields: (t) => ({
    code: t.string({
      required: true,
      description: 'Unique in its badge. Awards keep it: do not give it another meaning.',
    }),
    names: t.field({
      type: [LevelNameInput],
      required: true,
      defaultValue: [],
      description: 'One a language; without any it has the badge’s name.',
    }),
    imageUrl: t.string({ description: 'An https address; left out, the badge’s picture.' }),
    points: t.field({ type: 'Points', description: 'What it gives in place of the badge’s points.' }),
  }),
});

const CriterionInput = builder.inputType('BadgeCriterionInput', {
  description: 'One thing that a badge asks for.',
  fields: (t) => ({
    kind: t.field({ type: CriterionKindEnum, required: true, description: 'What it looks at.' }),
    activityType: t.string({ description: 'Code of the activity type; needed with COUNT, SUM and DAYS, not else.' }),
    property: t.string({ description: 'A number property of it; needed with SUM, not else.' }),
    condition: t.string({
      description:
        'Of COUNT, SUM and DAYS: CEL over activity alone, true or false; left out, every activity of the type counts.',
    }),
    currency: t.string({ description: 'Of POINTS: code of the point currency; null takes the program’s default.' }),
    streak: t.string({ description: 'Code of the streak; needed with STREAK, not else.' }),
    longest: t.boolean({ description: 'Of STREAK: whether the longest ever counts and not the running one.' }),
    ladder: t.string({ description: 'Code of the ladder; needed with TIER, not else.' }),
    tier: t.string({ description: 'Code of the tier; needed with TIER, not else.' }),
    badge: t.string({ description: 'Code of another badge; needed with BADGE, not else.' }),
    level: t.string({ description: 'Code of the level; needed with LEVEL; with BADGE, null is any.' }),
    targets: t.field({
      type: ['Decimal'],
      description:
        'What each level asks for, one a level, not falling, above 0, whole but for SUM. Not with TIER, LEVEL and BADGE.',
    }),
  }),
});

const BadgeInputRef = builder.inputType('BadgeInput', {
  description: `A whole badge. ${BADGE_LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the badge; one of the same code is replaced.' }),
    texts: t.field({ type: [TextsInput], required: true, description: 'One a language, at least one.' }),
    imageUrl: t.string({ description: 'An https address.' }),
    levels: t.field({
      type: [LevelInput],
      required: true,
      defaultValue: [],
      description: 'From the lowest, at most 20; left out, the badge has one level.',
    }),
    match: t.field({
      type: BadgeMatchEnum,
      required: true,
      defaultValue: 'ALL',
      description: 'How criteria go together.',
    }),
    criteria: t.field({
      type: [CriterionInput],
      required: true,
      defaultValue: [],
      description: 'What it asks for, at most 10; without any it is only given by hand.',
    }),
    repeat: t.field({
      type: BadgeRepeatEnum,
      required: true,
      defaultValue: 'ONCE',
      description: 'How often it is awarded.',
    }),
    repeatPeriod: t.field({ type: BadgePeriodEnum, description: 'Needed with PERIOD, not else.' }),
    coolDownDays: t.int({ description: 'Of EACH: local days from one award to the next at least, 1 to 3,650.' }),
    countsFrom: t.field({ type: 'Date', description: 'First local day that counts.' }),
    countsUntil: t.field({ type: 'Date', description: 'First local day that counts no more.' }),
    heldForMonths: t.int({ description: 'How long an award is held, 1 to 600. Not together with heldForDays.' }),
    heldForDays: t.int({ description: 'How long an award is held, 1 to 18,300. Not together with heldForMonths.' }),
    points: t.field({
      type: 'Points',
      required: true,
      defaultValue: 0,
      description: 'What an award by an activity gives; 0 gives none.',
    }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account, tier and tiers; empty lets everybody in.',
    }),
    hidden: t.boolean({ required: true, defaultValue: false, description: 'Customers see it only once they hold it.' }),
    revokeOnReversal: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether an award goes when a reversal leaves its criteria unmet. Not with STREAK.',
    }),
    backfill: t.field({
      type: BackfillEnum,
      required: true,
      defaultValue: 'SILENT',
      description: 'What crediting the past gives.',
    }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True awards nobody.' }),
    sortOrder: t.int({ required: true, defaultValue: 0, description: 'Lower first; −1,000,000 to 1,000,000.' }),
  }),
});

type Given = typeof BadgeInputRef.$inferInput;

function byLocale<Texts extends { locale: string }>(texts: readonly Texts[]): Record<string, Omit<Texts, 'locale'>> {
  if (new Set(texts.map(({ locale }) => locale)).size !== texts.length)
    throw new InvalidInputError('A badge has its texts once a language.', ['badge', 'texts']);
  return Object.fromEntries(texts.map(({ locale, ...own }) => [locale, own]));
}

function withoutNulls(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

/** The criterion in the form in which it is kept; a field that its kind has not is refused with its name. */
function criterionFrom({ kind, longest, level, ...given }: Given['criteria'][number]): Badge['criteria'][number] {
  const fields = { kind, ...withoutNulls(given) };
  const own =
    kind === 'STREAK'
      ? { of: longest === true ? 'LONGEST' : 'CURRENT' }
      : kind === 'LEVEL' || kind === 'BADGE'
        ? { level: level ?? null }
        : {};
  return { ...fields, ...own } as Badge['criteria'][number];
}

function repeatFrom({ repeat: kind, repeatPeriod, coolDownDays }: Given): Badge['repeat'] {
  if (kind === 'ONCE') return { kind };
  return kind === 'EACH'
    ? { kind, coolDownDays: coolDownDays ?? null }
    : { kind, period: repeatPeriod as Extract<Badge['repeat'], { kind: 'PERIOD' }>['period'] };
}

/** The badge in the form in which it is kept. What it means is checked by the domain. */
function badgeOf(input: Given): Omit<Badge, 'id'> {
  const { code, match, points, audience, hidden, revokeOnReversal, backfill, paused, sortOrder } = input;
  const { heldForMonths: months = null, heldForDays: days = null } = input;
  return {
    ...{ code, match, points, audience, hidden, revokeOnReversal, backfill, paused, sortOrder },
    texts: byLocale(input.texts),
    imageUrl: input.imageUrl ?? null,
    levels: input.levels.map(({ code: level, names, imageUrl, points: gives }) => ({
      code: level,
      names: Object.fromEntries(names.map(({ locale, name }) => [locale, name])),
      imageUrl: imageUrl ?? null,
      points: gives ?? null,
    })),
    criteria: input.criteria.map(criterionFrom),
    repeat: repeatFrom(input),
    countsFrom: input.countsFrom ?? null,
    countsUntil: input.countsUntil ?? null,
    heldFor: months === null && days === null ? null : { months, days },
    currency: input.currency ?? null,
  };
}

builder.objectFields(DraftRef, (t) => ({
  badges: t.field({ type: [BadgeRef], description: 'All its badges.', resolve: (it) => it.content.badges }),
}));
builder.objectFields(RevisionRef, (t) => ({
  badges: t.field({ type: [BadgeRef], description: 'All its badges.', resolve: (it) => it.content.badges }),
}));

defineSection({ section: 'badges', name: 'badge', field: 'badge', input: BadgeInputRef, toItem: badgeOf });
