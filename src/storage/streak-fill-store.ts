import type { StreakCadence } from '#domain/streak/streak.ts';

import type { Statements } from './postgres.ts';

type Filled = { streakId: string; cadence: StreakCadence };

/** The streaks whose past has been counted for everybody, as `<id> <cadence>`. */
export async function findFilled(reads: Statements, programId: string): Promise<ReadonlySet<string>> {
  const rows = await reads.query<{ name: string }>(
    `/* find-filled-streaks */ select streak_id || ' ' || cadence as name from streak_fill where program_id = $1`,
    [programId],
  );
  return new Set(rows.map(({ name }) => name));
}

/** A page, in the order of their ids, of enrolled customers who have done something and of whom a streak was not counted. */
export async function listUncounted(
  reads: Statements,
  programId: string,
  { streakId, cadence }: Filled,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* list-uncounted */ select c.id from customer c
     where c.program_id = $1 and c.enrolment_state = 'ENROLLED' and ($4::uuid is null or c.id > $4)
       and exists (select from activity a where a.program_id = c.program_id and a.customer_id = c.id)
       and not exists (
         select from streak_state s
         where s.program_id = c.program_id and s.customer_id = c.id and s.streak_id = $2 and s.cadence = $3)
     order by c.id limit $5`,
    [programId, streakId, cadence, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Keeps that a streak's past has been counted for everybody. */
export async function markFilled(
  reads: Statements,
  programId: string,
  { streakId, cadence }: Filled,
  at: Date,
): Promise<void> {
  await reads.query(
    `/* mark-filled */ insert into streak_fill (program_id, streak_id, cadence, filled_at) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [programId, streakId, cadence, at],
  );
}

/** Has streaks looked at by an instant, unless they are looked at earlier anyway. */
export async function wakeStreaks(
  tx: Statements,
  programId: string,
  streakIds: readonly string[],
  at: Date,
): Promise<void> {
  if (streakIds.length === 0) return;
  await tx.query(
    `/* wake-streaks */ update streak_state set next_at = least(coalesce(next_at, $3), $3::timestamptz)
     where program_id = $1 and streak_id = any($2::uuid[])`,
    [programId, streakIds, at],
  );
}

/** When which revision took over up to an instant, the latest first, and whether a streak went on by it. */
export async function readStreakStretches(
  tx: Statements,
  programId: string,
  streakId: string,
  until: Date,
): Promise<{ startsAt: Date; goes: boolean }[]> {
  return tx.query(
    `/* read-streak-stretches */
    select coalesce(r.scheduled_for, r.published_at) as "startsAt", exists (
      select from jsonb_array_elements(r.content -> 'streaks') s
      where s ->> 'id' = $2 and s ->> 'paused' = 'false'
    ) as goes
    from rule_set_revision r
    where r.program_id = $1 and not exists (
      select from rule_set_cancellation c where c.program_id = r.program_id and c.revision = r.revision)
      and coalesce(r.scheduled_for, r.published_at) <= $3
    order by 1 desc, r.revision desc`,
    [programId, streakId, until],
  );
}

/** Takes missed periods [from, to) of a streak back for everybody. */
export async function bridgeStreak(
  tx: Statements,
  programId: string,
  streakId: string,
  cadence: StreakCadence,
  bridge: { from: number; to: number },
): Promise<void> {
  await tx.query(
    `/* bridge-streak */ update streak_state set bridges = bridges || $4::jsonb
     where program_id = $1 and streak_id = $2 and cadence = $3`,
    [programId, streakId, cadence, JSON.stringify([bridge])],
  );
}
