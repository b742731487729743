import type { DatedSeason } from '#domain/leaderboard/season.ts';
import type { LeaguePlan } from '#domain/league/plan.ts';
import type { SeasonPlan } from '#domain/season/plan.ts';
import type { SeasonRun } from '#domain/season/season.ts';

import type { Statements } from './postgres.ts';

const RUN = `s.program_id as "programId", s.id, s.leaderboard_id as "leaderboardId", s.key, s.name, s.starts_at as "startsAt",
  s.ends_at as "endsAt", s.state, s.seals_at as "sealsAt", s.plan, s.created_at as "createdAt", s.opened_at as "openedAt",
  s.closed_at as "closedAt", s.frozen_at as "frozenAt", s.sealed_at as "sealedAt", s.settled_at as "settledAt",
  s.archived_at as "archivedAt", s.next_at as "nextAt", s.rule_revision as "ruleRevision",
  s.standing_count as "standingCount", encode(s.standing_hash, 'hex') as "standingHash",
  s.prizes_decided_at as "prizesDecidedAt" from season s`;

/** Seasons of a program with their lives, by id, in no order. */
export async function readSeasonRuns(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<SeasonRun[]> {
  return reads.query<SeasonRun>(`/* read-season-runs */ select ${RUN} where s.program_id = $1 and s.id = any($2)`, [
    programId,
    ids,
  ]);
}

/** The season of a board by its key, or null. */
export async function findSeasonRun(
  reads: Statements,
  programId: string,
  leaderboardId: string,
  key: string,
): Promise<SeasonRun | null> {
  const [run] = await reads.query<SeasonRun>(
    `/* find-season-run */ select ${RUN} where s.program_id = $1 and s.leaderboard_id = $2 and s.key = $3`,
    [programId, leaderboardId, key],
  );
  return run ?? null;
}

type RunPlace = { startsAt: Date; id: string };

/** Seasons of a board, the newest first, between two places of that list; the last ones first where it goes backwards. */
export async function listSeasonRuns(
  reads: Statements,
  programId: string,
  leaderboardId: string,
  page: { after: RunPlace | null; before: RunPlace | null; backwards: boolean; limit: number },
): Promise<SeasonRun[]> {
  const way = page.backwards ? 'asc' : 'desc';
  return reads.query<SeasonRun>(
    `/* list-season-runs */ select ${RUN}
     where s.program_id = $1 and s.leaderboard_id = $2
       and ($3::timestamptz is null or (coalesce(s.starts_at, 'epoch'), s.id) < ($3, $4::uuid))
       and ($5::timestamptz is null or (coalesce(s.starts_at, 'epoch'), s.id) > ($5, $6::uuid))
     order by coalesce(s.starts_at, 'epoch') ${way}, s.id ${way} limit $7`,
    [
      ...[programId, leaderboardId, page.after?.startsAt ?? null, page.after?.id ?? null],
      ...[page.before?.startsAt ?? null, page.before?.id ?? null, page.limit],
    ],
  );
}

/**
 * Seasons of active programs at which something is due, longest overdue first within a program. A program with a test clock
 * is asked by its own time.
 */
export async function findDueSeasons(
  reads: Statements,
  clock: Date,
  limit: number,
  programId: string | null = null,
): Promise<{ programId: string; id: string }[]> {
  return reads.query(
    `/* find-due-seasons */
    select p.id as "programId", due.id
    from program p
    cross join lateral (
      select s.id, s.next_at from season s
      where s.program_id = p.id and s.next_at <= coalesce(p.test_clock, $1::timestamptz)
      order by s.next_at limit $2
    ) due
    where p.state = 'ACTIVE' and ($3::uuid is null or p.id = $3)
    order by due.next_at limit $2`,
    [clock, limit, programId],
  );
}

/** One season for changing it, or null where somebody else is at it. */
export async function lockSeasonRun(tx: Statements, programId: string, id: string): Promise<SeasonRun | null> {
  const [run] = await tx.query<SeasonRun>(
    `/* lock-season-run */ select ${RUN} where s.program_id = $1 and s.id = $2 for update of s skip locked`,
    [programId, id],
  );
  return run ?? null;
}

/** Writes how far a season has come. */
export async function updateSeasonRun(tx: Statements, run: SeasonRun): Promise<void> {
  await tx.query(
    `/* update-season-run */ update season set state = $3, seals_at = $4, plan = $5, opened_at = $6, closed_at = $7,
       frozen_at = $8, sealed_at = $9, settled_at = $10, archived_at = $11, next_at = $12, rule_revision = $13,
       standing_count = $14, standing_hash = decode($15, 'hex'), prizes_decided_at = $16
     where program_id = $1 and id = $2`,
    [
      run.programId,
      run.id,
      run.state,
      run.sealsAt,
      run.plan === null ? null : JSON.stringify(run.plan),
      run.openedAt,
      run.closedAt,
      run.frozenAt,
      run.sealedAt,
      run.settledAt,
      run.archivedAt,
      run.nextAt,
      run.ruleRevision,
      run.standingCount,
      run.standingHash,
      run.prizesDecidedAt,
    ],
  );
}

/** Writes what seasons of a board that open from now on promise. */
export async function writeSeasonPlan(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  plan: SeasonPlan,
): Promise<void> {
  await tx.query('/* write-season-plan */ update leaderboard set season_plan = $3 where program_id = $1 and id = $2', [
    programId,
    leaderboardId,
    JSON.stringify(plan),
  ]);
}

/** Writes when the seasons of a board by dates are. */
export async function writeSeasonDates(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  dates: readonly DatedSeason[],
): Promise<void> {
  await tx.query(
    '/* write-season-dates */ update leaderboard set season_dates = $3 where program_id = $1 and id = $2',
    [programId, leaderboardId, JSON.stringify(dates)],
  );
}

/** Makes a board a league, or ends that with null. */
export async function writeLeague(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  league: LeaguePlan | null,
): Promise<void> {
  await tx.query('/* write-league */ update leaderboard set league = $3 where program_id = $1 and id = $2', [
    programId,
    leaderboardId,
    league === null ? null : JSON.stringify(league),
  ]);
}
