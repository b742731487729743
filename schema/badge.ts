import {
  levelsOf,
  pointsOf,
  type Badge,
  type BADGE_PERIODS,
  type BadgeCriterion,
  type BadgeRepeat,
  type BACKFILLS,
} from '#domain/badge/badge.ts';
import { nameOf } from '#domain/badge/give.ts';
import { may } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import { pickLocale } from '#domain/local-text.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { badUserInput } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const BADGE_LAWS = [
  'A level is awarded by the first activity, in the order of recording, with which its criteria hold, and is earned at that activity’s own time.',
  'What was done before the badge went live, or while it was paused, counts and is credited in silence, by the activity that reached it.',
  'Only who is enrolled and in the audience is awarded; who comes in later, by their next activity that concerns the badge.',
  'Reversing an activity leaves awards unless the badge says revokeOnReversal: then every award of the period whose criteria no longer hold is revoked and can be earned again. Points go with the activity that awarded them.',
].join(' ');

/** How many customers must be active before shares are shown, and holders to others than the team. */
const ACTIVE_MIN = 30;
const DAYS_MAX = 366;

export const CriterionKindEnum = builder.enumType('BadgeCriterionKind', {
  description: 'What a criterion of a badge looks at.',
  ...publicSurface,
  values: {
    COUNT: { description: 'How many activities of a type.' },
    SUM: { description: 'The sum of a number property over the activities of a type.' },
    DAYS: { description: 'On how many different local days there was one, by the program’s zone.' },
    POINTS: { description: 'Points that activities earned, pending ones included.' },
    STREAK: { description: 'The length of a streak.' },
    TIER: { description: 'A tier of a ladder, or a higher one.' },
    LEVEL: { description: 'A level of the program, or a higher one.' },
    BADGE: { description: 'Another badge, at a level of it or a higher one.' },
  } satisfies Record<BadgeCriterion['kind'], object>,
});

export const BadgeMatchEnum = builder.enumType('BadgeMatch', {
  description: 'How the criteria of a badge go together.',
  ...publicSurface,
  values: { ALL: { description: 'All must hold.' }, ANY: { description: 'One must hold.' } },
});

export const BadgeRepeatEnum = builder.enumType('BadgeRepeat', {
  description: 'How often a badge is awarded.',
  ...publicSurface,
  values: {
    ONCE: { description: 'Each level once.' },
    EACH: { description: 'For each further multiple of what its criteria ask for.' },
    PERIOD: { description: 'Counted anew, and awarded once, each calendar period.' },
  } satisfies Record<BadgeRepeat['kind'], object>,
});

export const BadgePeriodEnum = builder.enumType('BadgePeriod', {
  description: 'A calendar period of the program’s time zone.',
  ...publicSurface,
  values: {
    DAY: { description: 'A local day.' },
    WEEK: { description: 'An ISO week, Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
  } satisfies Record<(typeof BADGE_PERIODS)[number], object>,
});

export const BackfillEnum = builder.enumType('BadgeBackfillPolicy', {
  description: 'What crediting the past gives.',
  values: {
    SILENT: { description: 'The badge alone.' },
    SILENT_WITH_POINTS: { description: 'The badge and its points, earned when it is credited.' },
  } satisfies Record<(typeof BACKFILLS)[number], object>,
});

const field = (name: string) => (it: BadgeCriterion) =>
  (it as Record<string, unknown>)[name] as string | null | undefined;

const CriterionRef = builder.objectRef<BadgeCriterion>('BadgeCriterion').implement({
  description: 'One thing that a badge asks for.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: CriterionKindEnum, description: 'What it looks at.', resolve: (it) => it.kind }),
    activityType: t.string({
      nullable: true,
      description: 'Code of the activity type of COUNT, SUM and DAYS; null otherwise.',
      resolve: field('activityType'),
    }),
    property: t.string({
      nullable: true,
      description: 'The number property that SUM adds up; null otherwise.',
      resolve: field('property'),
    }),
    condition: t.string({
      nullable: true,
      description: 'CEL over activity: which activities count; empty is all of the type. Null where none are counted.',
      resolve: field('condition'),
    }),
    currency: t.string({
      nullable: true,
      description: 'Of POINTS: code of the point currency; null is the program’s default, or no points are counted.',
      resolve: field('currency'),
    }),
    streak: t.string({ nullable: true, description: 'Code of the streak; null otherwise.', resolve: field('streak') }),
    longest: t.boolean({
      description: 'Of STREAK: whether the longest ever counts and not the running one.',
      resolve: (it) => it.kind === 'STREAK' && it.of === 'LONGEST',
    }),
    ladder: t.string({ nullable: true, description: 'Of TIER: code of the ladder.', resolve: field('ladder') }),
    tier: t.string({ nullable: true, description: 'Of TIER: code of the tier.', resolve: field('tier') }),
    badge: t.string({ nullable: true, description: 'Of BADGE: code of the badge.', resolve: field('badge') }),
    level: t.string({
      nullable: true,
      description: 'Of LEVEL and BADGE: code of the level; null with BADGE is any.',
      resolve: field('level'),
    }),
    targets: t.field({
      type: ['Decimal'],
      description: 'What each level asks for, from the lowest; empty for TIER, LEVEL and BADGE.',
      resolve: (it) => ('targets' in it ? it.targets : []),
    }),
  }),
});

