import type { ScoreUpdate } from '#domain/events.ts';
import type { SeasonSpan } from '#domain/leaderboard/season.ts';
import type { TieRule } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** A season on record. Nothing of it ever changes; how far it has come is told by season-store.ts. */
export type Season = SeasonSpan & {
  programId: string;
  id: string;
  leaderboardId: string;
  direction: 'DESCENDING' | 'ASCENDING';
  tieRule: TieRule;
  /** Whether a sub-score decides between equal scores. */
  hasSubScore: boolean;
  /** Whether the season falls into parts that are ranked each by itself. */
  hasParts: boolean;
};

const SEASON = `s.program_id as "programId", s.id, s.leaderboard_id as "leaderboardId", s.key,
  s.starts_on as "startsOn", s.ends_on as "endsOn", s.name, s.starts_at as "startsAt",
  s.ends_at as "endsAt", l.direction, l.tie_rule as "tieRule",
  l.sub_property is not null as "hasSubScore", l.scope in ('TIER', 'ATTRIBUTE', 'ACCOUNT', 'LEAGUE') as "hasParts"
  from season s join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id`;

/** Seasons of a program by id, in no order. */
export async function readSeasons(reads: Statements, programId: string, ids: readonly string[]): Promise<Season[]> {
  return reads.query<Season>(`/* read-seasons */ select ${SEASON} where s.program_id = $1 and s.id = any($2)`, [
    programId,
    ids,
  ]);
}

/** The season of a board by its key, or null when nothing has been scored in it. */
export async function findSeason(
  reads: Statements,
  programId: string,
  leaderboardId: string,
  key: string,
): Promise<Season | null> {
  const [season] = await reads.query<Season>(
    `/* find-season */ select ${SEASON} where s.program_id = $1 and s.leaderboard_id = $2 and s.key = $3`,
    [programId, leaderboardId, key],
  );
  return season ?? null;
}

/** All seasons, or those of one program or board; `endedBefore` leaves out seasons that ended before that instant. */
export async function listSeasons(
  reads: Statements,
  only: { programId?: string; leaderboardId?: string; endedBefore?: Date },
): Promise<Season[]> {
  return reads.query<Season>(
    `/* list-seasons */ select ${SEASON}
     where ($1::uuid is null or s.program_id = $1) and ($2::uuid is null or s.leaderboard_id = $2)
       and ($3::timestamptz is null or s.ends_at is null or s.ends_at >= $3)
     order by s.program_id, s.leaderboard_id, s.key`,
    [only.programId ?? null, only.leaderboardId ?? null, only.endedBefore ?? null],
  );
}

/** Seasons of a board, newest first, before a key. */
export async function listSeasonsOf(
  reads: Statements,
  programId: string,
  leaderboardId: string,
  before: string | null,
  limit: number,
): Promise<Season[]> {
  return reads.query<Season>(
    `/* list-seasons-of */ select ${SEASON}
     where s.program_id = $1 and s.leaderboard_id = $2 and ($3::text is null or s.key < $3)
     order by s.key desc limit $4`,
    [programId, leaderboardId, before, limit],
  );
}

const ENTRY = `customer_id as "customerId", score, version, (extract(epoch from reached_at) * 1000)::bigint as "reachedAt",
  sub_score as "subScore", part, is_listed as "isListed" from leaderboard_entry`;

/** One page of a season's entries in the order of customers, those without a score too. */
export async function readEntryPage(
  reads: Statements,
  programId: string,
  seasonId: string,
  after: string | null,
  limit: number,
): Promise<ScoreUpdate[]> {
  return reads.query<ScoreUpdate>(
    `/* read-entry-page */ select ${ENTRY} where program_id = $1 and season_id = $2 and ($3::uuid is null or customer_id > $3)
     order by customer_id limit $4`,
    [programId, seasonId, after, limit],
  );
}

