import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { placeRows, type SealedRow, type SealHeader } from '#domain/season/sealed.ts';
import { findErased } from '#storage/erasure-store.ts';
import { readSeasons } from '#storage/leaderboard-store.ts';
import { onlyRow, type Statements } from '#storage/postgres.ts';
import { readSealedAll } from '#storage/season-standing-store.ts';
import { readSeasonRuns } from '#storage/season-store.ts';
import { recomputeSeason } from '#storage/sql/season-recompute.ts';

import type { AppDeps } from '../transaction.ts';
import { hashRows, hashSealed } from './seal.ts';

/** How a sealed season compares with what activities come to. */
export type SeasonVerification = {
  seasonId: string;
  /** All three hashes are one. */
  isProven: boolean;
  /** As it was written when the season was sealed. */
  sealedHash: string;
  /** Of the sealed rows as they are now. */
  rowsHash: string;
  /** Of standings counted anew from the activities. */
  recomputedHash: string;
  count: number;
  recomputedCount: number;
  /** Up to ten customers whose rows differ. */
  differences: readonly { customerId: string; sealed: SealedRow | null; recomputed: SealedRow | null }[];
};

const DIFFERENCES_MAX = 10;

/**
 * Counts a sealed season anew from the activities, their reversals and the ledger, less its corrections, and compares. The
 * board's entries, which the standings were made of, play no part; who was listed, and in which part of the board, is a
 * fact of the sealing and taken from there, and so is who had been erased by then. Throws NotFoundError, or StateConflictError before it is sealed.
 */
export async function verifySeason(
  deps: Pick<AppDeps, 'catalogues'> & { reads: Statements },
  programId: string,
  seasonId: string,
): Promise<SeasonVerification> {
  const { reads } = deps;
  const [run] = await readSeasonRuns(reads, programId, [seasonId]);
  if (run === undefined) throw new NotFoundError('season', ['id']);
  const { standingHash, startsAt, endsAt, standingCount } = run;
  if (standingHash === null || startsAt === null || endsAt === null) {
    throw new StateConflictError('This season is not sealed yet.', run.state, ['id']);
  }
  const catalogue = await deps.catalogues.at(reads, programId);
  const board = catalogue.leaderboardById.get(run.leaderboardId);
  if (board === undefined) throw new NotFoundError('leaderboard', ['id']);
  const season = onlyRow(await readSeasons(reads, programId, [seasonId]));
  const header: SealHeader & { programId: string } = {
    ...{ ...run, ...season },
    scoreDecimals: board.scoreDecimals,
    count: standingCount ?? 0,
  };
  const sealed = new Map((await readSealedAll(reads, programId, seasonId)).map((row) => [row.customerId, row]));
  const span = { seasonId, startsAt, endsAt };
  const counted = await recomputeSeason(reads, programId, board, catalogue.program.timeZone, span);
  const unsealed = counted.flatMap(({ customerId }) => (sealed.has(customerId) ? [] : [customerId]));
  const erased = await findErased(reads, programId, unsealed);
  const playing = counted.filter(({ customerId }) => !erased.has(customerId));
  const placed = placeRows(
    playing.map((row) => {
      const known = sealed.get(row.customerId);
      // Somebody of whom the sealed record does not know stands in the main part, and so makes a difference.
      return { ...row, part: known?.part ?? '', isListed: known === undefined || known.position !== null };
    }),
    season.direction,
    season.tieRule,
  );
  const listed = placed.filter(({ position }) => position !== null);
  const rowsHash = await hashSealed(reads, header);
  const recomputedHash = hashRows({ ...header, count: listed.length }, listed);
  return {
    seasonId,
    isProven: standingHash === rowsHash && rowsHash === recomputedHash,
    sealedHash: standingHash,
    rowsHash,
    recomputedHash,
    count: header.count,
    recomputedCount: listed.length,
    differences: differencesOf(sealed, placed),
  };
}

function differencesOf(
  sealed: ReadonlyMap<string, SealedRow>,
  placed: readonly SealedRow[],
): SeasonVerification['differences'] {
  const recomputed = new Map(placed.map((row) => [row.customerId, row]));
  const differing = [...new Set([...sealed.keys(), ...recomputed.keys()])].filter(
    (customerId) => textOf(sealed.get(customerId)) !== textOf(recomputed.get(customerId)),
  );
  return differing.slice(0, DIFFERENCES_MAX).map((customerId) => ({
    customerId,
    sealed: sealed.get(customerId) ?? null,
    recomputed: recomputed.get(customerId) ?? null,
  }));
}

function textOf(row: SealedRow | undefined): string {
  if (row === undefined) return '';
  const { part, position, rank, tied, score, subScore, reachedAt } = row;
  return JSON.stringify([part, position, rank, tied, score, subScore, reachedAt]);
}