const LevelRef = builder.objectRef<{ badge: Badge; index: number }>('BadgeLevel').implement({
  description: 'A level of a badge. A badge without levels has one, called earned.',
  ...publicSurface,
  fields: (t) => ({
    code: t.string({
      description: 'Unique in its badge.',
      resolve: ({ badge, index }) => levelsOf(badge)[index]?.code ?? '',
    }),
    number: t.int({ description: 'Its place from 1.', resolve: ({ index }) => index + 1 }),
    name: t.string({
      description: 'Its name, or that of the badge.',
      args: { locale: t.arg.string({ description: 'The wanted language, such as de-AT; English when left out.' }) },
      resolve: ({ badge, index }, { locale = null }) => nameOf(badge, levelsOf(badge)[index] ?? null, locale),
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'An https address: its own picture, or that of the badge.',
      resolve: ({ badge, index }) => levelsOf(badge)[index]?.imageUrl ?? badge.imageUrl,
    }),
    points: t.field({
      type: 'Points',
      description: 'What it gives when an activity awards it.',
      resolve: ({ badge, index }) => pointsOf(badge, index),
    }),
  }),
});

const TextsRef = builder.objectRef<{ locale: string; name: string; description: string }>('BadgeTexts').implement({
  description: 'What a badge says of itself in one language.',
  ...publicSurface,
  fields: (t) => ({
    locale: t.exposeString('locale', { description: 'The language that these are in, such as en or de-AT.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What it is for; may be empty.' }),
  }),
});