/** Some entries of a season as they are now. */
export async function readEntries(
  reads: Statements,
  programId: string,
  seasonId: string,
  customerIds: readonly string[],
): Promise<ScoreUpdate[]> {
  return reads.query<ScoreUpdate>(
    `/* read-entries */ select ${ENTRY} where program_id = $1 and season_id = $2 and customer_id = any($3) order by customer_id`,
    [programId, seasonId, customerIds],
  );
}

/** Rows of a season's entries: all, and those that are ranked. */
export async function countEntries(
  reads: Statements,
  programId: string,
  seasonId: string,
): Promise<{ rows: number; scored: number }> {
  const [counts] = await reads.query<{ rows: number; scored: number }>(
    '/* count-entries */ select count(*) as rows, count(score) filter (where is_listed and part is not null) as scored from leaderboard_entry where program_id = $1 and season_id = $2',
    [programId, seasonId],
  );
  return counts ?? { rows: 0, scored: 0 };
}

/** How many different scores are ranked in a season, part by part. */
export async function countLevels(reads: Statements, programId: string, seasonId: string): Promise<number> {
  const [counts] = await reads.query<{ count: number }>(
    `/* count-levels */ select count(distinct (part, score, sub_score)) as count from leaderboard_entry
     where program_id = $1 and season_id = $2 and score is not null and is_listed and part is not null`,
    [programId, seasonId],
  );
  return counts?.count ?? 0;
}

/**
 * Asks the relay, wherever it runs, to build a season's ranked copy: where it is MISSING, or ANEW whatever there is. The
 * wish may get lost; whoever still misses the copy asks again.
 */
export async function requestRebuild(
  reads: Statements,
  season: Pick<Season, 'programId' | 'id'>,
  why: 'MISSING' | 'ANEW',
): Promise<void> {
  await reads.query("/* request-rebuild */ select pg_notify('laurel_boards', $1)", [
    `${season.programId} ${season.id} ${why}`,
  ]);
}

/** Writes a new board. Throws the database's unique violation when the code is taken. */
export async function insertLeaderboard(tx: Statements, programId: string, board: Leaderboard): Promise<void> {
  await runParts(tx, 'insert-leaderboard', [insertPart('leaderboard', programId, BOARD, [board])]);
}

const BOARD: Columns<Leaderboard> = {
  id: ['uuid', (row) => row.id],
  code: ['text', (row) => row.code],
  name: ['text', (row) => row.name],
  metric: ['text', (row) => row.metric],
  currency_id: ['uuid', (row) => row.currencyId],
  activity_type_id: ['uuid', (row) => row.activityTypeId],
  property: ['text', (row) => row.property],
  score_decimals: ['integer', (row) => row.scoreDecimals],
  direction: ['text', (row) => row.direction],
  period: ['text', (row) => row.period],
  is_public: ['boolean', (row) => row.isPublic],
  season_cron: ['text', (row) => row.cron],
  season_dates: ['jsonb', (row) => JSON.stringify(row.dates)],
  tie_rule: ['text', (row) => row.tieRule],
  sub_property: ['text', (row) => row.subProperty],
  sub_score_decimals: ['integer', (row) => row.subScoreDecimals],
  score_min: ['bigint', (row) => row.scoreMin],
  score_max: ['bigint', (row) => row.scoreMax],
  attempts_max: ['integer', (row) => row.attemptsMax],
  scope: ['text', (row) => row.scope],
  scope_key: ['text', (row) => row.scopeKey],
  audience: ['text', (row) => row.audience],
  customers_see: ['text', (row) => row.customersSee],
  league: ['jsonb', (row) => JSON.stringify(row.league)],
};

/** Writes what of a board may change. */
export async function updateLeaderboard(
  tx: Statements,
  programId: string,
  board: Pick<Leaderboard, 'id' | 'name' | 'isPublic' | 'customersSee'> & { archivedAt: Date | null },
): Promise<void> {
  await tx.query(
    '/* update-leaderboard */ update leaderboard set name = $3, is_public = $4, archived_at = $5, customers_see = $6 where program_id = $1 and id = $2',
    [programId, board.id, board.name, board.isPublic, board.archivedAt, board.customersSee],
  );
}
