import DataLoader from 'dataloader';

import { seasonOf } from '#domain/leaderboard/season.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import type { Deps } from '#src/deps.ts';
import type { Season } from '#storage/leaderboard-store.ts';

/** A board's season; null when nothing had been scored in it by `askedAt`. */
export type CurrentSeason = { season: Season | null; askedAt: Date };

/**
 * The season that a board is in now, by the program's clock. All fields of a request see the same one: else a list could be
 * empty while the instant beside it says that a first score is in.
 */
export function createCurrentSeasonLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<Leaderboard, CurrentSeason, string> {
  const find = async (board: Leaderboard): Promise<CurrentSeason> => {
    const askedAt = deps.clock();
    if (programId === null) return { season: null, askedAt };
    const { program } = await deps.catalogues.current(programId);
    const span = seasonOf(board, program.testClock ?? askedAt, program.timeZone);
    return { season: span === null ? null : await deps.boards.season(programId, board.id, span.key), askedAt };
  };
  return new DataLoader(async (boards: readonly Leaderboard[]) => Promise.all(boards.map(find)), {
    cacheKeyFn: (board) => board.id,
  });
}
