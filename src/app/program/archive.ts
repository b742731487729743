import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { archiveProgramRow, lockProgram } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps } from '../transaction.ts';
import { announceCatalogueChange } from './announce-change.ts';

/**
 * Ends all writes of a program; there is no way back. Its keys and tokens still read, and can still be revoked. Throws
 * NotFoundError, or StateConflictError when it is archived already.
 */
export async function archiveProgram(
  deps: AppDeps,
  actor: string,
  command: Command,
  input: { programId: string },
): Promise<{ programId: string; replayed: boolean }> {
  const scope = { programId: input.programId, actor, archivedToo: true };
  return mutate(deps, scope, command, async (tx) => {
    const program = await lockProgram(tx, tx.programId);
    if (program === null) throw new NotFoundError('program', ['programId']);
    if (program.state === 'ARCHIVED')
      throw new StateConflictError('This program is archived already.', 'ARCHIVED', ['programId']);
    await archiveProgramRow(tx, tx.programId, deps.clock());
    await announceCatalogueChange(tx);
    tx.audit({
      action: 'program.archived',
      subject: publicId('Program', tx.programId),
      before: { state: 'ACTIVE' },
      after: { state: 'ARCHIVED' },
    });
    return { programId: tx.programId };
  });
}
