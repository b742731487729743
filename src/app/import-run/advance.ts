import { updateImportRun, type ImportRun } from '#storage/import-run-store.ts';

import { inTransaction, type AppDeps, type Scope } from '../transaction.ts';

/**
 * Writes down how far an import has come. What lies before is in the record; what lies behind may be there too, since the
 * process can end between the two, and is found again by its message ids.
 */
export async function advanceImportRun(
  deps: AppDeps,
  scope: Scope,
  run: Pick<ImportRun, 'id' | 'state' | 'rowsRead' | 'counts'>,
): Promise<void> {
  await inTransaction(deps, scope, (tx) => updateImportRun(tx, scope.programId, run, deps.clock()));
}
