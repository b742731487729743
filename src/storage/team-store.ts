import type { PageRequest } from '#domain/page.ts';
import type { Membership, Team } from '#domain/team/team.ts';

import type { Statements } from './postgres.ts';

const TEAM = `t.id, t.name, t.captain_id as "captainId", t.joining, t.size_max as "sizeMax", t.created_at as "createdAt",
  t.disbanded_at as "disbandedAt" from team t`;

/** Teams by id, disbanded ones too, in no order. */
export async function findTeams(reads: Statements, programId: string, ids: readonly string[]): Promise<Team[]> {
  return reads.query<Team>(`/* find-teams */ select ${TEAM} where t.program_id = $1 and t.id = any($2)`, [
    programId,
    ids,
  ]);
}

/** Running teams in the order in which they were made; the sort key is the instant in microseconds. */
export async function listTeams(
  reads: Statements,
  programId: string,
  page: PageRequest,
): Promise<(Team & { key: string })[]> {
  const order = page.backwards ? 'desc' : 'asc';
  return reads.query<Team & { key: string }>(
    `/* list-teams */ select (extract(epoch from t.created_at) * 1000000)::bigint::text as key, ${TEAM}
     where t.program_id = $1 and t.disbanded_at is null
       and ($2::bigint is null or (t.created_at, t.id) > (to_timestamp($2::numeric / 1000000), $3::uuid))
       and ($4::bigint is null or (t.created_at, t.id) < (to_timestamp($4::numeric / 1000000), $5::uuid))
     order by t.created_at ${order}, t.id ${order} limit $6`,
    [
      programId,
      page.after?.key ?? null,
      page.after?.id ?? null,
      page.before?.key ?? null,
      page.before?.id ?? null,
      page.limit + 1,
    ],
  );
}

/** The running team of each customer who is in one, and since when. */
export async function readTeamsOf(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, { teamId: string; since: Date }>> {
  const rows = await reads.query<{ customerId: string; teamId: string; since: Date }>(
    `/* read-teams-of */ select customer_id as "customerId", team_id as "teamId", from_at as since from team_member
     where program_id = $1 and customer_id = any($2) and to_at is null`,
    [programId, customerIds],
  );
  return new Map(rows.map(({ customerId, teamId, since }) => [customerId, { teamId, since }]));
}

/** All memberships of some customers, past ones too, by customer. */
export async function readMemberships(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, Membership[]>> {
  const rows = await reads.query<Membership>(
    `/* read-memberships */ select team_id as "teamId", customer_id as "customerId", from_at as "fromAt", to_at as "toAt"
     from team_member where program_id = $1 and customer_id = any($2) order by customer_id, from_at`,
    [programId, customerIds],
  );
  return Map.groupBy(rows, ({ customerId }) => customerId);
}

/** Who is in teams now, the longest-standing first, by team. */
export async function readMembers(
  reads: Statements,
  programId: string,
  teamIds: readonly string[],
): Promise<Map<string, Membership[]>> {
  const rows = await reads.query<Membership>(
    `/* read-members */ select team_id as "teamId", customer_id as "customerId", from_at as "fromAt", to_at as "toAt"
     from team_member where program_id = $1 and team_id = any($2) and to_at is null order by team_id, from_at, id`,
    [programId, teamIds],
  );
  return Map.groupBy(rows, ({ teamId }) => teamId);
}

/** Locks a running team until the transaction ends; null where there is none. */
export async function lockTeam(tx: Statements, programId: string, teamId: string): Promise<Team | null> {
  const [team] = await tx.query<Team>(
    `/* lock-team */ select ${TEAM} where t.program_id = $1 and t.id = $2 and t.disbanded_at is null for update`,
    [programId, teamId],
  );
  return team ?? null;
}

export async function insertTeam(tx: Statements, programId: string, team: Team): Promise<void> {
  await tx.query(
    `/* insert-team */ insert into team (program_id, id, name, captain_id, joining, size_max, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [programId, team.id, team.name, team.captainId, team.joining, team.sizeMax, team.createdAt],
  );
}

export async function updateTeam(tx: Statements, programId: string, team: Team): Promise<void> {
  await tx.query(
    `/* update-team */ update team set name = $3, captain_id = $4, joining = $5, size_max = $6, disbanded_at = $7
     where program_id = $1 and id = $2`,
    [programId, team.id, team.name, team.captainId, team.joining, team.sizeMax, team.disbandedAt],
  );
}

/** Puts a customer into a team; false when the customer is in one at this moment. */
export async function insertMember(
  tx: Statements,
  programId: string,
  member: { id: string; teamId: string; customerId: string; fromAt: Date },
): Promise<boolean> {
  const added = await tx.query(
    `/* insert-member */ insert into team_member (program_id, id, team_id, customer_id, from_at) values ($1, $2, $3, $4, $5)
     on conflict (program_id, customer_id) where to_at is null do nothing returning 1`,
    [programId, member.id, member.teamId, member.customerId, member.fromAt],
  );
  return added.length > 0;
}

/** Ends a membership, never before it began. */
export async function endMember(
  tx: Statements,
  programId: string,
  member: { teamId: string; customerId: string; toAt: Date },
): Promise<void> {
  await tx.query(
    `/* end-member */ update team_member set to_at = greatest(from_at, $4)
     where program_id = $1 and team_id = $2 and customer_id = $3 and to_at is null`,
    [programId, member.teamId, member.customerId, member.toAt],
  );
}
