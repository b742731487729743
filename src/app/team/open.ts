import { NotFoundError } from '#domain/errors.ts';
import type { TeamNow } from '#domain/team/team.ts';
import { lockTeam, readMembers } from '#storage/team-store.ts';

import type { Tx } from '../transaction.ts';

/** A running team, locked, with its members. Throws NotFoundError for a disbanded one too. */
export async function openTeam(tx: Tx, teamId: string): Promise<TeamNow> {
  const team = await lockTeam(tx, tx.programId, teamId);
  if (team === null) throw new NotFoundError('team', ['id']);
  const members = (await readMembers(tx, tx.programId, [teamId])).get(teamId) ?? [];
  return { team, members: members.map(({ customerId }) => customerId) };
}
