import { mayGoOn, settleGoal } from '#app/challenge/settle.ts';
import type { AppDeps } from '#app/transaction.ts';
import { findUnsettledRuns } from '#storage/challenge-store.ts';
import type { Statements } from '#storage/postgres.ts';

const GOALS_AT_ONCE = 100;

/**
 * Gives the prizes of all shared goals that were reached. What the worker calls every second. A goal that cannot be settled
 * is logged and does not keep the others from it. Gives how many customers got something.
 */
export async function settleChallenges(deps: AppDeps & { reads: Statements }): Promise<number> {
  let sum = 0;
  for (const { programId, id } of await findUnsettledRuns(deps.reads, GOALS_AT_ONCE)) {
    try {
      let given;
      do {
        given = await settleGoal(deps, programId, id);
        sum += given;
      } while (mayGoOn(given));
    } catch (error) {
      deps.log.error({ err: error, programId, runId: id }, 'the prizes of a challenge could not be given');
    }
  }
  return sum;
}
