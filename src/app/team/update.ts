import { StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { teamSettings, type Asking, type TeamJoining } from '#domain/team/team.ts';
import { updateTeam } from '#storage/team-store.ts';

import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openTeam } from './open.ts';

/** What is left out stays. */
export type TeamUpdateInput = {
  teamId: string;
  name?: string;
  joining?: TeamJoining;
  sizeMax?: number;
  captain?: CustomerName;
  by: Asking;
};

/** Changes a team, or hands it to another member. Throws InvalidInputError, NotFoundError, StateConflictError. */
export function changeTeam(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TeamUpdateInput,
): Promise<{ teamId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const { team, members } = await openTeam(tx, input.teamId);
    if (input.by !== null && input.by !== team.captainId)
      throw new StateConflictError('Only the captain changes a team.', 'NOT_CAPTAIN', ['id']);
    const { name = team.name, joining = team.joining, sizeMax = team.sizeMax } = input;
    const settings = teamSettings({ name, joining, sizeMax }, members.length);
    const captainId =
      input.captain === undefined
        ? team.captainId
        : ((await requireCustomers(tx, [{ ...input.captain, path: ['captainId'] }]))[0] ?? '');
    if (!members.includes(captainId))
      throw new StateConflictError('The captain is one of the members.', 'NOT_A_MEMBER', ['captainId']);
    await updateTeam(tx, tx.programId, { ...team, ...settings, captainId });
    tx.emit({ type: 'team.changed', teamId: team.id, change: 'UPDATED', customerId: captainId });
    tx.audit({
      action: 'team.updated',
      subject: publicId('Team', team.id),
      before: { name: team.name, joining: team.joining, sizeMax: team.sizeMax, captainId: team.captainId },
      after: { ...settings, captainId },
    });
    return { teamId: team.id };
  });
}
