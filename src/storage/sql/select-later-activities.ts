import type { Statements } from '../postgres.ts';

/**
 * Ids of a customer's activities recorded since an instant, oldest first, without those that are known. Ids carry the time
 * of recording, so that the statement reads the latest partition; the caller looks back some seconds, because a transaction
 * that began earlier may commit later.
 */
export async function selectLaterActivities(
  reads: Statements,
  programId: string,
  customerId: string,
  since: Date,
  known: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* select-later-activities */ select id from activity
     where program_id = $1 and customer_id = $2 and id >= uuid_floor($3) and id <> all($4::uuid[]) order by id limit $5`,
    [programId, customerId, since, known, limit],
  );
  return rows.map((row) => row.id);
}
