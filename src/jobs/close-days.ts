import { closeDays } from '#app/economy/close-days.ts';
import type { AppDeps } from '#app/transaction.ts';
import { listClosingPrograms } from '#storage/ledger-day-store.ts';
import type { Statements } from '#storage/postgres.ts';

/** Sums up and closes the days of all programs, each by its own midnight. One that fails does not keep the others from it. */
export async function closeDaysOfAll(deps: AppDeps & { reads: Statements }): Promise<void> {
  for (const program of await listClosingPrograms(deps.reads)) {
    try {
      await closeDays(deps, program);
    } catch (error) {
      deps.log.error({ err: error, programId: program.programId }, 'the days of a program could not be closed');
    }
  }
}
