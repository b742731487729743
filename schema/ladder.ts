import { publicId } from '#domain/ids.ts';
import type { Level, LevelReached } from '#domain/level/level.ts';
import type {
  CALENDAR_UNITS,
  DOWNGRADES,
  Ladder,
  LadderBasis,
  LadderPeriod,
  Tier,
  TierBenefit,
} from '#domain/tier/ladder.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const LadderBasisEnum = builder.enumType('LadderBasisKind', {
  description: 'What a ladder counts. Never the balance, so that spending points costs nobody a tier.',
  ...publicSurface,
  values: {
    POINTS_EARNED: { description: 'Points that activities earned within the period, pending ones included.' },
    SPEND: { description: 'The sum of a number property over the activities of one type.' },
    ACTIVITY_COUNT: { description: 'How many activities of one type.' },
    LIFETIME_POINTS: { description: 'All points that activities ever earned.' },
  } satisfies Record<LadderBasis['kind'], object>,
});

export const LadderPeriodEnum = builder.enumType('LadderPeriodKind', {
  description: 'Over which days a ladder counts, in the program’s time zone, at the activity’s own day.',
  ...publicSurface,
  values: {
    CALENDAR: { description: 'Calendar years, half-years, quarters or months.' },
    FROM_JOINING: {
      description:
        'Stretches of so many months from the local day of joining. A day that a month lacks is its last: who joined on 29 February begins on 28 February, and on the 29th in leap years.',
    },
    ROLLING: { description: 'The last so many days or months, today among them.' },
    LIFETIME: { description: 'Everything.' },
  } satisfies Record<LadderPeriod['kind'], object>,
});

export const CalendarUnitEnum = builder.enumType('CalendarUnit', {
  description: 'A calendar period; all of them begin with 1 January.',
  ...publicSurface,
  values: {
    YEAR: { description: 'Twelve months.' },
    HALF_YEAR: { description: 'Six months.' },
    QUARTER: { description: 'Three months.' },
    MONTH: { description: 'One month.' },
  } satisfies Record<(typeof CALENDAR_UNITS)[number], object>,
});

export const DowngradeEnum = builder.enumType('TierDowngrade', {
  description: 'What a review does to a tier that is no longer deserved.',
  ...publicSurface,
  values: {
    ONE_STEP: { description: 'It falls by one tier.' },
    TO_DESERVED: { description: 'It falls to the tier that is deserved.' },
    NEVER: { description: 'It stays.' },
  } satisfies Record<(typeof DOWNGRADES)[number], object>,
});

const BenefitRef = builder.objectRef<TierBenefit>('TierBenefit').implement({
  description: 'Something that comes with a tier. Laurel shows it; what it does is up to the reader.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in its tier.' }),
    kind: t.exposeString('kind', { description: 'As the programme team sorts them, such as shipping.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    value: t.exposeString('value', { description: 'For programs; its form goes with the kind.' }),
  }),
});

export const TierRef = builder.objectRef<Tier>('Tier').implement({
  description: 'One tier of a ladder.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in its ladder, stable over revisions.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    threshold: t.expose('threshold', {
      type: 'Decimal',
      nullable: true,
      description:
        'Reached at this amount or above it, in the unit of the ladder; null where it is only given by hand.',
    }),
    manualOnly: t.exposeBoolean('manualOnly', {
      description: 'Given by a person or an invitation, never by progress.',
    }),
    neverDown: t.exposeBoolean('neverDown', { description: 'Whoever earned it never falls below it.' }),
    benefits: t.field({ type: [BenefitRef], description: 'What comes with it.', resolve: (it) => it.benefits }),
  }),
});

const BasisRef = builder.objectRef<LadderBasis>('LadderBasis').implement({
  description: 'What a ladder counts.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: LadderBasisEnum, description: 'Which kind of amount.', resolve: (it) => it.kind }),
    currency: t.string({
      nullable: true,
      description: 'Code of the point currency; null takes the program’s default, or the basis is not of points.',
      resolve: (it) => ('currency' in it ? it.currency : null),
    }),
    activityType: t.string({
      nullable: true,
      description: 'Code of the activity type; null where points are counted.',
      resolve: (it) => ('activityType' in it ? it.activityType : null),
    }),
    property: t.string({
      nullable: true,
      description: 'The number property that SPEND sums; null otherwise.',
      resolve: (it) => ('property' in it ? it.property : null),
    }),
  }),
});

