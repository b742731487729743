import { StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { defineLeaderboard, type LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import { insertLeaderboard } from '#storage/leaderboard-store.ts';
import { backfillLeaderboard } from '#storage/sql/backfill-leaderboard.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { hideUnlisted } from '#storage/sql/place-entries.ts';
import { backfillSpans } from '#storage/sql/season-recompute.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { placeAll } from './place.ts';

/** Boards of one program, archived ones not counted: each costs a little on every activity. */
const LEADERBOARDS_MAX = 50;
const BACKFILL_MAX_MS = 120_000;

/**
 * Makes a board and fills it from everything that happened before, so that it shows what it would had it always been there;
 * boards of teams, and those that limit attempts, begin empty, since what they count is decided when it happens.
 * Activities of this program wait meanwhile: some milliseconds for thousands, about four seconds for a million. Throws
 * InvalidInputError, NotFoundError, StateConflictError when the code is taken or the program has its 50 boards.
 */
export function createLeaderboard(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: LeaderboardDefinition,
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await lockLeaderboards(tx, tx.programId);
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const board = defineLeaderboard(deps.newId(), input, catalogue);
    if (catalogue.leaderboards.some((known) => known.code === board.code)) {
      throw new StateConflictError(`There is a leaderboard ${board.code} already.`, 'EXISTS', ['code']);
    }
    if (catalogue.leaderboards.filter((known) => !known.archived).length >= LEADERBOARDS_MAX) {
      throw new StateConflictError(`A program has at most ${LEADERBOARDS_MAX} leaderboards; archive one.`, 'FULL');
    }
    await insertLeaderboard(tx, tx.programId, board);
    await tx.query(`set local statement_timeout = ${BACKFILL_MAX_MS}`);
    const isByPeriod = board.period !== 'CRON' && board.period !== 'DATES';
    const backfill = isByPeriod ? backfillLeaderboard : backfillSpans;
    const seasonIds = await backfill(tx, tx.programId, deps.newId, board, catalogue.program.timeZone, tx.now);
    if (seasonIds.length > 0) {
      await hideUnlisted(tx, tx.programId, seasonIds);
      await placeAll(tx, { ...catalogue, leaderboards: [board] }, seasonIds);
    }
    if (seasonIds.length > 0) tx.emit({ type: 'leaderboard.rebuild_requested', seasonIds });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'leaderboard.created', subject: publicId('Leaderboard', board.id), after: board });
    return { leaderboardId: board.id };
  });
}
