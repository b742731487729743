import type { StreakExtended, StreakPrizeEffect } from '#domain/activity/effect.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { currencyCode } from './currency-code.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const StreakPrizeGivenRef = builder.objectRef<StreakPrizeEffect>('StreakPrizeGiven').implement({
  description: 'A length of a streak was awarded.',
  ...publicSurface,
  fields: (t) => ({
    length: t.exposeInt('length', { description: 'The length that it is for.' }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points given; 0 when it gives none, or the cap on the balance left no room.',
    }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: (it, _args, context) => currencyCode(context, it.currencyId),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the points expire; null when they do not, or there are none.',
      resolve: (it) => dateOf(it.expiresAt),
    }),
  }),
});

export const StreakExtendedRef = builder.objectRef<StreakExtended>('StreakExtended').implement({
  description: 'The activity met a period of a streak.',
  ...publicSurface,
  fields: (t) => ({
    streakId: t.id({ description: 'The streak, stk_….', resolve: (it) => publicId('Streak', it.streakId) }),
    streakCode: t.exposeString('streakCode', { description: 'Code of the streak.' }),
    streakName: t.exposeString('streakName', { description: 'Name of the streak then.' }),
    period: t.exposeString('period', {
      description: 'The period, by the customer’s own calendar: 2026-11-22, 2026-W47, 2026-11.',
    }),
    length: t.exposeInt('length', {
      description: 'Length of the run that the period belongs to: the current one, unless the activity came late.',
    }),
    current: t.exposeInt('current', { description: 'Length of the current run.' }),
    longest: t.exposeInt('longest', { description: 'The longest run ever.' }),
    freezes: t.exposeInt('freezes', { description: 'Freezes left.' }),
    healed: t.exposeBoolean('healed', { description: 'Whether this made a period good that was over.' }),
    prizes: t.field({
      type: [StreakPrizeGivenRef],
      description: 'Lengths that the run reaches by this, and what they give.',
      resolve: (it) => [...it.prizes],
    }),
  }),
});
