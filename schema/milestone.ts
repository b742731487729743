import { formatFor, languageOf } from '#domain/explanation/locale.ts';
import { describeMilestone } from '#domain/explanation/milestone.ts';
import { publicId } from '#domain/ids.ts';
import { MULTIPLES_MAX, type Milestone, type MILESTONE_PERIODS } from '#domain/milestone/milestone.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { AwardExpiryInput, lengthIn, PointExpiryUnion, statedAwardExpiry } from './point-expiry.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const LAWS = [
  'A threshold is reached by the activity before which the measure lay below it, and with which it lies at or above; one activity may reach several, and each awards.',
  'Each is reached once a period and customer: after a reversal, crossing it again awards nothing.',
  'The measure counts what is recorded so far of the period of the activity’s own local day, from before the milestone went live, too; thresholds passed by then are not awarded afterwards, nor are those passed while it is paused or while the customer is not enrolled.',
  'The points are earned by that activity and count towards tiers, levels, boards and milestones; boosts, caps and budgets do not touch them, the cap on a balance does.',
  'Reversing the whole activity takes them back and keeps the threshold reached; reversing a part leaves them.',
].join(' ');

const MeasureKindEnum = builder.enumType('MilestoneMeasureKind', {
  description: 'What a milestone counts.',
  ...publicSurface,
  values: {
    COUNT: { description: 'How many activities of a type.' },
    SUM: { description: 'The sum of a number property over the activities of a type.' },
    POINTS: { description: 'Points that activities earned, pending ones included.' },
  } satisfies Record<Milestone['measure']['kind'], object>,
});

const PeriodEnum = builder.enumType('MilestonePeriod', {
  description: 'Over what a milestone counts, in the program’s time zone, at the activity’s own time.',
  ...publicSurface,
  values: {
    ALL_TIME: { description: 'For ever.' },
    YEAR: { description: 'A calendar year.' },
    MONTH: { description: 'A calendar month.' },
  } satisfies Record<(typeof MILESTONE_PERIODS)[number], object>,
});

