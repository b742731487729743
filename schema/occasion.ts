import { publicId } from '#domain/ids.ts';
import type { LEAP_DAYS, Occasion } from '#domain/occasion/occasion.ts';

import { builder } from './builder.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const LAWS =
  'The day begins at midnight by the customer’s own clocks, else the program’s. It is celebrated once a year and never again within 300 days, so that neither an edited date nor another zone pays twice. Missed days are made up for while they are not older than catchUpDays. Only who is enrolled celebrates.';

export const OccasionDateEnum = builder.enumType('OccasionDate', {
  description: 'Which date of a customer an occasion is about.',
  subGraphs: ['Public'],
  values: {
    BIRTHDAY: { description: 'The birthday.' },
    JOINING: { description: 'The day on which the customer first enrolled; its anniversaries are celebrated.' },
    ATTRIBUTE: { description: 'A DATE attribute.' },
  } satisfies Record<Occasion['date']['kind'], object>,
});

const LeapDayEnum = builder.enumType('LeapDay', {
  description: 'When 29 February is celebrated in years without it.',
  values: {
    FEB_28: { description: 'On 28 February.' },
    MAR_1: { description: 'On 1 March.' },
  } satisfies Record<(typeof LEAP_DAYS)[number], object>,
});

const OccasionRef = builder.objectRef<Occasion>('Occasion').implement({
  description: `A day of the year that belongs to a customer. When it comes, an activity is recorded, and earning rules say what it is worth. ${LAWS}`,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, occ_….', resolve: ({ id }) => publicId('Occasion', id) }),
    code: t.exposeString('code', { description: 'Unique among the occasions of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    date: t.field({ type: OccasionDateEnum, description: 'Which date it is about.', resolve: (it) => it.date.kind }),
    attribute: t.string({
      nullable: true,
      description: 'The attribute that holds the date; null unless date is ATTRIBUTE.',
      resolve: ({ date }) => (date.kind === 'ATTRIBUTE' ? date.attribute : null),
    }),
    leapDay: t.field({
      type: LeapDayEnum,
      description: 'When 29 February is celebrated in other years.',
      resolve: (it) => it.leapDay,
    }),
    activityType: t.exposeString('activityType', { description: 'Code of the activity type that is recorded.' }),
    audience: t.exposeString('audience', { description: 'CEL over customer, account and tiers; empty is everybody.' }),
    catchUpDays: t.exposeInt('catchUpDays', { description: 'Days that a missed celebration is made up for.' }),
    paused: t.exposeBoolean('paused', { description: 'True while nobody celebrates it.' }),
  }),
});

const OccasionInputRef = builder.inputType('OccasionInput', {
  description: `A whole occasion. ${LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the occasion; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    date: t.field({ type: OccasionDateEnum, required: true, description: 'Which date it is about.' }),
    attribute: t.string({ description: 'The DATE attribute; needed with ATTRIBUTE, not else.' }),
    leapDay: t.field({
      type: LeapDayEnum,
      required: true,
      defaultValue: 'FEB_28',
      description: 'When 29 February is celebrated in other years.',
    }),
    activityType: t.string({
      required: true,
      description:
        'Code of the activity type that is recorded. It must need no property; an INTEGER property years carries how many years it is.',
    }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account and tiers; empty is everybody.',
    }),
    catchUpDays: t.int({
      required: true,
      defaultValue: 7,
      description: 'Days that a missed celebration is made up for, 0 to 60.',
    }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True lets nobody celebrate.' }),
  }),
});

builder.objectFields(DraftRef, (t) => ({
  occasions: t.field({ type: [OccasionRef], description: 'All its occasions.', resolve: (it) => it.content.occasions }),
}));
builder.objectFields(RevisionRef, (t) => ({
  occasions: t.field({ type: [OccasionRef], description: 'All its occasions.', resolve: (it) => it.content.occasions }),
}));

defineSection({
  section: 'occasions',
  name: 'occasion',
  field: 'occasion',
  input: OccasionInputRef,
  toItem: ({ date, attribute, ...occasion }) => ({
    ...occasion,
    date: date === 'ATTRIBUTE' ? { kind: date, attribute: attribute ?? '' } : { kind: date },
  }),
});
