import { decideIdle, decideMoves, type LeagueMove } from '#domain/league/decide.ts';
import type { LeaguePlan } from '#domain/league/plan.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import { readEntries } from '#storage/leaderboard-store.ts';
import { readIdlers, readPlayers, takeSeats, writeMoves } from '#storage/league-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { announceEntries } from '../leaderboard/place.ts';
import type { Tx } from '../transaction.ts';
import { seatEntries } from './place.ts';

/**
 * Decides from the sealed cohorts of a season who goes up and down, and who falls for not having played; once, in the
 * transaction that says so of the season. Who plays the next season already, because late activities kept this one open,
 * takes the score over into a cohort of the new level.
 */
export async function decideLeague(tx: Tx, run: SeasonRun, board: Leaderboard): Promise<void> {
  const { league } = board;
  if (league === null || run.startsAt === null) return;
  const season = { seasonId: run.id, leaderboardId: board.id, startsAt: run.startsAt };
  // Nobody scores meanwhile, so that whoever has been seated at an old level is found. Short.
  await lockLeaderboards(tx, tx.programId);
  const moves = [
    ...decideMoves(league, await readPlayers(tx, tx.programId, run.id)),
    ...decideIdle(league, await readIdlers(tx, tx.programId, season)),
  ];
  await writeMoves(tx, tx.programId, season, moves, tx.now);
  const moved = moves.filter(({ from, to }) => from !== to);
  await reseat(tx, league, season, moved);
  announceMoves(tx, run, board, league, moved);
}

async function reseat(
  tx: Tx,
  league: LeaguePlan,
  { leaderboardId, startsAt }: { leaderboardId: string; startsAt: Date },
  moved: readonly LeagueMove[],
): Promise<void> {
  const ids = moved.map(({ customerId }) => customerId);
  const taken = await takeSeats(tx, tx.programId, { leaderboardId, startsAt }, ids);
  for (const [seasonId, seats] of Map.groupBy(taken, (seat) => seat.seasonId)) {
    const customers = seats.map(({ customerId }) => customerId);
    const entries = await readEntries(tx, tx.programId, seasonId, customers);
    const dated = entries.map((entry) => ({ ...entry, reachedAt: new Date(entry.reachedAt) }));
    announceEntries(tx, await seatEntries(tx, { seasonId, leaderboardId, league }, dated));
  }
}

function announceMoves(
  tx: Tx,
  { id: seasonId, key: season }: SeasonRun,
  { id: leaderboardId, code: leaderboard }: Leaderboard,
  { levels }: LeaguePlan,
  moved: readonly LeagueMove[],
): void {
  for (const { customerId, from, to, outcome } of moved) {
    tx.emit({
      type: to > from ? 'league.promoted' : 'league.relegated',
      ...{ customerId, leaderboardId, leaderboard, seasonId, season, isIdle: outcome === 'DROPPED_IDLE' },
      ...{ from: levels[from] ?? '', to: levels[to] ?? '' },
    });
  }
}
