import type { Statements } from './postgres.ts';
import { ENTRY_SCORE, type EntryScore } from './sql/apply-scores.ts';

/** Locks the customer of an id or external id against every other change; null where the program has none. */
export async function lockForErasure(
  tx: Statements,
  programId: string,
  { id, externalId }: { id: string | null; externalId: string | null },
): Promise<{ id: string; erasedAt: Date | null } | null> {
  const [row] = await tx.query<{ id: string; erasedAt: Date | null }>(
    `/* lock-for-erasure */ select id, erased_at as "erasedAt" from customer
     where program_id = $1 and (id = $2 or external_id = $3) for update`,
    [programId, id, externalId],
  );
  return row ?? null;
}

/** Replaces all that is known of a locked customer by a pseudonym, and frees the external id. */
export async function eraseProfile(tx: Statements, programId: string, customerId: string, now: Date): Promise<void> {
  await tx.query(
    `/* erase-profile */ update customer set external_id = 'erased:' || id, account_id = null, display_name = null, email = null,
       locale = null, time_zone = null, birthday = null, attributes = '{}', updated_at = $3, erased_at = $3
     where program_id = $1 and id = $2`,
    [programId, customerId, now],
  );
  await tx.query('/* note-erasure */ insert into customer_erasure (program_id, customer_id) values ($1, $2)', [
    programId,
    customerId,
  ]);
}

/** Takes a customer off all boards of seasons that are not frozen, and gives the entries as they are now. */
export async function leaveBoards(
  tx: Statements,
  programId: string,
  customerId: string,
): Promise<(EntryScore & { leaderboardId: string })[]> {
  return tx.query(
    `/* leave-boards */ update leaderboard_entry e set score = null, sub_score = 0, is_listed = false, version = e.version + 1,
       part = case when l.scope = 'PROGRAM' and l.audience = '' then e.part end
     from season s join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id
     where s.program_id = $1 and s.frozen_at is null and e.program_id = s.program_id and e.season_id = s.id and e.customer_id = $2
     returning s.leaderboard_id as "leaderboardId", ${ENTRY_SCORE('e')}`,
    [programId, customerId],
  );
}

/** The badges and awards of a customer, held or not. */
export async function readBadgesOf(
  tx: Statements,
  programId: string,
  customerId: string,
): Promise<{ badgeIds: string[]; awardIds: string[] }> {
  const rows = await tx.query<{ id: string; badgeId: string }>(
    '/* read-badges-of */ select id, badge_id as "badgeId" from badge_award where program_id = $1 and customer_id = $2',
    [programId, customerId],
  );
  return { badgeIds: [...new Set(rows.map(({ badgeId }) => badgeId))], awardIds: rows.map(({ id }) => id) };
}

/** Those of some customers who are erased. */
export async function findErased(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  if (customerIds.length === 0) return new Set();
  const rows = await reads.query<{ id: string }>(
    '/* find-erased */ select id from customer where program_id = $1 and id = any($2::uuid[]) and erased_at is not null',
    [programId, customerIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** What audit entries tell of a customer beside those about the customer itself: transactions, and teams that ended with it. */
export async function readAudited(
  tx: Statements,
  programId: string,
  customerId: string,
): Promise<{ transactionIds: string[]; teamIds: string[] }> {
  const [row] = await tx.query<{ transactionIds: string[] | null; teamIds: string[] | null }>(
    `/* read-audited */ select
      (select array_agg(coalesce(reverses_id, id)) from ledger_transaction
       where program_id = $1 and customer_id = $2 and kind in ('ADJUST', 'EXPIRY_MOVE', 'REVERSE')) as "transactionIds",
      (select array_agg(id) from team where program_id = $1 and captain_id = $2 and disbanded_at is not null) as "teamIds"`,
    [programId, customerId],
  );
  return { transactionIds: row?.transactionIds ?? [], teamIds: row?.teamIds ?? [] };
}

/** Leaves of audit entries who did what when, and nothing of what it said. */
export async function eraseAudits(tx: Statements, programId: string, subjects: readonly string[]): Promise<void> {
  await tx.query(
    `/* erase-audits */ update audit_entry set before = null, after = null
     where program_id = $1 and subject = any($2) and action <> 'customer.erased' and (before is not null or after is not null)`,
    [programId, subjects],
  );
}

/** Erasures that are to be swept: made before an instant, in the order in which they were made. */
export async function listToSweep(
  reads: Statements,
  before: Date,
  limit: number,
): Promise<{ programId: string; customerId: string }[]> {
  return reads.query(
    `/* list-erasures-to-sweep */ select program_id as "programId", customer_id as "customerId" from customer_erasure
     where swept_at is null and recorded_at < $1 order by recorded_at limit $2`,
    [before, limit],
  );
}

export async function markSwept(tx: Statements, programId: string, customerId: string): Promise<void> {
  await tx.query(
    '/* mark-swept */ update customer_erasure set swept_at = now() where program_id = $1 and customer_id = $2',
    [programId, customerId],
  );
}
