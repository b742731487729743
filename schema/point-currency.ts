import { createPointCurrency } from '#app/point-currency/create.ts';
import { updatePointCurrencyDetails, type PointCurrencyUpdateInput } from '#app/point-currency/update.ts';
import { may } from '#domain/caller.ts';
import { restateExpiry, type StatedExpiry } from '#domain/earning/expiry-style.ts';
import { LimitExceededError } from '#domain/errors.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { currencyExpiryOf, lengthIn, PointExpiryInput, PointExpiryUnion } from './point-expiry.ts';

const PointCurrencyKind = builder.enumType('PointCurrencyKind', {
  description: 'What points of a currency are good for.',
  subGraphs: ['Public'],
  values: {
    SPENDABLE: { description: 'They can be spent, held and transferred.' },
    STATUS: { description: 'They count for standing and can never be spent, held or transferred.' },
  } satisfies Record<PointCurrency['kind'], object>,
});

export const PointCurrencyRef = builder.objectRef<PointCurrency>('PointCurrency');

builder.node(PointCurrencyRef, {
  description: 'One kind of points of a program. The first one of every program is `points`, and can be spent.',
  subGraphs: ['Public'],
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) =>
    may(context.caller, 'program:read') ? ids.map((id) => context.loaders.pointCurrency.load(id)) : ids.map(() => null),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Its stable name in rules and imports, unique in the program.' }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    kind: t.field({
      type: PointCurrencyKind,
      description: 'What it is good for; never changes.',
      resolve: (it) => it.kind,
    }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it is meant where none is named.' }),
    balanceCap: t.expose('balanceCap', {
      type: 'Points',
      nullable: true,
      description:
        'Most points a customer may have, pending and held ones included: a credit beyond it is cut. Null sets no cap.',
    }),
    expiry: t.field({
      type: PointExpiryUnion,
      nullable: true,
      description: 'How its points expire where a rule or milestone says nothing else; null never.',
      resolve: (it) => it.expiry,
    }),
    expiryMonths: t.int({
      nullable: true,
      description:
        "Points expire at the end of the day, in the program's zone, this many months after they were earned, or of the period of expiry.roundUpTo. Null: not by months.",
      resolve: (it) => lengthIn(it.expiry, 'months'),
    }),
    expiryDays: t.int({
      nullable: true,
      description:
        "Points expire at the end of the day, in the program's zone, this many days after they were earned, or of the period of expiry.roundUpTo. Null: not by days.",
      resolve: (it) => lengthIn(it.expiry, 'days'),
    }),
    expiryNoticeDays: t.intList({
      description: 'So many days before points expire their customer is told by points.expiring, rising; empty never.',
      resolve: (it) => it.expiryNoticeDays,
    }),
  }),
});

const NOTICE_DAYS =
  'So many days before points expire their customer is told: at most 10 numbers from 0 to 366, rising. Of points that last with activity, fewer days than they last.';

type StatedInput = Omit<StatedExpiry, 'expiry'> & { expiry?: typeof PointExpiryInput.$inferInput | null | undefined };

/** What an input states of the expiry; what it leaves out is undefined. */
function statedExpiry({ expiry, expiryMonths, expiryDays }: StatedInput): StatedExpiry {
  return { expiry: expiry ? currencyExpiryOf(expiry) : expiry, expiryMonths, expiryDays };
}

defineMutation('pointCurrencyCreate', {
  description: 'Adds a point currency. A program has at most 50. Causes catalogue.changed.',
  permission: 'program:write',
  errors: [LimitExceededError],
  input: (t) => ({
    code: t.string({
      required: true,
      description: '1 to 40 of a-z, 0-9 and _, beginning with a letter; never changes.',
    }),
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    kind: t.field({
      type: PointCurrencyKind,
      required: true,
      defaultValue: 'SPENDABLE',
      description: 'What it is good for; never changes.',
    }),
    isDefault: t.boolean({
      required: true,
      defaultValue: false,
      description: 'True takes the place of the present default. Only a spendable one can.',
    }),
    balanceCap: t.field({
      type: 'Points',
      description: 'Most points a customer may have; null, the default, sets no cap.',
    }),
    expiry: t.field({
      type: PointExpiryInput,
      description: 'How points expire; null, the default, never. Not together with expiryMonths or expiryDays.',
    }),
    expiryNoticeDays: t.intList({ required: true, defaultValue: [], description: NOTICE_DAYS }),
    expiryMonths: t.int({
      description:
        'Months after which points expire, 1 to 1,200; not together with expiryDays. Null, the default, never.',
    }),
    expiryDays: t.int({
      description:
        'Days after which points expire, 1 to 36,500; not together with expiryMonths. Null, the default, never.',
    }),
  }),
  run: (input, context, command) =>
    createPointCurrency(context.deps, scopeOf(context), command, {
      code: input.code,
      name: input.name,
      kind: input.kind,
      isDefault: input.isDefault,
      balanceCap: input.balanceCap ?? null,
      expiry: restateExpiry(null, statedExpiry(input)),
      expiryNoticeDays: input.expiryNoticeDays,
    }),
  payload: (t) => ({
    pointCurrency: t.field({
      type: PointCurrencyRef,
      description: 'The new currency.',
      resolve: ({ currencyId }, _args, context) => present(context.loaders.pointCurrency.load(currencyId)),
    }),
  }),
});

defineMutation('pointCurrencyUpdate', {
  description:
    'Changes a point currency; what is left out stays. A new expiry counts for points earned from now on. Causes catalogue.changed.',
  permission: 'program:write',
  input: (t) => ({
    pointCurrencyId: t.id({ required: true, description: 'Which one.' }),
    name: t.string({ description: 'Its new name for people.' }),
    isDefault: t.boolean({ description: 'True makes it the default; false is only good for one that is not.' }),
    balanceCap: t.field({ type: 'Points', description: 'The new cap; null lifts it. Balances above it stay.' }),
    expiry: t.field({
      type: PointExpiryInput,
      description: 'How points expire from now on; null never. Not together with expiryMonths or expiryDays.',
    }),
    expiryNoticeDays: t.intList({ description: NOTICE_DAYS }),
    expiryMonths: t.int({
      description:
        'Months after which points expire, which takes the place of any other expiry; null ends expiry by months.',
    }),
    expiryDays: t.int({
      description:
        'Days after which points expire, which takes the place of any other expiry; null ends expiry by days.',
    }),
  }),
  run: (input, context, command) => {
    const changes: PointCurrencyUpdateInput = {
      currencyId: wantedUuid('PointCurrency', input.pointCurrencyId, 'point currency', ['pointCurrencyId']),
      ...statedExpiry(input),
    };
    if (typeof input.name === 'string') changes.name = input.name;
    if (typeof input.isDefault === 'boolean') changes.isDefault = input.isDefault;
    if (input.balanceCap !== undefined) changes.balanceCap = input.balanceCap;
    if (input.expiryNoticeDays) changes.expiryNoticeDays = input.expiryNoticeDays;
    return updatePointCurrencyDetails(context.deps, scopeOf(context), command, changes);
  },
  payload: (t) => ({
    pointCurrency: t.field({
      type: PointCurrencyRef,
      description: 'The currency after the change.',
      resolve: ({ currencyId }, _args, context) => present(context.loaders.pointCurrency.load(currencyId)),
    }),
  }),
});
