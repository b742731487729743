import type { RankNoticePlan, ToldRank } from '#domain/rank-notice/rank-notice.ts';

import type { Statements } from './postgres.ts';

export type PlanOfBoard = RankNoticePlan & { id: string };

/** The plans of boards, by the id of the board; boards that send no notices are left out. */
export async function readRankNoticePlans(
  reads: Statements,
  programId: string,
  leaderboardIds: readonly string[],
): Promise<PlanOfBoard[]> {
  return reads.query<PlanOfBoard>(
    `/* read-rank-notice-plans */ select leaderboard_id as id, first, every_minutes as "everyMinutes" from rank_notice_plan
     where program_id = $1 and leaderboard_id = any($2)`,
    [programId, leaderboardIds],
  );
}

/** Sets the plan of a board; null ends its notices, and what was told is forgotten. */
export async function saveRankNoticePlan(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  plan: RankNoticePlan | null,
): Promise<void> {
  if (plan === null) {
    await tx.query(
      '/* delete-rank-notice-plan */ delete from rank_notice_plan where program_id = $1 and leaderboard_id = $2',
      [programId, leaderboardId],
    );
    await forgetTold(tx, programId, leaderboardId, null);
    return;
  }
  await tx.query(
    `/* save-rank-notice-plan */ insert into rank_notice_plan (program_id, leaderboard_id, first, every_minutes)
     values ($1, $2, $3, $4)
     on conflict (program_id, leaderboard_id) do update set first = excluded.first, every_minutes = excluded.every_minutes`,
    [programId, leaderboardId, plan.first, plan.everyMinutes],
  );
}

/** Forgets what was told in seasons of a board, but for one. */
export async function forgetTold(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  but: string | null,
): Promise<void> {
  await tx.query(
    `/* forget-told-ranks */ delete from rank_told t using season s
     where t.program_id = $1 and s.program_id = $1 and s.id = t.season_id and s.leaderboard_id = $2 and ($3::uuid is null or s.id <> $3)`,
    [programId, leaderboardId, but],
  );
}

/** Boards of active programs that send notices. */
export async function listNotifying(reads: Statements): Promise<{ programId: string; leaderboardId: string }[]> {
  return reads.query(
    `/* list-notifying-boards */ select n.program_id as "programId", n.leaderboard_id as "leaderboardId"
     from rank_notice_plan n join program p on p.id = n.program_id and p.state = 'ACTIVE'
     join leaderboard l on l.program_id = n.program_id and l.id = n.leaderboard_id and l.archived_at is null
     order by 1, 2`,
  );
}

/** The plan of a board, locked until the transaction ends; null where it has none, or another process looks at the board. */
export async function lockRankNoticePlan(
  tx: Statements,
  programId: string,
  leaderboardId: string,
): Promise<RankNoticePlan | null> {
  const [plan] = await tx.query<RankNoticePlan>(
    `/* lock-rank-notice-plan */ select first, every_minutes as "everyMinutes" from rank_notice_plan
     where program_id = $1 and leaderboard_id = $2 for update skip locked`,
    [programId, leaderboardId],
  );
  return plan ?? null;
}

/** The season of a board that runs at an instant; null where nothing has been scored in one. */
export async function findRunningSeason(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  now: Date,
): Promise<string | null> {
  const [season] = await tx.query<{ id: string }>(
    `/* find-running-season */ select id from season
     where program_id = $1 and leaderboard_id = $2 and frozen_at is null
       and (starts_at is null or starts_at <= $3) and (ends_at is null or ends_at > $3) limit 1`,
    [programId, leaderboardId, now],
  );
  return season?.id ?? null;
}

/** What customers were told in a season. */
export async function readTold(tx: Statements, programId: string, seasonId: string): Promise<ToldRank[]> {
  return tx.query<ToldRank>(
    `/* read-told-ranks */ select customer_id as "customerId", rank, told_at as "toldAt" from rank_told
     where program_id = $1 and season_id = $2`,
    [programId, seasonId],
  );
}

/** Those of some customers who are listed in a season with a score. */
export async function findListed(
  tx: Statements,
  programId: string,
  seasonId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `/* find-listed */ select customer_id as id from leaderboard_entry
     where program_id = $1 and season_id = $2 and customer_id = any($3) and score is not null and is_listed and part is not null`,
    [programId, seasonId, customerIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Remembers what customers know of their ranks, and forgets some. */
export async function saveTold(
  tx: Statements,
  programId: string,
  seasonId: string,
  known: readonly ToldRank[],
  forgotten: readonly string[],
): Promise<void> {
  if (forgotten.length > 0)
    await tx.query(
      '/* forget-ranks */ delete from rank_told where program_id = $1 and season_id = $2 and customer_id = any($3)',
      [programId, seasonId, forgotten],
    );
  if (known.length === 0) return;
  await tx.query(
    `/* save-told-ranks */ insert into rank_told (program_id, season_id, customer_id, rank, told_at)
     select $1, $2, * from unnest($3::uuid[], $4::integer[], $5::timestamptz[])
     on conflict (program_id, season_id, customer_id) do update set rank = excluded.rank, told_at = excluded.told_at`,
    [
      programId,
      seasonId,
      known.map(({ customerId }) => customerId),
      known.map(({ rank }) => rank),
      known.map(({ toldAt }) => toldAt?.toISOString() ?? null),
    ],
  );
}

/** What a customer knows of its rank in running seasons. */
export type KnownRank = { leaderboardId: string; season: string; rank: number | null; toldAt: Date | null };

export async function readKnownRanks(reads: Statements, programId: string, customerId: string): Promise<KnownRank[]> {
  return reads.query<KnownRank>(
    `/* read-known-ranks */ select s.leaderboard_id as "leaderboardId", s.key as season, t.rank, t.told_at as "toldAt"
     from rank_told t join season s on s.program_id = t.program_id and s.id = t.season_id
     where t.program_id = $1 and t.customer_id = $2 order by s.leaderboard_id`,
    [programId, customerId],
  );
}
