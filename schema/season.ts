import { may } from '#domain/caller.ts';
import { maySeeLeaderboard } from '#domain/leaderboard/visibility.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { StandingsInterface } from './standings.ts';

export const SeasonRef = builder.objectRef<Season>('Season');

builder.node(SeasonRef, {
  description: 'One dated run of a leaderboard, made by the first score in it.',
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
    key: t.exposeString('key', { description: 'Its name: 2026-11-22, 2026-W47, 2026-11 or all.' }),
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
  }),
});