const PeriodRef = builder.objectRef<LadderPeriod>('LadderPeriod').implement({
  description: 'Over which days a ladder counts.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: LadderPeriodEnum, description: 'Which kind of period.', resolve: (it) => it.kind }),
    unit: t.field({
      type: CalendarUnitEnum,
      nullable: true,
      description: 'Of CALENDAR; null otherwise.',
      resolve: (it) => ('unit' in it ? it.unit : null),
    }),
    months: t.int({
      nullable: true,
      description: 'Length of FROM_JOINING, or of ROLLING where that is in months; null otherwise.',
      resolve: (it) => ('months' in it ? it.months : null),
    }),
    days: t.int({
      nullable: true,
      description: 'Length of ROLLING where that is in days; null otherwise.',
      resolve: (it) => ('days' in it ? it.days : null),
    }),
  }),
});

export const LadderRef = builder.objectRef<Ladder>('Ladder').implement({
  description:
    'Tiers in rising order, with what they count and when that is reviewed. Tiers rise at once, by the activity that reaches them; they fall at reviews alone. Readable with tier:read, or by customers.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, lad_….', resolve: (it) => publicId('Ladder', it.id) }),
    code: t.exposeString('code', { description: 'Unique in its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    basis: t.field({ type: BasisRef, description: 'What it counts.', resolve: (it) => it.basis }),
    period: t.field({ type: PeriodRef, description: 'Over which days it counts.', resolve: (it) => it.period }),
    tiers: t.field({ type: [TierRef], description: 'From the lowest to the highest.', resolve: (it) => it.tiers }),
    downgrade: t.field({
      type: DowngradeEnum,
      description: 'What a review does to a tier that is no longer deserved.',
      resolve: (it) => it.downgrade,
    }),
    graceDays: t.exposeInt('graceDays', { description: 'Local days between the end of a period and its review.' }),
    warningDays: t.exposeInt('warningDays', {
      description: 'Local days before the end of a period at which whoever would fall is warned; 0 warns nobody.',
    }),
  }),
});

export const LevelRef = builder.objectRef<Level>('Level').implement({
  description: 'A level: reached by points earned over a lifetime, apart from tiers.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, lvl_….', resolve: (it) => publicId('Level', it.id) }),
    code: t.exposeString('code', { description: 'Unique among the levels of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    points: t.expose('points', { type: 'Points', description: 'Reached at so many points or more.' }),
  }),
});

export const CustomerLevelRef = builder.objectRef<LevelReached>('CustomerLevel').implement({
  description:
    'The level of a customer. It follows the points earned over a lifetime, and so falls when earnings are taken back.',
  ...publicSurface,
  fields: (t) => ({
    level: t.field({
      type: LevelRef,
      nullable: true,
      description: 'The level reached; null below the first.',
      resolve: (it) => it.level,
    }),
    number: t.exposeInt('number', { description: 'Its place from 1; 0 below the first.' }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points of the default currency earned by activities over a lifetime, less what was taken back.',
    }),
    next: t.field({
      type: LevelRef,
      nullable: true,
      description: 'The next level; null at the last.',
      resolve: (it) => it.next,
    }),
    toNext: t.expose('toNext', {
      type: 'Points',
      nullable: true,
      description: 'Points still missing to it; null at the last.',
    }),
  }),
});

const READERS = { permission: ['tier:read', 'self:read'] as const };

builder.queryFields((t) => ({
  ladders: t.field({
    type: [LadderRef],
    description: 'The live ladders; the first one is `tier` to earning rules. Needs tier:read or self:read.',
    subGraphs: ['Public'],
    authScopes: READERS,
    resolve: async (_root, _args, context) =>
      (await context.deps.catalogues.at(context.deps.reads, programOf(context).programId)).ruleSet.ladders.map(
        ({ ladder }) => ladder,
      ),
  }),
  levels: t.field({
    type: [LevelRef],
    description: 'The live levels, from the lowest. Needs tier:read or self:read.',
    subGraphs: ['Public'],
    authScopes: READERS,
    resolve: async (_root, _args, context) => [
      ...(await context.deps.catalogues.at(context.deps.reads, programOf(context).programId)).ruleSet.levels.levels,
    ],
  }),
}));
