import { publicId } from '#domain/ids.ts';
import { updateLeaderboard } from '#storage/leaderboard-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openLeaderboard } from './update.ts';

/**
 * Ends a board: it stays readable as it stands and takes no more scores. There is no way back, because what happened
 * meanwhile would be missing. Throws NotFoundError, StateConflictError.
 */
export function archiveLeaderboard(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { leaderboardId: string },
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await lockLeaderboards(tx, tx.programId);
    const board = await openLeaderboard(deps, tx, input.leaderboardId);
    await updateLeaderboard(tx, tx.programId, { ...board, archivedAt: tx.now });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'leaderboard.archived', subject: publicId('Leaderboard', board.id) });
    return { leaderboardId: board.id };
  });
}
