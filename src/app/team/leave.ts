import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { leaving, type Asking } from '#domain/team/team.ts';
import { endMember, readTeamsOf, updateTeam } from '#storage/team-store.ts';

import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openTeam } from './open.ts';

export type TeamLeaveInput = { customer: CustomerName; by: Asking };

/**
 * Takes a customer out of the team. What was done for the team stays with it. A captain who leaves hands over to the
 * longest-standing member; the last one out disbands the team. Throws NotFoundError, StateConflictError.
 */
export function leaveTeam(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TeamLeaveInput,
): Promise<{ teamId: string; disbanded: boolean; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
    const current = (await readTeamsOf(tx, tx.programId, [customerId])).get(customerId);
    if (current === undefined) throw new NotFoundError('team membership', ['customerId']);
    const now = await openTeam(tx, current.teamId);
    if (input.by !== null && input.by !== customerId && input.by !== now.team.captainId)
      throw new StateConflictError('Only the captain takes others out of a team.', 'NOT_CAPTAIN', ['customerId']);
    const { captainId, isDisbanded } = leaving(now, customerId);
    await endMember(tx, tx.programId, { teamId: now.team.id, customerId, toAt: tx.now });
    if (captainId !== null || isDisbanded) {
      const disbandedAt = isDisbanded ? tx.now : null;
      await updateTeam(tx, tx.programId, { ...now.team, captainId: captainId ?? now.team.captainId, disbandedAt });
    }
    tx.emit({ type: 'team.changed', teamId: now.team.id, change: isDisbanded ? 'DISBANDED' : 'LEFT', customerId });
    return { teamId: now.team.id, disbanded: isDisbanded };
  });
}
