import { matchPrefix } from '#domain/badge/criterion.ts';

import type { BadgeCover } from './badge-batch-store.ts';
import type { Statements } from './postgres.ts';

/** How far the past has been credited by a badge, as it is shown. */
export type BackfillRow = BadgeCover & {
  badgeCode: string;
  customers: number;
  awards: number;
  startedAt: Date;
  doneAt: Date | null;
  /** When a revision takes over that may have another shape of it. */
  lookAt: Date | null;
};

/** How far the past has been credited by each badge of a program. */
export async function listBackfills(reads: Statements, programId: string): Promise<BackfillRow[]> {
  return reads.query<BackfillRow>(
    `/* list-badge-backfills */
    select badge_id as "badgeId", badge_code as "badgeCode", shape, cursor_id as cursor, done_at is not null as "isDone",
      customers, awards, started_at as "startedAt", done_at as "doneAt", look_at as "lookAt"
    from badge_backfill where program_id = $1 order by badge_code`,
    [programId],
  );
}

/** Programs where a badge may have to credit the past: by the clock of each. */
export async function findUncredited(reads: Statements, now: Date): Promise<string[]> {
  const rows = await reads.query<{ programId: string }>(
    `/* find-uncredited-badges */
    select distinct b.program_id as "programId" from badge_backfill b
    join program p on p.id = b.program_id and p.state <> 'ARCHIVED'
    where (b.done_at is null and b.shape <> '') or b.look_at <= coalesce(p.test_clock, $1)`,
    [now.toISOString()],
  );
  return rows.map(({ programId }) => programId);
}

/** Says that a revision with these badges takes over at an instant; badges that nobody knew are made known. */
export async function lookAtBadges(
  tx: Statements,
  programId: string,
  badges: readonly { id: string; code: string }[],
  at: Date,
): Promise<void> {
  if (badges.length === 0) return;
  await tx.query(
    `/* look-at-badges */
    insert into badge_backfill as b (program_id, badge_id, badge_code, shape, started_at, look_at)
    select $1, id, code, '', $4, $4 from unnest($2::uuid[], $3::text[]) as given (id, code)
    on conflict (program_id, badge_id) do update set badge_code = excluded.badge_code,
      look_at = least(coalesce(b.look_at, excluded.look_at), excluded.look_at)`,
    [programId, badges.map(({ id }) => id), badges.map(({ code }) => code), at.toISOString()],
  );
}

/** When the badges of a program are to be looked at next; null is never. */
export async function setLookAt(tx: Statements, programId: string, at: Date | null): Promise<void> {
  await tx.query('/* set-badge-look */ update badge_backfill set look_at = $2 where program_id = $1', [
    programId,
    at?.toISOString() ?? null,
  ]);
}

/**
 * Begins to credit the past by badges of these shapes, or says that there is nothing to credit. Nobody may record activities
 * meanwhile. What the badges had counted for themselves is forgotten.
 */
export async function beginBackfills(
  tx: Statements,
  programId: string,
  badges: readonly { id: string; shape: string; isDone: boolean }[],
  now: Date,
): Promise<void> {
  if (badges.length === 0) return;
  await tx.query(
    `/* begin-badge-backfills */
    update badge_backfill b set shape = given.shape, cursor_id = null, customers = 0, awards = 0, started_at = $5,
      done_at = case when given.done then $5::timestamptz end
    from unnest($2::uuid[], $3::text[], $4::boolean[]) as given (id, shape, done)
    where b.program_id = $1 and b.badge_id = given.id`,
    [
      programId,
      badges.map(({ id }) => id),
      badges.map(({ shape }) => shape),
      badges.map(({ isDone }) => isDone),
      now.toISOString(),
    ],
  );
  await tx.query(
    `/* forget-badge-days */ delete from tier_day where program_id = $1
     and exists (select from unnest($2::text[]) as given (prefix) where starts_with(measure, given.prefix))`,
    [programId, badges.map(({ id }) => matchPrefix(id))],
  );
}

/** Says that badges are not awarded at present, so that the past is credited once more when they are again. */
export async function forgetBackfills(tx: Statements, programId: string, except: readonly string[]): Promise<void> {
  await tx.query(
    `/* forget-badge-backfills */ update badge_backfill set shape = '', done_at = null, cursor_id = null
     where program_id = $1 and shape <> '' and not badge_id = any($2::uuid[])`,
    [programId, except],
  );
}

/** Moves the cursor of all badges that are behind it, and counts what was done. */
export async function moveBackfills(
  tx: Statements,
  programId: string,
  cursor: string,
  customers: number,
  awards: ReadonlyMap<string, number>,
): Promise<void> {
  await tx.query(
    `/* move-badge-backfills */
    update badge_backfill b set cursor_id = $2, customers = customers + $3, awards = awards + coalesce((
      select sum(given.n) from unnest($4::uuid[], $5::bigint[]) as given (id, n) where given.id = b.badge_id), 0)
    where program_id = $1 and shape <> '' and done_at is null and (cursor_id is null or cursor_id < $2)`,
    [programId, cursor, customers, [...awards.keys()], [...awards.values()]],
  );
}

/** Says that everybody has been credited by the badges that were under way. */
export async function finishBackfills(tx: Statements, programId: string, now: Date): Promise<void> {
  await tx.query(
    `/* finish-badge-backfills */ update badge_backfill set done_at = $2 where program_id = $1 and shape <> '' and done_at is null`,
    [programId, now.toISOString()],
  );
}

/** The next customers who have ever done anything, behind a cursor, by their ids. */
export async function nextActiveCustomers(
  tx: Statements,
  programId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `/* next-active-customers */
    select c.id from customer c
    where c.program_id = $1 and ($2::uuid is null or c.id > $2)
      and exists (select from activity a where a.program_id = c.program_id and a.customer_id = c.id)
    order by c.id limit $3`,
    [programId, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Whether anything was ever recorded of these activity types; null asks for any. */
export async function hasActivities(
  reads: Statements,
  programId: string,
  typeIds: readonly string[] | null,
): Promise<boolean> {
  const [row] = await reads.query<{ has: boolean }>(
    `/* has-activities */ select exists (
      select from activity where program_id = $1 and ($2::uuid[] is null or activity_type_id = any($2))) as has`,
    [programId, typeIds],
  );
  return row?.has === true;
}
