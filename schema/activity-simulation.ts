import { simulateActivity, type Simulated, type SimulatedOfNow } from '#app/activity/simulate.ts';
import { InvalidInputError, InvalidRuleError, NotFoundError, PointsOutOfRangeError } from '#domain/errors.ts';
import type { ExplainedDecline } from '#domain/explanation/decline.ts';
import { publicId } from '#domain/ids.ts';

import { ActivityEffectUnion, BalanceAfterRef, DeclineReasonEnum } from './activity-effect.ts';
import { NOBODY, ReportInput, reportOf } from './activity-report.ts';
import { builder } from './builder.ts';
import { scopeOf, type Context } from './context.ts';
import { SIMULATION_PRICE } from './cost.ts';
import { EnrolmentStateEnum } from './enrolment-state.ts';

const AgainstEnum = builder.enumType('RuleSetChoice', {
  description: 'Which rule set is meant.',
  values: {
    LIVE: { description: 'The one that is live at the instant.' },
    DRAFT: { description: 'The draft as it stands, which must be fit to be published.' },
  },
});

const SeenRef = builder.objectRef<ExplainedDecline['seen'][number]>('FactSeen').implement({
  description: 'A fact with the value that a condition saw.',
  fields: (t) => ({
    fact: t.exposeString('fact', { description: 'Which, such as activity.properties.amount.' }),
    value: t.exposeString('value', { nullable: true, description: 'Its value as text; null when it is absent.' }),
  }),
});

const DeclineRef = builder.objectRef<ExplainedDecline>('SimulatedDecline').implement({
  description: 'A rule that would give nothing, and why.',
  fields: (t) => ({
    ruleCode: t.exposeString('ruleCode', { description: 'Code of the rule.' }),
    ruleName: t.exposeString('ruleName', { description: 'Name of the rule.' }),
    reason: t.field({ type: DeclineReasonEnum, description: 'Why.', resolve: (it) => it.reason }),
    detail: t.exposeString('detail', { description: 'The part of the condition, cap, group or instant that decided.' }),
    text: t.exposeString('text', { description: 'One sentence for the customer, in the asked language.' }),
    part: t.exposeString('part', {
      nullable: true,
      description: 'The part of the condition that does not hold; null when something else decided.',
    }),
    seen: t.field({ type: [SeenRef], description: 'The facts that it reads.', resolve: (it) => it.seen }),
    needed: t.exposeString('needed', { nullable: true, description: 'What it needs, such as >= 20.' }),
  }),
});

const OfNowEnum = builder.enumType('SimulatedOfNow', {
  description: 'What a customer has by now, which a simulation of the past does not turn back.',
  values: {
    BALANCES: { description: 'Points, and so what a cap on a balance leaves room for.' },
    COUNTERS: {
      description: 'How often the customer did the same in the period of that instant, with what came since.',
    },
    CAPS: { description: 'What caps and cool-downs of that period have used, with what came since.' },
    BUDGETS: { description: 'What budgets of that period have used, with what came since.' },
    TIERS: { description: 'Tiers.' },
    MILESTONES: { description: 'What milestones count in that period, with what came since.' },
  } satisfies Record<SimulatedOfNow, object>,
});

const SimulationRef = builder.objectRef<Simulated>('ActivitySimulation').implement({
  description: 'What an activity would cause. Nothing of it has happened: its ids name nothing.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant of the decision.' }),
    revision: t.exposeInt('revision', {
      nullable: true,
      description: 'The revision that decided, 0 before the first; null for the draft, whose effects say 0.',
    }),
    ofNow: t.field({
      type: [OfNowEnum],
      description: 'What the decision took as it is now, where the instant lies in the past; else empty.',
      resolve: (it) => it.ofNow,
    }),
    effects: t.field({ type: [ActivityEffectUnion], description: 'What it would cause.', resolve: (it) => it.effects }),
    balances: t.field({
      type: [BalanceAfterRef],
      description: 'The customer’s balances right after it.',
      resolve: (it) => it.balances,
    }),
    declined: t.field({
      type: [DeclineRef],
      description: 'Rules that listen to it and would give nothing.',
      resolve: (it) => it.declines,
    }),
  }),
});

const HypotheticalInput = builder.inputType('HypotheticalCustomerInput', {
  description: 'Somebody who does not exist, without points and history.',
  fields: (t) => ({
    attributes: t.field({ type: 'JSONObject', description: 'Declared attributes by name; null: none.' }),
    locale: t.string({ description: 'Such as de-AT.' }),
    timeZone: t.field({ type: 'TimeZone', description: 'Their own zone.' }),
    enrolmentState: t.field({
      type: EnrolmentStateEnum,
      required: true,
      defaultValue: 'ENROLLED',
      description: 'ENROLLED by default.',
    }),
  }),
});

type Report = typeof ReportInput.$inferInput;
type Hypothetical = typeof HypotheticalInput.$inferInput;

/** Either the report names a customer, or one is made up. */
function partiesOf(input: Report, hypothetical: Hypothetical | null | undefined, context: Context) {
  if (hypothetical === null || hypothetical === undefined)
    return { report: reportOf(input, context), hypothetical: null };
  if (typeof input.customerId === 'string' || typeof input.customerExternalId === 'string')
    throw new InvalidInputError('Name a customer or make one up, not both.', ['hypothetical']);
  const { attributes, locale = null, timeZone = null, enrolmentState } = hypothetical;
  return {
    report: reportOf({ ...input, customerId: publicId('Customer', NOBODY) }, context),
    hypothetical: { attributes: attributes ?? {}, locale, timeZone, enrolmentState },
  };
}

builder.queryField('activitySimulate', (t) =>
  t.field({
    type: SimulationRef,
    description:
      'What an activity would cause, as tracking would decide it: releases, rules, boosts, caps, budgets, tiers. It leaves no trace. Points, counters and caps are the customer’s of now, whatever the instant. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    extensions: { price: SIMULATION_PRICE },
    errors: {
      types: [InvalidInputError, NotFoundError, InvalidRuleError, PointsOutOfRangeError],
      union: { name: 'ActivitySimulateResult', description: 'The simulation, or why there is none.' },
    },
    args: {
      input: t.arg({
        type: ReportInput,
        required: true,
        description: 'The activity, or a cart with its lines. Its message id is not looked at.',
      }),
      hypothetical: t.arg({
        type: HypotheticalInput,
        description: 'Somebody made up instead of a customer; their tiers are the lowest.',
      }),
      at: t.arg({
        type: 'DateTime',
        description: 'The instant of the decision, past or future; left out, now. The activity occurs then by default.',
      }),
      against: t.arg({
        type: AgainstEnum,
        required: true,
        defaultValue: 'LIVE',
        description: 'By which rules; LIVE by default.',
      }),
      revision: t.arg.int({ description: 'By this revision instead, whatever became of it.' }),
      locale: t.arg.string({ description: 'Language of the texts; left out, the customer’s own.' }),
    },
    resolve: (_root, { input, hypothetical, at, against, revision, locale }, context) =>
      simulateActivity(context.deps, scopeOf(context), {
        ...partiesOf(input, hypothetical, context),
        at: at ?? null,
        against: revision ?? against,
        locale: locale ?? null,
      }),
  }),
);
