import { SEASONS_ACTOR, stepSeason } from '#app/season/advance.ts';
import { inTransaction, type AppDeps } from '#app/transaction.ts';
import type { Statements } from '#storage/postgres.ts';
import { expireClaims, findProgramsWithEndedClaims } from '#storage/season-prize-store.ts';
import { findDueSeasons } from '#storage/season-store.ts';

const SEASONS_A_RUN = 200;
/** Steps of one season a run: a settlement of many batches goes on in the next. */
const STEPS_MAX = 200;

export type RunSeasonsDeps = AppDeps & { reads: Statements };

/**
 * Moves every season on that is due, of all programs or one, each by its program's clock, as far as it goes. Safe at once
 * in many processes and to be killed anywhere: each step is one transaction. A season that fails is logged and left for
 * the next run. Gives the number of steps that were taken.
 */
export async function runSeasons(deps: RunSeasonsDeps, programId: string | null = null): Promise<number> {
  let steps = 0;
  for (const season of await findDueSeasons(deps.reads, deps.clock(), SEASONS_A_RUN, programId)) {
    try {
      for (let step = 0; step < STEPS_MAX && (await stepSeason(deps, season.programId, season.id)); step += 1)
        steps += 1;
    } catch (error) {
      deps.log.error({ err: error, ...season }, 'a season could not be moved on; the next run tries again');
    }
  }
  await endClaims(deps);
  return steps;
}

async function endClaims(deps: RunSeasonsDeps): Promise<void> {
  for (const programId of await findProgramsWithEndedClaims(deps.reads, deps.clock())) {
    await inTransaction(deps, { programId, actor: SEASONS_ACTOR }, (tx) => expireClaims(tx, programId, tx.now));
  }
}
