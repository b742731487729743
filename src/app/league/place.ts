import { cohortPart, seatNewcomers } from '#domain/league/cohorts.ts';
import type { LeaguePlan } from '#domain/league/plan.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { insertSeats, lockCohorts, readFills, readLevels, readSeats } from '#storage/league-store.ts';
import type { EntryScore } from '#storage/sql/apply-scores.ts';
import { movePlaces } from '#storage/sql/place-entries.ts';

import type { Tx } from '../transaction.ts';

/**
 * Seats those who score for the first time in a season of a league: in a cohort of their level, in the order in which they
 * scored. Costs nothing where no league is among the boards, or everybody has a seat. Gives the entries with their cohorts.
 */
export async function placeNewcomers(
  tx: Tx,
  boardOf: ReadonlyMap<string, Leaderboard>,
  written: readonly EntryScore[],
): Promise<readonly EntryScore[]> {
  const seatless = written.filter(
    ({ seasonId, part }) => part === null && (boardOf.get(seasonId)?.league ?? null) !== null,
  );
  if (seatless.length === 0) return written;
  const placed = new Map<string, EntryScore>();
  const bySeason = [...Map.groupBy(seatless, ({ seasonId }) => seasonId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [seasonId, entries] of bySeason) {
    const board = boardOf.get(seasonId);
    if (board === undefined || board.league === null) continue;
    const season = { seasonId, leaderboardId: board.id, league: board.league };
    for (const entry of await seatEntries(tx, season, entries)) placed.set(`${seasonId} ${entry.customerId}`, entry);
  }
  return written.map((entry) => placed.get(`${entry.seasonId} ${entry.customerId}`) ?? entry);
}

type LeagueSeason = { seasonId: string; leaderboardId: string; league: LeaguePlan };

/** Gives entries of one season their seats, new ones where they have none, and moves them there. */
export async function seatEntries(
  tx: Tx,
  { seasonId, leaderboardId, league }: LeagueSeason,
  entries: readonly Pick<EntryScore, 'customerId' | 'reachedAt'>[],
): Promise<(EntryScore & { leaderboardId: string })[]> {
  await lockCohorts(tx, seasonId);
  const ids = entries.map(({ customerId }) => customerId);
  const known = await readSeats(tx, tx.programId, seasonId, ids);
  const seated = new Set(known.map(({ customerId }) => customerId));
  const levels = await readLevels(tx, tx.programId, leaderboardId, ids);
  const newcomers = entries
    .filter(({ customerId }) => !seated.has(customerId))
    .toSorted((a, b) => a.reachedAt.getTime() - b.reachedAt.getTime() || (a.customerId < b.customerId ? -1 : 1))
    .map(({ customerId }) => ({ customerId, level: levels.get(customerId) ?? 0 }));
  const seats = seatNewcomers(league, await readFills(tx, tx.programId, seasonId), newcomers);
  if (seats.length > 0) await insertSeats(tx, tx.programId, { seasonId, leaderboardId }, seats, tx.now);
  return movePlaces(
    tx,
    tx.programId,
    [...known, ...seats].map((seat) => ({
      ...{ seasonId, leaderboardId, customerId: seat.customerId },
      part: cohortPart(league, seat),
    })),
  );
}
