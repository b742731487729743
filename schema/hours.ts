import type { DaySpan, Hours } from '#domain/earning/hours.ts';

import { builder } from './builder.ts';

/** Hours of the week, as read and as written. */
export const HoursRef = builder.objectRef<Hours>('Hours').implement({
  description: 'Hours of some days of the week, by the clocks of the program’s time zone.',
  fields: (t) => ({
    days: t.exposeIntList('days', { description: 'ISO days of the week: 1 is Monday, 7 is Sunday.' }),
    from: t.exposeString('from', { description: 'From then on, inclusive, as 18:30.' }),
    until: t.exposeString('until', {
      description: 'Until then, exclusive; not after `from` it lies on the next day, equal to it makes a whole day.',
    }),
  }),
});

export const HoursInputRef = builder.inputType('HoursInput', {
  description: 'Hours of some days of the week, by the clocks of the program’s time zone.',
  fields: (t) => ({
    days: t.intList({ required: true, description: 'ISO days of the week: 1 is Monday, 7 is Sunday.' }),
    from: t.string({ required: true, description: 'From then on, inclusive, as 18:30.' }),
    until: t.string({
      required: true,
      description: 'Until then, exclusive; not after `from` it lies on the next day, equal to it makes a whole day.',
    }),
  }),
});

export const DaySpanRef = builder.objectRef<DaySpan>('DaySpan').implement({
  description: 'Local days of the program’s time zone.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'The first day, inclusive, as 2026-12-24.' }),
    until: t.exposeString('until', { description: 'The day after the last one.' }),
  }),
});

export const DaySpanInputRef = builder.inputType('DaySpanInput', {
  description: 'Local days of the program’s time zone.',
  fields: (t) => ({
    from: t.string({ required: true, description: 'The first day, inclusive, as 2026-12-24.' }),
    until: t.string({ required: true, description: 'The day after the last one.' }),
  }),
});
