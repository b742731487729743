import { NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { listSeasons } from '#storage/leaderboard-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/** `season` is a season's key; null means all seasons of the board. */
export type LeaderboardRebuildInput = { leaderboardId: string; season: string | null };

/**
 * Has the ranked copies of a board built anew from the record, each beside the live one, and swapped. The relay does it
 * after the commit; boards stay readable. Gives the number of seasons concerned. Throws NotFoundError.
 */
export function rebuildLeaderboard(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: LeaderboardRebuildInput,
): Promise<{ leaderboardId: string; seasons: number; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const board = (await deps.catalogues.at(tx, tx.programId)).leaderboardById.get(input.leaderboardId);
    if (board === undefined) throw new NotFoundError('leaderboard', ['id']);
    const seasons = (await listSeasons(tx, { programId: tx.programId, leaderboardId: board.id })).filter(
      (season) => input.season === null || season.key === input.season,
    );
    if (input.season !== null && seasons.length === 0) throw new NotFoundError('season', ['season']);
    if (seasons.length > 0) {
      tx.emit({ type: 'leaderboard.rebuild_requested', seasonIds: seasons.map((season) => season.id) });
    }
    tx.audit({
      action: 'leaderboard.rebuild_requested',
      subject: publicId('Leaderboard', board.id),
      after: { season: input.season },
    });
    return { leaderboardId: board.id, seasons: seasons.length };
  });
}
