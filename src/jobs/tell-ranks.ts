import { tellRanks } from '#app/rank-notice/tell.ts';
import type { AppDeps } from '#app/transaction.ts';
import type { Statements } from '#storage/postgres.ts';
import { listNotifying } from '#storage/rank-notice-store.ts';

/** Looks at the first of every board that tells ranks. One that fails is logged and left for the next run. */
export async function runTellRanks(deps: AppDeps & { reads: Statements }): Promise<number> {
  let told = 0;
  for (const board of await listNotifying(deps.reads)) {
    try {
      told += await tellRanks(deps, board);
    } catch (error) {
      deps.log.error({ err: error, ...board }, 'the ranks of a board could not be told');
    }
  }
  return told;
}