export const BadgeRef = builder.objectRef<Badge>('Badge').implement({
  description: `Something to show for what one has done. ${BADGE_LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, bdg_….', resolve: ({ id }) => publicId('Badge', id) }),
    code: t.exposeString('code', { description: 'Unique among the badges of its rule set.' }),
    texts: t.field({
      type: TextsRef,
      description: 'In the wanted language, else in its main language, else in English, else in any.',
      args: { locale: t.arg.string({ description: 'Such as de-AT; English when left out.' }) },
      resolve: ({ texts }, { locale: wanted = null }) => {
        const locale = pickLocale(Object.keys(texts), wanted);
        return { locale, name: '', description: '', ...texts[locale] };
      },
    }),
    allTexts: t.field({
      type: [TextsRef],
      description: 'In every language that there is.',
      resolve: ({ texts }) => Object.entries(texts).map(([locale, own]) => ({ locale, ...own })),
    }),
    imageUrl: t.exposeString('imageUrl', { nullable: true, description: 'An https address; null is no picture.' }),
    levels: t.field({
      type: [LevelRef],
      description: 'From the lowest, at least one.',
      resolve: (badge) => levelsOf(badge).map((_level, index) => ({ badge, index })),
    }),
  }),
});

builder.objectFields(BadgeRef, (t) => ({
  match: t.field({ type: BadgeMatchEnum, description: 'How its criteria go together.', resolve: (it) => it.match }),
  criteria: t.field({
    type: [CriterionRef],
    description: 'What it asks for; empty where it is only given by hand.',
    resolve: (it) => it.criteria,
  }),
  repeat: t.field({
    type: BadgeRepeatEnum,
    description: 'How often it is awarded.',
    resolve: (it) => it.repeat.kind,
  }),
  repeatPeriod: t.field({
    type: BadgePeriodEnum,
    nullable: true,
    description: 'The period of PERIOD; null otherwise.',
    resolve: ({ repeat }) => (repeat.kind === 'PERIOD' ? repeat.period : null),
  }),
  coolDownDays: t.int({
    nullable: true,
    description: 'Of EACH: local days from one award to the next at least; null otherwise.',
    resolve: ({ repeat }) => (repeat.kind === 'EACH' ? repeat.coolDownDays : null),
  }),
  countsFrom: t.expose('countsFrom', {
    type: 'Date',
    nullable: true,
    description: 'First local day that counts; null has no beginning.',
  }),
  countsUntil: t.expose('countsUntil', {
    type: 'Date',
    nullable: true,
    description: 'First local day that counts no more; null has no end.',
  }),
  heldForMonths: t.int({
    nullable: true,
    description: 'Held to the end of the local day so many months later; null for ever, or for days.',
    resolve: ({ heldFor }) => heldFor?.months ?? null,
  }),
  heldForDays: t.int({
    nullable: true,
    description: 'Held to the end of the local day so many days later; null for ever, or for months.',
    resolve: ({ heldFor }) => heldFor?.days ?? null,
  }),
  currency: t.exposeString('currency', {
    nullable: true,
    description: 'Code of the point currency that it gives; null is the program’s default.',
  }),
}));

builder.objectFields(BadgeRef, (t) => ({
  hidden: t.exposeBoolean('hidden', { description: 'Whether customers see it only once they hold it.' }),
  sortOrder: t.exposeInt('sortOrder', { description: 'Lower first in the catalogue; equal ones by code.' }),
  audience: t.exposeString('audience', {
    subGraphs: [],
    authScopes: { permission: 'rule:read' },
    description: 'CEL over customer, account, tier and tiers; empty lets everybody in. Needs rule:read.',
  }),
  revokeOnReversal: t.exposeBoolean('revokeOnReversal', {
    description: 'Whether an award goes when a reversal leaves its criteria unmet.',
  }),
  backfill: t.field({
    type: BackfillEnum,
    subGraphs: [],
    authScopes: { permission: 'rule:read' },
    description: 'What crediting the past gives. Needs rule:read.',
    resolve: (it) => it.backfill,
  }),
  paused: t.exposeBoolean('paused', { description: 'True while nobody is awarded.' }),
  holderCount: t.int({
    nullable: true,
    description: `How many customers hold it now. The team always sees it; others null while fewer than ${ACTIVE_MIN} customers were active in the last 90 local days.`,
    resolve: async ({ id }, _args, context) => {
      const { holders, outOf } = await context.loaders.badgeCount.load({ badgeId: id, days: 90 });
      return outOf < ACTIVE_MIN && !may(context.caller, 'customer:read') ? null : holders;
    },
  }),
  rarity: t.float({
    nullable: true,
    description: `Of the customers who were active, what share holds it, from 0 to 1. Null while fewer than ${ACTIVE_MIN} were active.`,
    args: {
      days: t.arg.int({
        required: true,
        defaultValue: 90,
        description: `Active is who did anything in so many local days, today included, 1 to ${DAYS_MAX}.`,
      }),
    },
    resolve: async ({ id }, { days }, context) => {
      if (days < 1 || days > DAYS_MAX) throw badUserInput(`days is 1 to ${DAYS_MAX}.`);
      const { active, outOf } = await context.loaders.badgeCount.load({ badgeId: id, days });
      return outOf < ACTIVE_MIN ? null : active / outOf;
    },
  }),
}));

builder.queryField('badges', (t) =>
  t.field({
    type: [BadgeRef],
    ...publicSurface,
    description:
      'The catalogue of badges as it is live, in the team’s order. Hidden ones are shown to the team, and to customers who hold them. Needs badge:read.',
    authScopes: { permission: 'badge:read' },
    resolve: async (_root, _args, context) => {
      const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
      const seen = await context.loaders.seenBadges.load('all');
      return ruleSet.badges.all.flatMap(({ badge }) => (seen === null || seen.has(badge.id) ? [badge] : []));
    },
  }),
);
