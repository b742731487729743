import { StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { teamSettings, type Team, type TeamJoining } from '#domain/team/team.ts';
import { insertMember, insertTeam } from '#storage/team-store.ts';

import { requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type TeamCreateInput = { captain: CustomerName; name: string; joining: TeamJoining; sizeMax: number };

/** Makes a team with its captain as first member. Throws InvalidInputError, NotFoundError, StateConflictError. */
export function createTeam(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TeamCreateInput,
): Promise<{ teamId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const settings = teamSettings(input);
    const [captainId = ''] = await requireUsers(tx, [{ ...input.captain, path: ['captainId'] }]);
    const team: Team = { id: deps.newId(), ...settings, captainId, createdAt: tx.now, disbandedAt: null };
    await insertTeam(tx, tx.programId, team);
    const member = { id: deps.newId(), teamId: team.id, customerId: captainId, fromAt: tx.now };
    if (!(await insertMember(tx, tx.programId, member)))
      throw new StateConflictError('The captain is in a team already.', 'IN_A_TEAM', ['captainId']);
    tx.emit({ type: 'team.changed', teamId: team.id, change: 'CREATED', customerId: captainId });
    tx.audit({ action: 'team.created', subject: publicId('Team', team.id), after: settings });
    return { teamId: team.id };
  });
}
