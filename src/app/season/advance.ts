import type { SeasonEventType } from '#domain/events.ts';
import { nextDated, seasonAfter, seasonOf } from '#domain/leaderboard/season.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { archivingTime, openingPlan, sealingTime, type SeasonRun } from '#domain/season/season.ts';
import { expireClaims, lastClaimOf } from '#storage/season-prize-store.ts';
import { lockSeasonRun, updateSeasonRun } from '#storage/season-store.ts';
import { ensureSeasons } from '#storage/sql/ensure-seasons.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { decideLeague } from '../league/decide.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';
import { sealStandings } from './seal.ts';
import { decideSeasonPrizes, giveDuePrizes } from './settle.ts';

/** Who moves seasons on. */
export const SEASONS_ACTOR = 'system:seasons';

/**
 * Takes one step in the life of a season, in one transaction, and says whether there may be another. By time: it opens,
 * closes, is frozen, sealed, its prizes are decided and given, and it is archived. Each step looks under the lock where the
 * season stands, so that two workers, or one that was killed and its successor, never do a step twice. What was missed is
 * made up for step by step.
 */
export async function stepSeason(deps: AppDeps, programId: string, seasonId: string): Promise<boolean> {
  return inTransaction(deps, { programId, actor: SEASONS_ACTOR }, async (tx) => {
    const run = await lockSeasonRun(tx, programId, seasonId);
    if (run === null || run.nextAt === null || run.nextAt > tx.now) return false;
    const catalogue = await deps.catalogues.at(tx, programId);
    const board = catalogue.leaderboardById.get(run.leaderboardId);
    if (board === undefined) throw new Error(`season ${seasonId} has no board`);
    const after = await takeStep(deps, tx, { run, board, catalogue });
    await updateSeasonRun(tx, after);
    if (after.state !== run.state) announce(tx, after);
    return true;
  });
}

type Around = { run: SeasonRun; board: Leaderboard; catalogue: Catalogue };

async function takeStep(deps: AppDeps, tx: Tx, around: Around): Promise<SeasonRun> {
  const { run } = around;
  switch (run.state) {
    case 'SCHEDULED':
      return open(deps, tx, around);
    case 'OPEN':
      return { ...run, state: 'CLOSING', closedAt: tx.now, nextAt: run.sealsAt };
    case 'CLOSING':
      return run.frozenAt === null ? freeze(tx, run) : seal(tx, around);
    case 'SEALED':
      return settle(deps, tx, around);
    case 'SETTLED':
      await expireClaims(tx, tx.programId, tx.now, run.id);
      return { ...run, state: 'ARCHIVED', archivedAt: tx.now, nextAt: null };
    case 'ARCHIVED':
      return { ...run, nextAt: null };
  }
}

/** The plan stands from now on; the next season is put on the calendar. */
async function open(deps: AppDeps, tx: Tx, { run, board, catalogue }: Around): Promise<SeasonRun> {
  const plan = openingPlan(run, board.plan);
  await scheduleNext(deps, tx, catalogue, board, run);
  return { ...run, state: 'OPEN', plan, openedAt: tx.now, sealsAt: sealingTime(run, plan), nextAt: run.endsAt };
}

/**
 * Makes the season that follows; where that is over already, the one that runs now: those in which nobody scored while no
 * worker ran are not made.
 */
async function scheduleNext(
  deps: AppDeps,
  tx: Tx,
  { program: { timeZone } }: Catalogue,
  board: Leaderboard,
  { key, name, startsAt, endsAt }: Pick<SeasonRun, 'key' | 'name' | 'startsAt' | 'endsAt'>,
): Promise<void> {
  if (board.archived) return;
  const after = seasonAfter(board, { key, name, startsAt, endsAt, startsOn: null, endsOn: null }, timeZone);
  const isOver = after?.endsAt !== null && after?.endsAt !== undefined && after.endsAt <= tx.now;
  const next = isOver ? (seasonOf(board, tx.now, timeZone) ?? nextDated(board, tx.now, timeZone)) : after;
  if (next === null) return;
  await ensureSeasons(tx, tx.programId, deps.newId, tx.now, [
    { ...next, leaderboardId: board.id, graceMinutes: board.plan.graceMinutes },
  ]);
}

/** Waits until nobody scores, and lets nobody score in this season any more. Short: activities of the program wait for it. */
async function freeze(tx: Tx, run: SeasonRun): Promise<SeasonRun> {
  await lockLeaderboards(tx, tx.programId);
  return { ...run, frozenAt: tx.now, nextAt: tx.now };
}

async function seal(tx: Tx, { run, board, catalogue }: Around): Promise<SeasonRun> {
  const sealed = await sealStandings(tx, run, board, catalogue.ruleSet.revision);
  return { ...run, ...sealed, state: 'SEALED', sealedAt: tx.now, nextAt: tx.now };
}

/** Decides the prizes once; gives a batch of those that are due; and when none is left, the season is settled. */
async function settle(deps: AppDeps, tx: Tx, { run, board, catalogue }: Around): Promise<SeasonRun> {
  if (run.prizesDecidedAt === null) {
    await decideSeasonPrizes(deps, tx, run, board);
    await decideLeague(tx, run, board);
    return { ...run, prizesDecidedAt: tx.now, nextAt: tx.now };
  }
  if ((await giveDuePrizes(deps, tx, catalogue, run)) > 0) return run;
  const lastClaim = await lastClaimOf(tx, tx.programId, run.id);
  return { ...run, state: 'SETTLED', settledAt: tx.now, nextAt: archivingTime(tx.now, lastClaim) };
}

const EVENTS: Partial<Record<SeasonRun['state'], SeasonEventType>> = {
  OPEN: 'season.opened',
  CLOSING: 'season.closed',
  SEALED: 'season.sealed',
  SETTLED: 'season.settled',
  ARCHIVED: 'season.archived',
};

function announce(tx: Tx, { id, leaderboardId, key, state }: SeasonRun): void {
  const type = EVENTS[state];
  if (type !== undefined) tx.emit({ type, seasonId: id, leaderboardId, key });
}
