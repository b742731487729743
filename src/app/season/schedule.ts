import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { defineDates } from '#domain/leaderboard/season-times.ts';
import type { DatedSeason } from '#domain/leaderboard/season.ts';
import { writeSeasonDates } from '#storage/season-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { openLeaderboard } from '../leaderboard/update.ts';
import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { scheduleSeasons } from './calendar.ts';

export type SeasonScheduleInput = { leaderboardId: string; season: DatedSeason };

/**
 * Adds a season to a board by dates. It begins in the future, beyond what activities may be ahead of their time: so nothing
 * that would count in it is on record. Throws InvalidInputError, NotFoundError, StateConflictError.
 */
export function scheduleSeason(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { leaderboardId, season }: SeasonScheduleInput,
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await lockLeaderboards(tx, tx.programId);
    const board = await openLeaderboard(deps, tx, leaderboardId, ['leaderboardId']);
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    if (board.period !== 'DATES') {
      throw new InvalidInputError('Only a board by DATES lists its seasons.', ['leaderboardId']);
    }
    const earliest = new Date(tx.now.getTime() + catalogue.program.futureActivityMinutes * 60_000);
    if (season.startsAt <= earliest) {
      throw new InvalidInputError(`A season that is added begins after ${earliest.toISOString()}.`, ['startsAt']);
    }
    const dates = defineDates([...board.dates, season]);
    await writeSeasonDates(tx, tx.programId, board.id, dates);
    await scheduleSeasons(deps, tx, catalogue, { ...board, dates });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'season.scheduled', subject: publicId('Leaderboard', board.id), after: season });
    return { leaderboardId: board.id };
  });
}
