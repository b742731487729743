import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { assertRankNoticePlan, type RankNoticePlan } from '#domain/rank-notice/rank-notice.ts';
import { readRankNoticePlans, saveRankNoticePlan } from '#storage/rank-notice-store.ts';

import { openLeaderboard } from '../leaderboard/update.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type RankNoticesInput = {
  leaderboardId: string;
  /** Null sends none. */
  plan: RankNoticePlan | null;
};

/**
 * Says whether a board tells customers when their rank changes, whom and how often. Throws InvalidInputError, also for
 * boards of parts and teams, NotFoundError, StateConflictError.
 */
export function setRankNotices(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { leaderboardId, plan }: RankNoticesInput,
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const board = await openLeaderboard(deps, tx, leaderboardId, ['leaderboardId']);
    if (plan !== null) assertRankNoticePlan(plan);
    if (plan !== null && board.scope !== 'PROGRAM')
      throw new InvalidInputError('Boards of parts and of teams send no notices of ranks.', ['leaderboardId']);
    const [known] = await readRankNoticePlans(tx, tx.programId, [board.id]);
    const before = known === undefined ? null : { first: known.first, everyMinutes: known.everyMinutes };
    await saveRankNoticePlan(tx, tx.programId, board.id, plan);
    tx.audit({ action: 'rank_notices.set', subject: publicId('Leaderboard', board.id), before, after: plan });
    return { leaderboardId: board.id };
  });
}
