import type { Statements } from './postgres.ts';

/** A redemption whose time was over, just written down as EXPIRED. */
export type EndedRedemption = {
  id: string;
  customerId: string;
  rewardId: string;
  quantity: number;
  /** What was only reserved goes back into stock; what was issued stays used up. */
  wasReserved: boolean;
};

const RETURNING = `returning r.id, r.customer_id as "customerId", r.reward_id as "rewardId", r.quantity, r.version, r.expires_at, r.issued_at is null as "wasReserved"`;

/** Ends a set of redemptions, with an entry each in their history: `which` is the condition on `redemption r`. */
const end = (which: string): string => `
  with ended as (
    update redemption r set state = 'EXPIRED', closed_at = r.expires_at, version = r.version + 1
    where r.program_id = $1 and ${which} ${RETURNING}
  ), told as (
    insert into redemption_event (program_id, redemption_id, version, state, at, recorded_at, actor)
    select $1, id, version, 'EXPIRED', expires_at, $2, 'system' from ended
  )
  select id, "customerId", "rewardId", quantity, "wasReserved" from ended`;

/** Ends the reservations of holds that have timed out. Their customers' accounts are locked. */
export async function endReservationsOf(
  tx: Statements,
  programId: string,
  now: Date,
  holdIds: readonly string[],
): Promise<EndedRedemption[]> {
  return tx.query<EndedRedemption>(
    `/* end-reservations */ ${end(`r.hold_id = any($3::uuid[]) and r.state = 'RESERVED'`)}`,
    [programId, now, holdIds],
  );
}

/**
 * Ends redemptions whose time is over and that hold no points: reservations that cost none, and what was issued and not
 * used. Rows that somebody else works on are passed over.
 */
export async function endDueRedemptions(
  tx: Statements,
  programId: string,
  now: Date,
  limit: number,
): Promise<EndedRedemption[]> {
  return tx.query<EndedRedemption>(
    `/* end-due-redemptions */ ${end(`r.id = any (array(
      select d.id from redemption d
      where d.program_id = $1 and d.expires_at <= $2 and (d.state = 'ISSUED' or d.state = 'RESERVED' and d.hold_id is null)
      order by d.expires_at limit $3 for update skip locked
    ))`)}`,
    [programId, now, limit],
  );
}

/** Active programs that have redemptions to end, each by its own time. Reads the index redemption_due once a program. */
export async function findProgramsWithDueRedemptions(reads: Statements, clock: Date): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* find-programs-with-due-redemptions */
    select p.id from program p
    where p.state = 'ACTIVE' and exists (
      select from redemption r
      where r.program_id = p.id and r.expires_at <= coalesce(p.test_clock, $1::timestamptz)
        and (r.state = 'ISSUED' or r.state = 'RESERVED' and r.hold_id is null)
    )`,
    [clock],
  );
  return rows.map((row) => row.id);
}
