import type { CohortFill, CohortSeat } from '#domain/league/cohorts.ts';
import type { LeagueIdler, LeagueMove, LeagueOutcome, LeaguePlayer } from '#domain/league/decide.ts';

import type { Statements } from './postgres.ts';

/** Lets one transaction at a time fill the cohorts of a season. Take it after the entries are locked. */
export async function lockCohorts(tx: Statements, seasonId: string): Promise<void> {
  await tx.query("/* lock-cohorts */ select pg_advisory_xact_lock(hashtextextended('cohorts ' || $1, 0))", [seasonId]);
}

/** Those of some customers who have a seat in a season already. */
export async function readSeats(
  tx: Statements,
  programId: string,
  seasonId: string,
  customerIds: readonly string[],
): Promise<CohortSeat[]> {
  return tx.query<CohortSeat>(
    `/* read-seats */ select customer_id as "customerId", level, cohort from league_member
     where program_id = $1 and season_id = $2 and customer_id = any($3)`,
    [programId, seasonId, customerIds],
  );
}

/** The newest cohort of each level of a season. */
export async function readFills(tx: Statements, programId: string, seasonId: string): Promise<CohortFill[]> {
  return tx.query<CohortFill>(
    `/* read-fills */ select distinct on (level) level, cohort, count(*)::int as size from league_member
     where program_id = $1 and season_id = $2 group by level, cohort order by level, cohort desc`,
    [programId, seasonId],
  );
}

/** The levels of customers in a league; who never played it is not among them. */
export async function readLevels(
  tx: Statements,
  programId: string,
  leaderboardId: string,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: string; level: number }>(
    `/* read-levels */ select customer_id as id, level from league_place
     where program_id = $1 and leaderboard_id = $2 and customer_id = any($3)`,
    [programId, leaderboardId, customerIds],
  );
  return new Map(rows.map(({ id, level }) => [id, level]));
}

/** Seats customers in a season, and lets those who never played begin at their level. */
export async function insertSeats(
  tx: Statements,
  programId: string,
  { seasonId, leaderboardId }: { seasonId: string; leaderboardId: string },
  seats: readonly CohortSeat[],
  now: Date,
): Promise<void> {
  await tx.query(
    `/* insert-seats */ with seat as (
       select * from unnest($4::uuid[], $5::integer[], $6::integer[]) as s (customer_id, level, cohort)
     ), places as (
       insert into league_place (program_id, leaderboard_id, customer_id, level, updated_at)
       select $1, $3, customer_id, level, $7 from seat order by customer_id on conflict do nothing
     )
     insert into league_member (program_id, season_id, customer_id, level, cohort, joined_at)
     select $1, $2, customer_id, level, cohort, $7 from seat`,
    [
      ...[programId, seasonId, leaderboardId],
      ...[seats.map((seat) => seat.customerId), seats.map((seat) => seat.level), seats.map((seat) => seat.cohort)],
      now,
    ],
  );
}

/** Everybody who played a season, with the sealed place in the cohort. */
export async function readPlayers(tx: Statements, programId: string, seasonId: string): Promise<LeaguePlayer[]> {
  return tx.query<LeaguePlayer>(
    `/* read-players */ select m.customer_id as "customerId", m.level, m.cohort, s.position
     from league_member m
     left join season_standing s on s.program_id = m.program_id and s.season_id = m.season_id and s.customer_id = m.customer_id
     where m.program_id = $1 and m.season_id = $2`,
    [programId, seasonId],
  );
}

/** Everybody of a league who joined before a season and did not play it. */
export async function readIdlers(
  tx: Statements,
  programId: string,
  { seasonId, leaderboardId, startsAt }: { seasonId: string; leaderboardId: string; startsAt: Date },
): Promise<LeagueIdler[]> {
  return tx.query<LeagueIdler>(
    `/* read-idlers */ select p.customer_id as "customerId", p.level, p.idle_drops as "idleDrops" from league_place p
     where p.program_id = $1 and p.leaderboard_id = $3
       and not exists (
         select from league_member m where m.program_id = p.program_id and m.season_id = $2 and m.customer_id = p.customer_id)
       and exists (
         select from league_member m join season s on s.program_id = m.program_id and s.id = m.season_id
         where m.program_id = p.program_id and m.customer_id = p.customer_id and s.leaderboard_id = $3 and s.starts_at < $4)`,
    [programId, seasonId, leaderboardId, startsAt],
  );
}

