import { fillStreaks } from '#app/streak/fill.ts';
import type { AppDeps } from '#app/transaction.ts';
import type { Statements } from '#storage/postgres.ts';
import { listProgramsWith } from '#storage/rule-set-store.ts';

/** Counts the past for streaks that went live, in all programs. One that fails is logged and left for the next run. */
export async function runFillStreaks(deps: AppDeps & { reads: Statements }): Promise<number> {
  let looked = 0;
  for (const programId of await listProgramsWith(deps.reads, 'streaks')) {
    try {
      looked += await fillStreaks(deps, await deps.catalogues.at(deps.reads, programId));
    } catch (error) {
      deps.log.error({ err: error, programId }, 'the past of a program’s streaks could not be counted');
    }
  }
  return looked;
}
