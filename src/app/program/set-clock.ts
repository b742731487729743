import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { hasHistory, lockProgram, setTestClock } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { announceCatalogueChange } from './announce-change.ts';

/**
 * Makes a TEST program's time stand still at an instant; null lets it run with the time of day again. Once activities or
 * points are on record its time never moves back, for what was decided late would then lie in the future. Keys and tokens
 * always live by the time of day. Throws StateConflictError.
 */
export async function setProgramClock(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { now: Date | null },
): Promise<{ programId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const program = await lockProgram(tx, tx.programId);
    if (program === null) throw new NotFoundError('program');
    if (program.mode === 'LIVE') throw new StateConflictError('Only a TEST program has a clock to set.', 'LIVE');
    const current = program.testClock ?? deps.clock();
    if ((input.now ?? deps.clock()) < current && (await hasHistory(tx, tx.programId))) {
      throw new StateConflictError(
        'Once activities or points are on record, the clock only moves forward.',
        'HAS_HISTORY',
        ['now'],
      );
    }
    await setTestClock(tx, tx.programId, input.now);
    await announceCatalogueChange(tx);
    tx.audit({
      action: 'program.clock_set',
      subject: publicId('Program', tx.programId),
      before: { testClock: program.testClock },
      after: { testClock: input.now },
    });
    return { programId: tx.programId };
  });
}
