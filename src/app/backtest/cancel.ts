import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { cancelBacktest, readBacktest } from '#storage/backtest-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/**
 * Ends a back-test that waits or runs; its worker stops within about a second and leaves nothing behind. Throws
 * NotFoundError, StateConflictError when it has ended.
 */
export function stopBacktest(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { runId }: { runId: string },
): Promise<{ runId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    if (!(await cancelBacktest(tx, tx.programId, runId, deps.clock()))) {
      const run = await readBacktest(tx, tx.programId, runId);
      if (run === null) throw new NotFoundError('back-test', ['id']);
      throw new StateConflictError('This back-test has ended.', run.state);
    }
    return { runId };
  });
}
