import { findWaysToEarn } from '#app/earning/list-ways.ts';
import type { Cap, EarningRule } from '#domain/earning/rule.ts';
import type { BoundLeft } from '#domain/explanation/bound-left.ts';
import type { EarningWay } from '#domain/explanation/how-to-earn.ts';
import { dateOf } from '#domain/form.ts';
import type { Milestone } from '#domain/milestone/milestone.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { ProgressRef } from './customer-milestone.ts';
import { BoostOfferRef, ConditionRef, OccasionOfferRef } from './earning-offer.ts';
import { BeyondCapEnum, CapPeriodEnum, RoundingEnum } from './earning-rule.ts';
import { MilestoneRef } from './milestone.ts';
import { PointCurrencyRef } from './point-currency.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const WayKindEnum = builder.enumType('EarningWayKind', {
  description: 'How the points of a way to earn are reckoned.',
  ...publicSurface,
  values: {
    FIXED: { description: 'The same number of points every time.' },
    PER_UNIT: { description: 'So many points for each unit of a property.' },
    MILESTONE: { description: 'So many points for each threshold of an amount that comes together.' },
    VARIABLE: { description: 'By a formula of the programme, which only the sentence can hint at.' },
  },
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
/** The rule behind a way; null behind a milestone. */
const ruleOf = (way: EarningWay): EarningRule | null => (way.kind === 'RULE' ? way.rule : null);
const perUnit = (way: EarningWay) => {
  const award = ruleOf(way)?.award;
  return award?.kind === 'PER_UNIT' ? award : null;
};
const pendingOf = (way: EarningWay) => ruleOf(way)?.pending ?? null;
const itemOf = (way: EarningWay): EarningRule | Milestone => (way.kind === 'RULE' ? way.rule : way.milestone);

function pointsOf(way: EarningWay): number | null {
  if (way.kind === 'MILESTONE') return way.milestone.points;
  return way.rule.award.kind === 'FIXED' ? way.rule.award.points : null;
}

const EarningWayRef = builder.objectRef<EarningWay>('EarningWay').implement({
  description: 'One way to earn points, generated from a live rule or a live milestone.',
  ...publicSurface,
  fields: (t) => ({
    code: t.string({ description: 'Code of the rule or milestone.', resolve: (it) => itemOf(it).code }),
    name: t.string({ description: 'Its name for people.', resolve: (it) => itemOf(it).name }),
    activityType: t.string({
      nullable: true,
      description: 'Code of what one has to do; null for a milestone that counts points.',
      resolve: (it) => it.activityType?.code ?? null,
    }),
    activityName: t.string({
      nullable: true,
      description: 'Its name for people; null for a milestone that counts points.',
      resolve: (it) => it.activityType?.name ?? null,
    }),
    currency: t.field({ type: PointCurrencyRef, description: 'What is earned.', resolve: (it) => it.currency }),
    kind: t.field({
      type: WayKindEnum,
      description: 'How the points are reckoned.',
      resolve: (it) => (it.kind === 'MILESTONE' ? 'MILESTONE' : KINDS[it.rule.award.kind]),
    }),
    points: t.field({
      type: 'Points',
      nullable: true,
      description: 'Points a time, for FIXED; points for each threshold, for MILESTONE; else null.',
      resolve: pointsOf,
    }),
    pointsPerUnit: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Points a unit, exact, for PER_UNIT; else null.',
      resolve: (it) => perUnit(it)?.pointsPerUnit ?? null,
    }),
    property: t.string({
      nullable: true,
      description: 'The activity’s property whose units count, for PER_UNIT; else null.',
      resolve: (it) => perUnit(it)?.property ?? null,
    }),
    rounding: t.field({
      type: RoundingEnum,
      nullable: true,
      description: 'How a fraction becomes whole points; null for FIXED and MILESTONE.',
      resolve: (it) => (it.kind === 'MILESTONE' || it.rule.award.kind === 'FIXED' ? null : it.rule.award.rounding),
    }),
    conditions: t.field({
      type: [ConditionRef],
      description: 'What else must hold; empty: nothing.',
      resolve: (it) => (it.kind === 'RULE' ? it.conditions : []),
    }),
    limits: t.field({
      type: [LimitRef],
      description: 'What one customer gets at most; all hold.',
      resolve: (it) => ruleOf(it)?.caps ?? [],
    }),
    left: t.field({
      type: [LeftRef],
      nullable: true,
      description: 'What the asking customer still has of the limits that last; null unless a customer asks.',
      resolve: (it) => (it.kind === 'RULE' ? it.left : null),
    }),
    sentence: t.exposeString('sentence', {
      description: 'All of it in sentences for a customer, in the asked language.',
    }),
  }),
});

builder.objectFields(EarningWayRef, (t) => ({
  boosts: t.field({
    type: [BoostOfferRef],
    description: 'What multiplies its points: boosts in their time, whether or not this is their hour.',
    resolve: (it) => (it.kind === 'RULE' ? it.boosts : []),
  }),
  occasions: t.field({
    type: [OccasionOfferRef],
    description: 'Days of the customer’s year on which it comes by itself; empty: it does not.',
    resolve: (it) => (it.kind === 'RULE' ? it.occasions : []),
  }),
  milestone: t.field({
    type: MilestoneRef,
    nullable: true,
    description: 'What it counts and its thresholds, for MILESTONE; else null.',
    resolve: (it) => (it.kind === 'MILESTONE' ? it.milestone : null),
  }),
  progress: t.field({
    type: ProgressRef,
    nullable: true,
    description: 'How far the asking customer is, for MILESTONE; null for others, and unless a customer asks.',
    resolve: async (it, _args, context) => {
      const caller = programOf(context);
      if (it.kind !== 'MILESTONE' || caller.kind !== 'CUSTOMER') return null;
      const all = await context.loaders.milestones.load(caller.customerId);
      return all.find(({ compiled }) => compiled.milestone.id === it.milestone.id) ?? null;
    },
  }),
  pendingDays: t.int({
    nullable: true,
    description: 'Days until the points can be spent; null: at once, or after an activity or a check.',
    resolve: (it) => {
      const pending = pendingOf(it);
      return pending?.kind === 'DAYS' ? pending.days : null;
    },
  }),
  pendingActivityType: t.string({
    nullable: true,
    description: 'Code of the activity type after which the points can be spent; null: none.',
    resolve: (it) => {
      const pending = pendingOf(it);
      return pending?.kind === 'UNTIL_ACTIVITY' ? pending.activityType : null;
    },
  }),
  isPending: t.boolean({
    description: 'Whether the points wait before they can be spent.',
    resolve: (it) => pendingOf(it) !== null,
  }),
  validUntil: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Until then, exclusive; null: without an end.',
    resolve: (it) => dateOf(ruleOf(it)?.validUntil ?? null),
  }),
}));

builder.queryField('howToEarn', (t) =>
  t.field({
    type: [EarningWayRef],
    subGraphs: ['Public'],
    description:
      'How points can be earned right now, generated from the live rules, the most important first, then the milestones: what is paused, not yet or no longer in force is left out. A customer token also learns what is left of its limits, and how far it is. Needs earning:read.',
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