/** Writes what a season did: the results, once each, and where everybody stands since. */
export async function writeMoves(
  tx: Statements,
  programId: string,
  { seasonId, leaderboardId }: { seasonId: string; leaderboardId: string },
  moves: readonly LeagueMove[],
  now: Date,
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(
    `/* write-moves */ with move as (
       select * from unnest($4::uuid[], $5::integer[], $6::integer[], $7::text[]) as m (customer_id, from_level, to_level, outcome)
     ), results as (
       insert into league_result (program_id, season_id, customer_id, leaderboard_id, cohort, position, from_level, to_level, outcome, decided_at)
       select $1, $2, m.customer_id, $3, l.cohort, s.position, m.from_level, m.to_level, m.outcome, $8
       from move m
       left join league_member l on l.program_id = $1 and l.season_id = $2 and l.customer_id = m.customer_id
       left join season_standing s on s.program_id = $1 and s.season_id = $2 and s.customer_id = m.customer_id
     )
     update league_place p
     set level = m.to_level, decided_season_id = $2, updated_at = $8,
       idle_seasons = case when m.outcome = 'DROPPED_IDLE' then p.idle_seasons + 1 else 0 end,
       idle_drops = case when m.outcome = 'DROPPED_IDLE' then p.idle_drops + 1 else 0 end
     from move m
     where p.program_id = $1 and p.leaderboard_id = $3 and p.customer_id = m.customer_id`,
    [
      ...[programId, seasonId, leaderboardId],
      ...[moves.map((move) => move.customerId), moves.map((move) => move.from), moves.map((move) => move.to)],
      ...[moves.map((move) => move.outcome), now],
    ],
  );
}

/** Takes customers out of the cohorts of seasons that run already, because their level has changed; gives the seats. */
export async function takeSeats(
  tx: Statements,
  programId: string,
  { leaderboardId, startsAt }: { leaderboardId: string; startsAt: Date },
  customerIds: readonly string[],
): Promise<{ seasonId: string; customerId: string }[]> {
  return tx.query(
    `/* take-seats */ delete from league_member m using season s
     where m.program_id = $1 and m.customer_id = any($4) and s.program_id = m.program_id and s.id = m.season_id
       and s.leaderboard_id = $2 and s.starts_at > $3 and s.frozen_at is null
     returning m.season_id as "seasonId", m.customer_id as "customerId"`,
    [programId, leaderboardId, startsAt, customerIds],
  );
}

/** Where a customer stands in the leagues of a program. */
export type LeagueStanding = {
  leaderboardId: string;
  level: number;
  /** The newest season that was played, and the seat in it. */
  seasonId: string | null;
  seatLevel: number | null;
  cohort: number | null;
};

/** The leagues that a customer has played, with the seat in the newest season. */
export async function readLeaguesOf(
  reads: Statements,
  programId: string,
  customerId: string,
): Promise<LeagueStanding[]> {
  return reads.query<LeagueStanding>(
    `/* read-leagues-of */ select p.leaderboard_id as "leaderboardId", p.level, seat.season_id as "seasonId", seat.level as "seatLevel",
       seat.cohort
     from league_place p
     left join lateral (
       select m.season_id, m.level, m.cohort from league_member m join season s on s.program_id = m.program_id and s.id = m.season_id
       where m.program_id = p.program_id and m.customer_id = p.customer_id and s.leaderboard_id = p.leaderboard_id
       order by s.starts_at desc limit 1
     ) seat on true
     where p.program_id = $1 and p.customer_id = $2 order by p.leaderboard_id`,
    [programId, customerId],
  );
}

/** What a season did to a customer's level. */
export type LeagueResult = {
  seasonId: string;
  key: string;
  cohort: number | null;
  position: number | null;
  from: number;
  to: number;
  outcome: LeagueOutcome;
  decidedAt: Date;
};

/** The last results of a customer in a league, the newest first. */
export async function readResults(
  reads: Statements,
  programId: string,
  { leaderboardId, customerId }: { leaderboardId: string; customerId: string },
  limit: number,
): Promise<LeagueResult[]> {
  return reads.query<LeagueResult>(
    `/* read-league-results */ select r.season_id as "seasonId", s.key, r.cohort, r.position, r.from_level as "from",
       r.to_level as "to", r.outcome, r.decided_at as "decidedAt"
     from league_result r join season s on s.program_id = r.program_id and s.id = r.season_id
     where r.program_id = $1 and r.leaderboard_id = $2 and r.customer_id = $3 order by s.starts_at desc limit $4`,
    [programId, leaderboardId, customerId, limit],
  );
}
