import { may } from '#domain/caller.ts';
import { maySeeLeaderboard } from '#domain/leaderboard/visibility.ts';
import type { SEASON_STATES, SeasonRun } from '#domain/season/season.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { SeasonPlanRef } from './season-plan.ts';
import { StandingsInterface } from './standings.ts';

export const SeasonStateEnum = builder.enumType('SeasonState', {
  description: 'How far a season has come.',
  subGraphs: ['Public'],
  values: {
    SCHEDULED: { description: 'It has not begun.' },
    OPEN: { description: 'It runs.' },
    CLOSING: { description: 'It is over; late activities still count by their own time, until lateUntil.' },
    SEALED: { description: 'Its standings are final and carry a hash. Prizes are being given.' },
    SETTLED: { description: 'Every prize is given, or open for its winner to claim.' },
    ARCHIVED: { description: 'Nothing of it can change any more.' },
  } satisfies Record<(typeof SEASON_STATES)[number], object>,
});

/** The season's life, read once a request. */
async function runOf(season: Season, context: Context): Promise<SeasonRun> {
  const run = await context.loaders.seasonRun.load(season.id);
  if (run === null) throw new Error('a season vanished');
  return run;
}

export const SeasonRef = builder.objectRef<Season>('Season');

builder.node(SeasonRef, {
  description:
    'One dated run of a leaderboard: made by the first score in it, or ahead of its time where the board has a plan.',
  subGraphs: ['Public'],
  interfaces: [StandingsInterface],
  id: { resolve: (season) => season.id, description: 'Global id, sea_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'leaderboardId' in value && 'startsOn' in value,
  loadMany: async (ids, context) => {
    if (!may(context.caller, 'leaderboard:read')) return ids.map(() => null);
    const { leaderboardById } = await context.deps.catalogues.current(programOf(context).programId);
    const seasons = await Promise.all(ids.map((id) => context.loaders.season.load(id)));
    return seasons.map((season) => {
      const board = leaderboardById.get(season?.leaderboardId ?? '');
      return board !== undefined && maySeeLeaderboard(context.caller, board) ? season : null;
    });
  },
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'Its name: 2026-11-22, 2026-W47, 2026-11, 2026-Q4, 2026, 2026-11-23T09:00, that of a date, or all.',
    }),
    name: t.exposeString('name', { nullable: true, description: 'For people; null where the key says it all.' }),
    startsOn: t.expose('startsOn', {
      type: 'Date',
      nullable: true,
      description: 'First day, in the program’s time zone; null on an all-time board.',
    }),
    endsOn: t.expose('endsOn', {
      type: 'Date',
      nullable: true,
      description:
        'The day after the last, in the program’s time zone; null on an all-time board. Late activities still count afterwards.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its first instant; null on an all-time board.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The first instant after it; null on an all-time board.',
    }),
    stage: t.field({
      type: SeasonStateEnum,
      description:
        'How far it has come, about a second late. Changes cause season.opened, .closed, .sealed, .settled and .archived.',
      resolve: async (season, _args, context) => (await runOf(season, context)).state,
    }),
    lateUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until then activities that happened within the season still count; null never ends.',
      resolve: async (season, _args, context) => (await runOf(season, context)).sealsAt,
    }),
    settledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last prize was given or opened for its claim; null before.',
      resolve: async (season, _args, context) => (await runOf(season, context)).settledAt,
    }),
    plan: t.field({
      type: SeasonPlanRef,
      nullable: true,
      description: 'What it promises; null before it opens, when the board’s plan still may change.',
      resolve: async (season, _args, context) => (await runOf(season, context)).plan,
    }),
  }),
});
