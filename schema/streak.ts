import { publicId } from '#domain/ids.ts';
import type { Streak, StreakCadence, StreakCondition, StreakMatch, StreakPrize } from '#domain/streak/streak.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const LAWS = [
  'A period belongs to the customer’s own calendar, in the zone in which they were at the activity’s instant (the program’s where they name none): an instant counts for one local day, whenever it is reported, and no move takes a met period away.',
  'When a period has ended unmet and the grace for late reports is over, a freeze is used if there is one, else the streak breaks, both dated at the period’s end; an activity of that period that comes late heals it and gives the freeze back.',
  'Periods that a pause touches break nothing, those that lie wholly in one extend nothing; nor does a day break it of which the customer’s clocks showed less than twelve hours.',
  'A prize is given once a run, by the activity that makes it long enough; what was done before the streak went live counts, and gives nothing.',
  'A reversal takes back the activity’s prizes, and the period is unmet when it no longer comes to its thresholds.',
].join(' ');

export const CadenceEnum = builder.enumType('StreakCadence', {
  description: 'The periods that a streak is made of, by the customer’s own calendar.',
  ...publicSurface,
  values: {
    DAY: { description: 'Days, from midnight to midnight; 23 or 25 hours long where the clocks change.' },
    WEEK: { description: 'ISO weeks, from Monday.' },
    MONTH: { description: 'Calendar months.' },
  } satisfies Record<StreakCadence, object>,
});

const MatchEnum = builder.enumType('StreakMatch', {
  description: 'Whether a period needs all conditions of a streak.',
  ...publicSurface,
  values: {
    ALL: { description: 'Each of them.' },
    ANY: { description: 'One of them.' },
  } satisfies Record<StreakMatch, object>,
});

const MeasureEnum = builder.enumType('StreakMeasureKind', {
  description: 'What a condition of a streak counts.',
  ...publicSurface,
  values: {
    COUNT: { description: 'How many activities of a type.' },
    SUM: { description: 'The sum of a number property over the activities of a type.' },
    POINTS: { description: 'Points that earning rules gave, pending ones included.' },
  } satisfies Record<StreakCondition['measure']['kind'], object>,
});

const ConditionRef = builder.objectRef<StreakCondition>('StreakCondition').implement({
  description: 'What has to come together within a period.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: MeasureEnum, description: 'What is counted.', resolve: (it) => it.measure.kind }),
    activityType: t.string({
      nullable: true,
      description: 'Code of the activity type; null where points are counted.',
      resolve: ({ measure }) => ('activityType' in measure ? measure.activityType : null),
    }),
    property: t.string({
      nullable: true,
      description: 'The number property that SUM adds up; null otherwise.',
      resolve: ({ measure }) => ('property' in measure ? measure.property : null),
    }),
    currency: t.string({
      nullable: true,
      description: 'Of POINTS: code of the point currency; null takes the program’s default, or no points are counted.',
      resolve: ({ measure }) => ('currency' in measure ? measure.currency : null),
    }),
    threshold: t.expose('threshold', { type: 'Decimal', description: 'Met at this amount or more.' }),
    condition: t.exposeString('condition', {
      description: 'CEL over activity, customer and account: which activities count; empty takes all.',
    }),
  }),
});

const PrizeRef = builder.objectRef<StreakPrize>('StreakPrize').implement({
  description: 'What a length of a streak is awarded with.',
  ...publicSurface,
  fields: (t) => ({
    length: t.exposeInt('length', { description: 'Periods in a row.' }),
    repeats: t.exposeBoolean('repeats', { description: 'True awards each multiple of the length.' }),
    points: t.expose('points', {
      type: 'Points',
      nullable: true,
      description: 'Points that it gives; null gives none, and the event is all.',
    }),
  }),
});