export const MeasureRef = builder.objectRef<Milestone['measure']>('MilestoneMeasure').implement({
  description: 'What a milestone counts.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: MeasureKindEnum, description: 'Which kind of amount.', resolve: (it) => it.kind }),
    activityType: t.string({
      nullable: true,
      description: 'Code of the activity type; null where points are counted.',
      resolve: (it) => ('activityType' in it ? it.activityType : null),
    }),
    property: t.string({
      nullable: true,
      description: 'The number property that SUM adds up; null otherwise.',
      resolve: (it) => ('property' in it ? it.property : null),
    }),
    currency: t.string({
      nullable: true,
      description: 'Of POINTS: code of the point currency; null takes the program’s default, or no points are counted.',
      resolve: (it) => ('currency' in it ? it.currency : null),
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

export const MilestoneRef = builder.objectRef<Milestone>('Milestone').implement({
  description: `Points for the nth activity of a type, or for an amount that has come together. ${LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, mst_….', resolve: ({ id }) => publicId('Milestone', id) }),
    code: t.exposeString('code', { description: 'Unique among the milestones of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    measure: t.field({ type: MeasureRef, description: 'What it counts.', resolve: (it) => it.measure }),
    period: t.field({ type: PeriodEnum, description: 'Over what it counts.', resolve: (it) => it.period }),
    thresholds: t.field({
      type: ['Decimal'],
      description: 'Each of these, rising; empty where it is for every so many.',
      resolve: (it) => it.thresholds,
    }),
    every: t.expose('every', {
      type: 'Decimal',
      nullable: true,
      description: 'Each multiple of this; null where it has thresholds.',
    }),
    points: t.expose('points', { type: 'Points', description: 'What each threshold awards.' }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency that is awarded; null takes the program’s default.',
    }),
    expiry: t.field({
      type: PointExpiryUnion,
      nullable: true,
      description: 'How the points expire, in place of the currency’s way; null keeps that.',
      resolve: ({ expiry }) => expiry,
    }),
    expiryMonths: t.int({
      nullable: true,
      description: 'Local calendar months until the points expire, in place of the currency’s; null keeps those.',
      resolve: ({ expiry }) => lengthIn(expiry, 'months'),
    }),
    expiryDays: t.int({
      nullable: true,
      description: 'Local days until the points expire, in place of the currency’s; null keeps those.',
      resolve: ({ expiry }) => lengthIn(expiry, 'days'),
    }),
    paused: t.exposeBoolean('paused', { description: 'True while nobody reaches it.' }),
    sentence: t.string({
      description: 'All of it in a sentence for a customer.',
      args: {
        locale: t.arg.string({ description: 'Language of the text, such as de-AT; English unless it is German.' }),
      },
      resolve: async (milestone, { locale }, context) => {
        const catalogue = await context.deps.catalogues.current(programOf(context).programId);
        const format = formatFor(languageOf(locale ?? null), catalogue.program.timeZone);
        return describeMilestone(milestone, catalogue, format);
      },
    }),
  }),
});

export const MeasureInputRef = builder.inputType('MilestoneMeasureInput', {
  description: 'What a milestone counts.',
  fields: (t) => ({
    kind: t.field({ type: MeasureKindEnum, required: true, description: 'Which kind of amount.' }),
    activityType: t.string({ description: 'Code of the activity type; needed with COUNT and SUM, not else.' }),
    property: t.string({ description: 'A number property of it; needed with SUM, not else.' }),
    currency: t.string({ description: 'Of POINTS: code of the point currency; null takes the program’s default.' }),
  }),
});

const MilestoneInputRef = builder.inputType('MilestoneInput', {
  description: `A whole milestone. ${LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the milestone; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    measure: t.field({ type: MeasureInputRef, required: true, description: 'What it counts.' }),
    period: t.field({
      type: PeriodEnum,
      required: true,
      defaultValue: 'ALL_TIME',
      description: 'Over what it counts.',
    }),
    thresholds: t.field({
      type: ['Decimal'],
      required: true,
      defaultValue: [],
      description: 'Above 0 and rising, at most 100, whole for COUNT and POINTS. Either these or every.',
    }),
    every: t.field({
      type: 'Decimal',
      description: `Each multiple of this, above 0, whole for COUNT and POINTS. Of the multiples that one activity jumps over, the lowest ${MULTIPLES_MAX} award. Of POINTS, all milestones together must give less than one point for each point, since they count what they give.`,
    }),
    points: t.field({ type: 'Points', required: true, description: 'What each threshold awards, at least 1.' }),
    currency: t.string({
      description: 'Code of the point currency that is awarded; null takes the program’s default.',
    }),
    expiry: t.field({
      type: AwardExpiryInput,
      description: 'Overrides the currency’s expiry. Not together with expiryMonths or expiryDays.',
    }),
    expiryMonths: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryDays.' }),
    expiryDays: t.int({ description: 'Overrides the currency’s expiry. Not together with expiryMonths.' }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True lets nobody reach it.' }),
  }),
});

builder.objectFields(DraftRef, (t) => ({
  milestones: t.field({
    type: [MilestoneRef],
    description: 'All its milestones.',
    resolve: (it) => it.content.milestones,
  }),
}));
builder.objectFields(RevisionRef, (t) => ({
  milestones: t.field({
    type: [MilestoneRef],
    description: 'All its milestones.',
    resolve: (it) => it.content.milestones,
  }),
}));

type MeasureInput = typeof MeasureInputRef.$inferInput;

export function measureFrom({ kind, activityType, property, currency }: MeasureInput): Milestone['measure'] {
  if (kind === 'POINTS') return { kind, currency: currency ?? null };
  const counted = { activityType: activityType ?? '' };
  return kind === 'COUNT' ? { kind, ...counted } : { kind, ...counted, property: property ?? '' };
}

defineSection({
  section: 'milestones',
  name: 'milestone',
  field: 'milestone',
  input: MilestoneInputRef,
  toItem: ({ measure, every, currency, expiry, expiryMonths, expiryDays, ...milestone }) => ({
    ...milestone,
    measure: measureFrom(measure),
    every: every ?? null,
    currency: currency ?? null,
    expiry: statedAwardExpiry({ expiry, expiryMonths, expiryDays }),
  }),
});

builder.queryField('milestones', (t) =>
  t.field({
    type: [MilestoneRef],
    subGraphs: ['Public'],
    description:
      'The live milestones as they are defined, with a sentence each; paused ones are left out. `howToEarn` has them among all other ways to earn. Needs earning:read.',
    authScopes: { permission: 'earning:read' },
    resolve: async (_root, _args, context) => {
      const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
      return ruleSet.content.milestones.filter(({ paused }) => !paused);
    },
  }),
);
