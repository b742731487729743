import { StateConflictError } from '#domain/errors.ts';
import { assertMayJoin, type Asking } from '#domain/team/team.ts';
import { insertMember, readTeamsOf } from '#storage/team-store.ts';

import { requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openTeam } from './open.ts';

export type TeamJoinInput = { teamId: string; customer: CustomerName; by: Asking };

/**
 * Puts a customer into a team. What the customer does from now on counts for it; nothing of before does. Throws
 * NotFoundError, StateConflictError.
 */
export function joinTeam(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TeamJoinInput,
): Promise<{ teamId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const now = await openTeam(tx, input.teamId);
    const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
    const current = (await readTeamsOf(tx, tx.programId, [customerId])).get(customerId)?.teamId ?? null;
    assertMayJoin(now, customerId, current, input.by);
    const member = { id: deps.newId(), teamId: now.team.id, customerId, fromAt: tx.now };
    if (!(await insertMember(tx, tx.programId, member)))
      throw new StateConflictError('The customer is in a team already.', 'IN_A_TEAM', ['customerId']);
    tx.emit({ type: 'team.changed', teamId: now.team.id, change: 'JOINED', customerId });
    return { teamId: now.team.id };
  });
}
