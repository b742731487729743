import { previewEarning, type EarnPreview } from '#app/activity/preview.ts';
import { ForbiddenError, InvalidInputError, NotFoundError, PointsOutOfRangeError } from '#domain/errors.ts';

import { ActivityEffectUnion, BalanceAfterRef, DeclineReasonEnum } from './activity-effect.ts';
import { LineInput } from './activity-report.ts';
import { ChannelEnum } from './activity.ts';
import { builder } from './builder.ts';
import { programOf, scopeOf } from './context.ts';
import { SIMULATION_PRICE } from './cost.ts';
import { PointCurrencyRef } from './point-currency.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const PreviewInput = builder.inputType('EarnPreviewInput', {
  description: 'An activity, or a cart with its lines, as it would be reported.',
  ...publicSurface,
  fields: (t) => ({
    type: t.string({ required: true, description: 'Code of the activity type, one that howToEarn names.' }),
    channel: t.field({
      type: ChannelEnum,
      required: true,
      defaultValue: 'WEB',
      description: 'Where it would happen; WEB by default.',
    }),
    properties: t.field({
      type: 'JSONObject',
      description: 'The declared properties by name; null when there are none.',
    }),
    lines: t.field({ type: [LineInput], required: true, defaultValue: [], description: 'Its parts, at most 2,000.' }),
  }),
});

const PreviewPointsRef = builder.objectRef<EarnPreview['points'][number]>('EarnPreviewPoints').implement({
  description: 'Points of one currency that would be earned.',
  ...publicSurface,
  fields: (t) => ({
    currency: t.field({
      type: PointCurrencyRef,
      nullable: true,
      description: 'Of which points.',
      resolve: async ({ currencyId }, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(currencyId) ?? null,
    }),
    points: t.expose('points', { type: 'Points', description: 'How many in all, by rules and milestones.' }),
    pending: t.expose('pending', {
      type: 'Points',
      description: 'How many of them would wait before they can be spent.',
    }),
  }),
});

const MissedRef = builder.objectRef<EarnPreview['missed'][number]>('EarnPreviewMissed').implement({
  description: 'A way to earn with such an activity that would give nothing.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Its code in howToEarn.' }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    reason: t.field({ type: DeclineReasonEnum, description: 'Why.', resolve: (it) => it.reason }),
    text: t.exposeString('text', { description: 'Why, as one sentence for the customer.' }),
  }),
});

const PreviewRef = builder.objectRef<EarnPreview>('EarnPreview').implement({
  description: 'What an activity would earn. Nothing of it has happened: the ids in its effects name nothing.',
  ...publicSurface,
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant for which it was decided.' }),
    points: t.field({
      type: [PreviewPointsRef],
      description: 'Points by currency, the program’s default first, which is there with 0 as well.',
      resolve: (it) => it.points,
    }),
    effects: t.field({
      type: [ActivityEffectUnion],
      description: 'All that it would cause, as tracking would answer it.',
      resolve: (it) => it.effects,
    }),
    balances: t.field({
      type: [BalanceAfterRef],
      description: 'The customer’s balances right after it.',
      resolve: (it) => it.balances,
    }),
    missed: t.field({
      type: [MissedRef],
      description: 'Ways to earn with such an activity that would give nothing.',
      resolve: (it) => it.missed,
    }),
  }),
});

builder.queryField('earnPreview', (t) =>
  t.field({
    type: PreviewRef,
    description: `What an activity, or a cart, would earn the customer whose token asks, if it happened now: with the boosts, limits, tiers and milestones of this moment. It leaves no trace and is no promise. It costs ${SIMULATION_PRICE} beside what is read of it, and one of a customer runs at a time. Needs self:read.`,
    ...publicSurface,
    authScopes: { permission: 'self:read' },
    extensions: { price: SIMULATION_PRICE },
    errors: {
      types: [InvalidInputError, NotFoundError, PointsOutOfRangeError],
      union: { name: 'EarnPreviewResult', description: 'The preview, or why there is none.' },
    },
    args: {
      activity: t.arg({ type: PreviewInput, required: true, description: 'What would be done.' }),
      locale: t.arg.string({ description: 'Language of the texts, such as de-AT; left out, the customer’s own.' }),
    },
    resolve: (_root, { activity, locale }, context) => {
      const caller = programOf(context);
      if (caller.kind !== 'CUSTOMER') throw new ForbiddenError('A preview is of the customer whose token asks.');
      const { type, channel, properties, lines } = activity;
      return previewEarning(context.deps, scopeOf(context), caller.customerId, {
        ...{ type, channel, properties: properties ?? {}, locale: locale ?? null },
        lines: lines.map(({ id, amounts }) => ({ id, amounts: amounts as Record<string, string> })),
      });
    },
  }),
);
