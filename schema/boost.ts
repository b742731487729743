import type { Boost } from '#domain/earning/boost.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { HoursInputRef, HoursRef } from './hours.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const LAW =
  'Of the boosts in one exclusive group only the greatest counts; those that remain multiply each other; the product multiplies the exact award, which is rounded once by the rule’s rounding (a fixed award downwards); caps and budgets come after.';

const BoostRef = builder.objectRef<Boost>('Boost').implement({
  description: `Multiplies what earning rules award, for whom and when its condition holds. ${LAW}`,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, bst_….', resolve: (boost) => publicId('Boost', boost.id) }),
    code: t.exposeString('code', { description: 'Unique among the boosts of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    multiplier: t.expose('multiplier', { type: 'Decimal', description: 'Above 0, at most 100; exact.' }),
    rules: t.exposeStringList('rules', { description: 'Codes of the rules that it multiplies; empty multiplies all.' }),
    condition: t.exposeString('condition', { description: 'CEL, true or false; empty holds always.' }),
    validFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'In force for activities from then on, inclusive.',
      resolve: ({ validFrom }) => dateOf(validFrom),
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'In force for activities before then, exclusive.',
      resolve: ({ validUntil }) => dateOf(validUntil),
    }),
    hours: t.field({
      type: [HoursRef],
      description: 'In force only within these hours; empty is always.',
      resolve: (boost) => boost.hours,
    }),
    exclusiveGroup: t.exposeString('exclusiveGroup', {
      nullable: true,
      description: 'Of the boosts in one group, only the greatest counts; equal ones by code.',
    }),
  }),
});

const BoostInputRef = builder.inputType('BoostInput', {
  description: `A whole boost. ${LAW}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the boost; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    multiplier: t.field({ type: 'Decimal', required: true, description: 'Above 0, at most 100.' }),
    rules: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of the rules that it multiplies; empty multiplies all.',
    }),
    condition: t.string({
      required: true,
      defaultValue: '',
      description:
        'CEL over activity, customer, account, tier and counters; it must make sense for the activity type of every rule that it multiplies. Empty holds always.',
    }),
    validFrom: t.field({ type: 'DateTime', description: 'In force for activities from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'In force for activities before then, exclusive.' }),
    hours: t.field({
      type: [HoursInputRef],
      required: true,
      defaultValue: [],
      description: 'In force only within these hours, at most 20; empty is always.',
    }),
    exclusiveGroup: t.string({ description: 'Of the boosts in one group, only the greatest counts.' }),
  }),
});

builder.objectFields(DraftRef, (t) => ({
  boosts: t.field({ type: [BoostRef], description: 'All its boosts.', resolve: (it) => it.content.boosts }),
}));
builder.objectFields(RevisionRef, (t) => ({
  boosts: t.field({ type: [BoostRef], description: 'All its boosts.', resolve: (it) => it.content.boosts }),
}));

defineSection({
  section: 'boosts',
  name: 'boost',
  field: 'boost',
  input: BoostInputRef,
  toItem: ({ validFrom, validUntil, exclusiveGroup = null, ...boost }) => ({
    ...boost,
    validFrom: validFrom?.toISOString() ?? null,
    validUntil: validUntil?.toISOString() ?? null,
    exclusiveGroup,
  }),
});
