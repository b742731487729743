import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findLeaderboard, visibleLeaderboard } from '#schema/leaderboard.ts';
import { badUserInput } from '#schema/paging.ts';
import { SeasonRef } from '#schema/season.ts';
import { readSeasons, type Season } from '#storage/leaderboard-store.ts';

import { createStream, type Signals, type Source } from './stream.ts';

builder.subscriptionField('seasonChanged', (t) =>
  t.field({
    type: SeasonRef,
    description:
      'Seasons of a leaderboard as they open, close, are sealed, settled and archived: each item is a season that has come further, as it stands then. Begins with the next change; ask leaderboard.seasons for how they stand. Ends when the caller may not see the board any more. Needs leaderboard:read.',
    subGraphs: ['Public'],
    authScopes: { permission: 'leaderboard:read' },
    args: {
      id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
    },
    subscribe: async (_root, named, context) => {
      const board = await findLeaderboard(named, context);
      if (board === null) throw badUserInput('There is no such leaderboard.');
      return createStream<Season>((signals) => openSource(context, board.id, signals));
    },
    resolve: (season) => season,
  }),
);

/** Messages say which season has come further; of several about one, the newest state is told once. */
async function openSource(context: Context, leaderboardId: string, signals: Signals): Promise<Source<Season>> {
  const { deps } = context;
  const { programId } = programOf(context);
  const moved = new Set<string>();
  const listening = deps.live.listen('season', { programId, leaderboardId }, ({ seasonId }) => {
    moved.add(seasonId);
    signals.wake();
  });
  await listening.ready;
  return {
    async take() {
      const [seasonId] = moved;
      if (seasonId === undefined) return null;
      if ((await visibleLeaderboard(leaderboardId, context)) === null) {
        signals.end();
        return null;
      }
      moved.delete(seasonId);
      context.loaders.seasonRun.clear(seasonId);
      const [season = null] = await readSeasons(deps.reads, programId, [seasonId]);
      if (moved.size > 0) signals.wake();
      return season;
    },
    close: () => listening.stop(),
  };
}