export const StreakRef = builder.objectRef<Streak>('Streak').implement({
  description: `So many periods in a row in which a customer does enough. ${LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, stk_….', resolve: ({ id }) => publicId('Streak', id) }),
    code: t.exposeString('code', { description: 'Unique among the streaks of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    cadence: t.field({ type: CadenceEnum, description: 'Its periods.', resolve: (it) => it.cadence }),
    match: t.field({ type: MatchEnum, description: 'How conditions go together.', resolve: (it) => it.match }),
    conditions: t.field({ type: [ConditionRef], description: 'What meets a period.', resolve: (it) => it.conditions }),
    freezesInitial: t.int({ description: 'Freezes at the beginning.', resolve: (it) => it.freezes.initial }),
    freezesMax: t.int({ description: 'Most freezes at a time.', resolve: (it) => it.freezes.max }),
    freezeEvery: t.int({
      nullable: true,
      description: 'One more freeze each time that the run reaches a multiple of so many periods; null earns none.',
      resolve: (it) => it.freezes.everyPeriods,
    }),
    graceHours: t.exposeInt('graceHours', {
      description: 'Hours after the end of a period for which its verdict waits for late reports.',
    }),
    atRiskHours: t.exposeInt('atRiskHours', {
      nullable: true,
      description: 'Hours before the end of an unmet period at which the customer is told; null tells nobody.',
    }),
    restoreDays: t.exposeInt('restoreDays', { description: 'Local days after a break in which it can be restored.' }),
    customerMayRestore: t.exposeBoolean('customerMayRestore', { description: 'Whether customers do so themselves.' }),
    pauseDaysMax: t.exposeInt('pauseDaysMax', { description: 'The longest pause in days; 0 allows none.' }),
    customerMayPause: t.exposeBoolean('customerMayPause', { description: 'Whether customers do so themselves.' }),
    prizes: t.field({ type: [PrizeRef], description: 'What lengths give.', resolve: (it) => it.prizes }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency of the prizes; null takes the program’s default.',
    }),
    audience: t.exposeString('audience', {
      description: 'CEL over customer, account and tiers; empty lets everybody take part.',
    }),
    paused: t.exposeBoolean('paused', { description: 'True while it stands still for everybody.' }),
  }),
});

const ConditionInputRef = builder.inputType('StreakConditionInput', {
  description: 'What has to come together within a period.',
  fields: (t) => ({
    kind: t.field({ type: MeasureEnum, required: true, description: 'What is counted.' }),
    activityType: t.string({ description: 'Code of the activity type; needed with COUNT and SUM, not else.' }),
    property: t.string({ description: 'A number property of it; needed with SUM, not else.' }),
    currency: t.string({ description: 'Of POINTS: code of the point currency; null takes the program’s default.' }),
    threshold: t.field({
      type: 'Decimal',
      required: true,
      defaultValue: '1',
      description: 'Above 0, whole for COUNT and POINTS.',
    }),
    condition: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over activity, customer and account; empty takes every activity. Not with POINTS.',
    }),
  }),
});

const PrizeInputRef = builder.inputType('StreakPrizeInput', {
  description: 'What a length of a streak is awarded with.',
  fields: (t) => ({
    length: t.int({ required: true, description: 'Periods in a row, 1 to 10,000.' }),
    repeats: t.boolean({ required: true, defaultValue: false, description: 'True awards each multiple of it.' }),
    points: t.field({ type: 'Points', description: 'At least 1; left out, the event is all.' }),
  }),
});

const StreakInputRef = builder.inputType('StreakInput', {
  description: `A whole streak. ${LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the streak; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    cadence: t.field({
      type: CadenceEnum,
      required: true,
      description: 'Its periods. Another cadence begins a new count, from the whole past.',
    }),
    match: t.field({
      type: MatchEnum,
      required: true,
      defaultValue: 'ALL',
      description: 'Whether a period needs all conditions or any of them.',
    }),
    conditions: t.field({ type: [ConditionInputRef], required: true, description: '1 to 5 of them.' }),
    freezesInitial: t.int({ required: true, defaultValue: 0, description: 'Not above freezesMax.' }),
    freezesMax: t.int({ required: true, defaultValue: 0, description: '0 to 100.' }),
    freezeEvery: t.int({ description: '1 to 1,000 periods of a run; left out, none is earned.' }),
    graceHours: t.int({ required: true, defaultValue: 0, description: '0 to 72.' }),
    atRiskHours: t.int({ description: 'From 1 up to the shortest period: 23, 167 or 671; left out, nobody is told.' }),
    restoreDays: t.int({ required: true, defaultValue: 0, description: '0 to 366; 0 never.' }),
    customerMayRestore: t.boolean({ required: true, defaultValue: false, description: 'By a customer’s own token.' }),
    pauseDaysMax: t.int({ required: true, defaultValue: 0, description: '0 to 366; 0 never.' }),
    customerMayPause: t.boolean({ required: true, defaultValue: false, description: 'By a customer’s own token.' }),
    prizes: t.field({
      type: [PrizeInputRef],
      required: true,
      defaultValue: [],
      description: 'At most 50, each for another length.',
    }),
    currency: t.string({ description: 'Code of the point currency of the prizes; null takes the default.' }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account and tiers; empty lets everybody take part.',
    }),
    paused: t.boolean({
      required: true,
      defaultValue: false,
      description: 'True lets it stand still for everybody: nobody extends it, and nobody loses it.',
    }),
  }),
});

builder.objectFields(DraftRef, (t) => ({
  streaks: t.field({ type: [StreakRef], description: 'All its streaks.', resolve: (it) => it.content.streaks }),
}));
builder.objectFields(RevisionRef, (t) => ({
  streaks: t.field({ type: [StreakRef], description: 'All its streaks.', resolve: (it) => it.content.streaks }),
}));

type ConditionInput = typeof ConditionInputRef.$inferInput;

function measureFrom({ kind, activityType, property, currency }: ConditionInput): StreakCondition['measure'] {
  if (kind === 'POINTS') return { kind, currency: currency ?? null };
  const counted = { activityType: activityType ?? '' };
  return kind === 'COUNT' ? { kind, ...counted } : { kind, ...counted, property: property ?? '' };
}

defineSection({
  section: 'streaks',
  name: 'streak',
  field: 'streak',
  input: StreakInputRef,
  toItem: ({ conditions, freezesInitial, freezesMax, freezeEvery, atRiskHours, prizes, currency, ...streak }) => ({
    ...streak,
    conditions: conditions.map((one) => ({
      measure: measureFrom(one),
      threshold: one.threshold,
      condition: one.condition,
    })),
    freezes: { initial: freezesInitial, max: freezesMax, everyPeriods: freezeEvery ?? null },
    atRiskHours: atRiskHours ?? null,
    prizes: prizes.map(({ points, ...prize }) => ({ ...prize, points: points ?? null })),
    currency: currency ?? null,
  }),
});

builder.queryField('streaks', (t) =>
  t.field({
    type: [StreakRef],
    subGraphs: ['Public'],
    description: 'The live streaks; those that stand still are left out. Needs earning:read.',
    authScopes: { permission: 'earning:read' },
    resolve: async (_root, _args, context) => {
      const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
      return ruleSet.content.streaks.filter(({ paused }) => !paused);
    },
  }),
);
