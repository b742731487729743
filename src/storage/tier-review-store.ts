import type { Statements } from './postgres.ts';

/**
 * Customers of active programs on whose tiers something is due, longest overdue first within a program. A program with a
 * test clock is asked by its own time. Reads the index tier_standing_due once a program.
 */
export async function findDueReviews(
  reads: Statements,
  clock: Date,
  limit: number,
): Promise<{ programId: string; customerId: string }[]> {
  return reads.query(
    `/* find-due-reviews */
    select distinct p.id as "programId", due.customer_id as "customerId"
    from program p
    cross join lateral (
      select s.customer_id from tier_standing s
      where s.program_id = p.id and s.review_at <= coalesce(p.test_clock, $1::timestamptz)
      order by s.review_at
      limit $2
    ) due
    where p.state = 'ACTIVE'
    limit $2`,
    [clock, limit],
  );
}

/** Has standings on these ladders looked at by an instant, unless they are looked at earlier anyway. */
export async function wakeStandings(
  tx: Statements,
  programId: string,
  ladderIds: readonly string[],
  at: Date,
): Promise<void> {
  if (ladderIds.length === 0) return;
  await tx.query(
    `/* wake-standings */ update tier_standing set review_at = least(coalesce(review_at, $3), $3::timestamptz)
     where program_id = $1 and ladder_id = any($2::uuid[])`,
    [programId, ladderIds, at],
  );
}

/** Leaves standings on ladders that are not live alone until a revision wakes them. */
export async function restStandings(
  tx: Statements,
  programId: string,
  now: Date,
  customerIds: readonly string[],
  liveLadderIds: readonly string[],
): Promise<void> {
  await tx.query(
    `/* rest-standings */ update tier_standing set review_at = null
     where program_id = $1 and customer_id = any($2::uuid[]) and not ladder_id = any($3::uuid[]) and review_at <= $4`,
    [programId, customerIds, liveLadderIds, now],
  );
}

/** A page of those who take part, in the order of their ids. */
export async function listEnrolledIds(
  reads: Statements,
  programId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* list-enrolled-ids */ select id from customer
     where program_id = $1 and enrolment_state in ('ENROLLED', 'PAUSED') and ($2::uuid is null or id > $2) order by id limit $3`,
    [programId, after, limit],
  );
  return rows.map(({ id }) => id);
}
