import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import { assertPolicies, assertTimeZone, policiesOf, type ProgramPolicies } from '#domain/program/policies.ts';
import { hasHistory, lockProgram, updateProgram } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { announceCatalogueChange } from './announce-change.ts';

/** What is left out stays as it is. */
export type ProgramUpdateInput = { name?: string; timeZone?: string; policies?: Partial<ProgramPolicies> };

/**
 * Changes name, policies and, before the first activity or movement of points, the zone: days that were cut in one zone
 * cannot be cut again in another. Policies count for what happens from now on. Throws InvalidInputError,
 * StateConflictError.
 */
export async function updateProgramDetails(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ProgramUpdateInput,
): Promise<{ programId: string; replayed: boolean }> {
  const name = input.name === undefined ? undefined : parseName(input.name);
  if (input.timeZone !== undefined) assertTimeZone(input.timeZone);
  return mutate(deps, scope, command, async (tx) => {
    const program = await lockProgram(tx, tx.programId);
    if (program === null) throw new NotFoundError('program');
    const before = { name: program.name, timeZone: program.timeZone, ...policiesOf(program) };
    const after = {
      ...before,
      ...input.policies,
      name: name ?? before.name,
      timeZone: input.timeZone ?? before.timeZone,
    };
    assertPolicies(after);
    if (after.timeZone !== before.timeZone && (await hasHistory(tx, tx.programId))) {
      throw new StateConflictError('The time zone is fixed once activities or points are on record.', 'HAS_HISTORY', [
        'timeZone',
      ]);
    }
    await updateProgram(tx, { id: tx.programId, ...after });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'program.updated', subject: publicId('Program', tx.programId), before, after });
    return { programId: tx.programId };
  });
}
