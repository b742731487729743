import { nextDated, seasonAfter, seasonOf } from '#domain/leaderboard/season.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { ensureSeasons } from '#storage/sql/ensure-seasons.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/**
 * Puts the season that runs now and the one after it on a board's calendar, so that they open by themselves, scored in or
 * not. From then on each season that opens makes its successor.
 */
export async function scheduleSeasons(
  deps: AppDeps,
  tx: Tx,
  { program: { timeZone } }: Pick<Catalogue, 'program'>,
  board: Leaderboard,
): Promise<void> {
  const current = seasonOf(board, tx.now, timeZone);
  const next = current === null ? nextDated(board, tx.now, timeZone) : seasonAfter(board, current, timeZone);
  const spans = [current, next].filter((span) => span !== null);
  await ensureSeasons(
    tx,
    tx.programId,
    deps.newId,
    tx.now,
    spans.map((span) => ({ ...span, leaderboardId: board.id, graceMinutes: board.plan.graceMinutes })),
  );
}
