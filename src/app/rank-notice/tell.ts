import { decideRankNotices } from '#domain/rank-notice/rank-notice.ts';
import { readSeasons } from '#storage/leaderboard-store.ts';
import { onlyRow } from '#storage/postgres.ts';
import {
  findListed,
  findRunningSeason,
  forgetTold,
  lockRankNoticePlan,
  readTold,
  saveTold,
} from '#storage/rank-notice-store.ts';
import { readFirst } from '#storage/sql/read-standings.ts';

import { inTransaction, type AppDeps } from '../transaction.ts';

/** A notice is of use for so long. */
const OF_USE_MS = 86_400_000;

/**
 * Looks at the first of a board and tells those whose rank is another one than they were told, as often as the board allows.
 * What was told and its event are one transaction, so that a killed process neither loses nor repeats any. A board that
 * customers do not see tells nobody. Gives how many were told.
 */
export function tellRanks(
  deps: AppDeps,
  { programId, leaderboardId }: { programId: string; leaderboardId: string },
): Promise<number> {
  return inTransaction(deps, { programId, actor: 'system:ranks' }, async (tx) => {
    const plan = await lockRankNoticePlan(tx, programId, leaderboardId);
    const board = (await deps.catalogues.at(tx, programId)).leaderboardById.get(leaderboardId);
    if (plan === null || board === undefined || board.archived || !board.isPublic) return 0;
    const seasonId = await findRunningSeason(tx, programId, leaderboardId, tx.now);
    await forgetTold(tx, programId, leaderboardId, seasonId);
    if (seasonId === null) return 0;
    const season = onlyRow(await readSeasons(tx, programId, [seasonId]));
    const told = await readTold(tx, programId, seasonId);
    const rows = await readFirst(tx, season, plan.first);
    const ranks = new Map(rows.map(({ customerId, rank }) => [customerId, rank]));
    const behind = told.flatMap(({ customerId }) => (ranks.has(customerId) ? [] : [customerId]));
    const listed = await findListed(tx, programId, seasonId, behind);
    const { steps, known, forgotten } = decideRankNotices(told, ranks, (id) => listed.has(id), plan, tx.now);
    await saveTold(tx, programId, seasonId, known, forgotten);
    const of = { leaderboardId, leaderboard: board.code, seasonId, season: season.key, first: plan.first };
    const until = new Date(tx.now.getTime() + OF_USE_MS).toISOString();
    for (const step of steps) tx.emit({ type: 'leaderboard.rank_changed', ...of, ...step, until });
    return steps.length;
  });
}
