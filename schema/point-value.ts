import { setPointValue } from '#app/point-value/set.ts';
import { localDay } from '#domain/time.ts';
import { findPointValue, listPointValues, type PointValue, type PointValueReason } from '#storage/point-value-store.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { economySubject } from './economy.ts';
import { defineMutation } from './mutation.ts';
import { PointCurrencyRef } from './point-currency.ts';

export const PointValueReasonEnum = builder.enumType('PointValueReason', {
  description: 'What a value of points says.',
  values: {
    COST: { description: 'What a redeemed point costs the program.' },
    SELLING: { description: 'What a point would sell for by itself: its stand-alone selling price if it is redeemed.' },
  } satisfies Record<PointValueReason, object>,
});

export const PointValueRef = builder.objectRef<PointValue>('PointValue').implement({
  description: 'What points of a currency are worth in money from a day on. Never changes; a new price is a new value.',
  fields: (t) => ({
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.currencyId),
    }),
    reason: t.field({ type: PointValueReasonEnum, description: 'What it says.', resolve: (it) => it.reason }),
    validFrom: t.field({
      type: 'Date',
      description: 'The first day, in the program’s zone.',
      resolve: (it) => it.validFrom,
    }),
    minorPerThousand: t.expose('minorPerThousand', {
      type: 'Decimal',
      description:
        'Minor units of the money, such as cents, for 1,000 points; exact, up to nine digits after the point.',
    }),
    moneyCurrency: t.exposeString('moneyCurrency', { description: 'ISO 4217 code of the money.' }),
    note: t.exposeString('note', { nullable: true, description: 'Why, in words; null when nothing was said.' }),
    actor: t.exposeString('actor', { description: 'Who set it.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was set.' }),
  }),
});

defineMutation('pointValueSet', {
  description:
    'Sets what points of a currency are worth from a day on. Earlier days keep their value; of two for one day the later set counts. Causes no event.',
  permission: 'program:write',
  input: (t) => ({
    currency: t.string({ description: 'Code of a point currency; left out, the default one.' }),
    reason: t.field({ type: PointValueReasonEnum, required: true, description: 'What the value says.' }),
    validFrom: t.field({
      type: 'Date',
      required: true,
      description: 'The first day, in the program’s zone; it may lie in the past or ahead.',
    }),
    minorPerThousand: t.field({
      type: 'Decimal',
      required: true,
      description: 'Minor units of the money for 1,000 points, 0 to 10^15, up to nine digits after the point.',
    }),
    moneyCurrency: t.string({ description: 'ISO 4217 code of the money; left out, the program’s.' }),
    note: t.string({ description: 'Why, 1 to 500 characters.' }),
  }),
  run: (input, context, command) =>
    setPointValue(context.deps, scopeOf(context), command, {
      currency: input.currency ?? null,
      reason: input.reason,
      validFrom: input.validFrom,
      minorPerThousand: input.minorPerThousand,
      moneyCurrency: input.moneyCurrency ?? null,
      note: input.note ?? null,
    }),
  payload: (t) => ({
    pointValue: t.field({
      type: PointValueRef,
      description: 'The new value.',
      resolve: ({ value }) => ({ ...value, recordedAt: new Date(value.recordedAt) }),
    }),
  }),
});

const VALUES_MAX = 100;

builder.queryFields((t) => ({
  pointValue: t.field({
    type: PointValueRef,
    nullable: true,
    description:
      'What points of a currency are worth on a day; null when no value is set for it, or there is no such currency. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: {
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
      reason: t.arg({ type: PointValueReasonEnum, required: true, description: 'Cost or selling price.' }),
      on: t.arg({ type: 'Date', description: 'The day, in the program’s zone; left out, today.' }),
    },
    resolve: async (_root, { currency, reason, on }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return null;
      const { program } = subject.catalogue;
      const day = on ?? localDay(program.testClock ?? context.deps.clock(), program.timeZone);
      return findPointValue(context.deps.reads, {
        programId: program.id,
        currencyId: subject.currencyId,
        reason,
        on: day,
      });
    },
  }),
  pointValues: t.field({
    type: [PointValueRef],
    description:
      'The values set for points of a currency, the latest first day first: the newest 100. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: { currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }) },
    resolve: async (_root, { currency }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return [];
      const { catalogue, currencyId } = subject;
      return listPointValues(context.deps.reads, { programId: catalogue.program.id, currencyId, limit: VALUES_MAX });
    },
  }),
}));
