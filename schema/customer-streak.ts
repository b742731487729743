import { explainCustomerStreak } from '#app/explanation/explain-streak.ts';
import type { StreakNow } from '#app/streak/read.ts';
import { endOfPeriod, firstDayOf, periodName } from '#domain/streak/calendar.ts';
import type { DayRange } from '#domain/streak/judge.ts';
import type { StreakState } from '#domain/streak/standing.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { ExplanationRef } from './explanation.ts';
import { StreakRef } from './streak.ts';

export type { StreakNow };

const publicSurface = { subGraphs: ['Public' as const] };

export const StreakStateEnum = builder.enumType('StreakState', {
  description: 'Where a customer stands with a streak.',
  ...publicSurface,
  values: {
    NONE: { description: 'It has not begun.' },
    ACTIVE: { description: 'It goes on.' },
    AT_RISK: { description: 'The period ends soon, or has ended and waits for late reports, and is not met.' },
    FROZEN: { description: 'It lives by a freeze, and waits for the next met period.' },
    PAUSED: { description: 'A pause is running.' },
    BROKEN: { description: 'It was lost, and has not begun anew.' },
  } satisfies Record<StreakState, object>,
});

const PauseRef = builder.objectRef<DayRange>('StreakPause').implement({
  description: 'Local days of the customer on which a streak is paused.',
  ...publicSurface,
  fields: (t) => ({
    from: t.expose('from', { type: 'Date', description: 'The first of them.' }),
    until: t.field({ type: 'Date', description: 'The day after the last.', resolve: (it) => it.to }),
  }),
});

const BreakRef = builder.objectRef<{ period: string; length: number; at: Date }>('StreakBreak').implement({
  description: 'How a streak was lost.',
  ...publicSurface,
  fields: (t) => ({
    period: t.exposeString('period', { description: 'The period that was missed: 2026-11-22, 2026-W47, 2026-11.' }),
    length: t.exposeInt('length', { description: 'The length that was lost.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When that period ended.' }),
  }),
});

const cadenceOf = ({ book }: StreakNow) => book.compiled.streak.cadence;
const dayOf = (it: StreakNow, period: number | null): string | null =>
  period === null ? null : firstDayOf(cadenceOf(it), period);

export const CustomerStreakRef = builder.objectRef<StreakNow>('CustomerStreak').implement({
  description:
    'Where a customer stands with a streak now, also when no job has yet done what came due. Periods are those of the customer’s own calendar.',
  ...publicSurface,
  fields: (t) => ({
    streak: t.field({ type: StreakRef, description: 'Which streak.', resolve: ({ book }) => book.compiled.streak }),
    state: t.field({ type: StreakStateEnum, description: 'How it stands.', resolve: ({ standing }) => standing.state }),
    current: t.int({
      description: 'Periods in a row now; 0 when it is broken.',
      resolve: ({ book }) => book.run.length,
    }),
    longest: t.int({ description: 'Most periods in a row ever.', resolve: ({ book }) => book.run.longest }),
    startedOn: t.field({
      type: 'Date',
      nullable: true,
      description: 'First local day of the first period of the run; null without one.',
      resolve: (it) => dayOf(it, it.book.run.startedOn),
    }),
    lastMet: t.string({
      nullable: true,
      description: 'The last met period: 2026-11-22, 2026-W47, 2026-11; null before the first.',
      resolve: (it) => (it.book.run.lastMet === null ? null : periodName(cadenceOf(it), it.book.run.lastMet)),
    }),
    period: t.string({
      description: 'The period that the customer’s clocks show.',
      resolve: (it) => periodName(cadenceOf(it), it.standing.period),
    }),
    isMet: t.boolean({ description: 'Whether that period is met.', resolve: ({ standing }) => standing.isMet }),
    freezes: t.int({ description: 'Freezes left.', resolve: ({ book }) => book.run.freezes }),
    deadline: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the next period ends that has to be met: then a freeze is used, or the streak breaks. Null without a run.',
      resolve: ({ standing }) => standing.pending?.deadline ?? null,
    }),
    zone: t.string({
      description: 'The time zone that the days are cut by now.',
      resolve: ({ book }) => book.clock.zone,
    }),
    pauses: t.field({
      type: [PauseRef],
      description: 'The pause that is running or ahead; empty without one.',
      resolve: (it) => it.book.pauses.filter(({ to }) => to > firstDayOf(cadenceOf(it), it.standing.period)),
    }),
    explanation: t.field({
      type: ExplanationRef,
      description:
        'Why it stands so: of a broken one which period was missed, what was seen in it, and what it needed; else the same of the period that has to be met next.',
      args: {
        locale: t.arg.string({
          description:
            'Language of the text, such as de-AT; left out, the customer’s own. English unless it is German.',
        }),
      },
      resolve: (it, { locale }, context) =>
        explainCustomerStreak(context.deps, programOf(context).programId, it, locale ?? null),
    }),
    lastBreak: t.field({
      type: BreakRef,
      nullable: true,
      description: 'The last break that stands; null when there is none.',
      resolve: (it) => {
        const { broke } = it.book.run;
        if (broke === null) return null;
        const period = periodName(cadenceOf(it), broke.period);
        return { period, length: broke.length, at: endOfPeriod(it.book.clock, cadenceOf(it), broke.period) };
      },
    }),
  }),
});

builder.objectFields(CustomerRef, (t) => ({
  streaks: t.field({
    type: [CustomerStreakRef],
    description:
      'Where the customer stands with each live streak, in their order; those that stand still are left out. Needs tier:read, or self:read for one’s own.',
    authScopes: { permission: ['tier:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.streaks.load(id))],
  }),
}));
