import { findImportRun, insertImportRun, type ImportRun } from '#storage/import-run-store.ts';

import { inTransaction, type AppDeps, type Scope } from '../transaction.ts';

/**
 * The run of a source in the program: the one that began earlier, wherever it stands, or a new one at its beginning.
 * Repeatable; the caller holds the lock of the source (src/import/source-lock.ts).
 */
export async function beginImportRun(
  deps: AppDeps,
  scope: Scope,
  run: Pick<ImportRun, 'source' | 'mapping' | 'fileName'>,
): Promise<ImportRun> {
  return inTransaction(deps, scope, async (tx) => {
    await insertImportRun(tx, scope.programId, { id: deps.newId(), ...run }, deps.clock());
    const found = await findImportRun(tx, scope.programId, run.source);
    if (found === null) throw new Error('An import run that was just written is gone.');
    return found;
  });
}
