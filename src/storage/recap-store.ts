import type { Busy, PointsGroup, RecapWindow } from '#domain/recap/recap.ts';
import type { StreakCadence } from '#domain/streak/streak.ts';
import { measureName, type Measure } from '#domain/tier/measure.ts';

import { onlyRow, type Statements } from './postgres.ts';
import { measureDaysSql, measureDaysValues } from './sql/measure-days.ts';

/** A window with its instants, by the program's zone, and from where its points are read. */
export type RecapReading = RecapWindow & {
  timeZone: string;
  startsAt: Date;
  endsAt: Date;
  points: Measure;
  /** Whether the days of these points are kept because something live counts them; else they are counted from the ledger. */
  areDaysKept: boolean;
};

/** Most badges and seasons that a recap names; how many there were is told beside it. */
export const NAMED_MAX = 100;

export type RecapRow = {
  points: number;
  byType: { typeId: string; activities: number }[];
  byDay: Busy[];
  badges: number;
  /** Ids of awards, the newest first. */
  awardIds: string[];
  streak: { code: string; cadence: StreakCadence; length: number } | null;
  challenges: number;
  goals: number;
  /** Places in sealed seasons, the best first. */
  seasons: { seasonId: string; leaderboardId: string; rank: number; tied: number }[];
};

/** Points a customer and day: kept, or counted from the ledger. $1 to $7 are those of `measureDaysSql`, $8 and $9 the days. */
function pointsSql(reading: RecapReading): string {
  return reading.areDaysKept
    ? `select customer_id, amount from tier_day where program_id = $1 and measure = '${measureName(reading.points)}'
        and ($5::uuid[] is null or customer_id = any($5)) and day >= $8::date and day < $9::date`
    : `select customer_id, amount from (${measureDaysSql(reading.points)}) as counted`;
}

/** Says the type of every placeholder, whether or not the points need it. */
const ASKED = 'asked as (select $2::text, $3::uuid, $4::text, $5::uuid[], $6::timestamptz, $7::timestamptz)';

function valuesOf(programId: string, reading: RecapReading, customerIds: readonly string[] | null): unknown[] {
  const { timeZone, points, startsAt: from, endsAt: to } = reading;
  const values = measureDaysValues(programId, timeZone, points, { customerIds: customerIds ?? [], from, to });
  values[4] = customerIds;
  return [...values, reading.from, reading.to];
}

/** All that a customer did and got in a window, in one statement. */
export async function readRecap(
  reads: Statements,
  programId: string,
  customerId: string,
  reading: RecapReading,
): Promise<RecapRow> {
  return onlyRow(
    await reads.query<RecapRow>(
      `/* read-recap */
      with ${ASKED}, counted as (
        select activity_type_id, day, count from activity_day
        where program_id = $1 and customer_id = $10 and day >= $8::date and day < $9::date and count > 0
      ), awarded as (
        select id, earned_at from badge_award
        where program_id = $1 and customer_id = $10 and revoked_at is null and earned_at >= $6 and earned_at < $7
      ), placed as (
        select t.season_id, s.leaderboard_id, t.rank, t.tied, s.ends_at from season_standing t
        join season s on s.program_id = t.program_id and s.id = t.season_id
        where t.program_id = $1 and t.customer_id = $10 and t.rank is not null and s.ends_at > $6 and s.ends_at <= $7
      ), rows_met as (
        -- Periods that follow each other have one difference to their place among those that were met.
        select streak_id, cadence, period - row_number() over (partition by streak_id, cadence order by period) as row
        from streak_period
        where program_id = $1 and customer_id = $10 and met and local_date >= $8::date and local_date < $9::date
      ), streaks as (
        select t.code, m.cadence, count(*) as length from rows_met m
        join streak_state t on t.program_id = $1 and t.customer_id = $10 and t.streak_id = m.streak_id
        group by t.code, m.cadence, m.streak_id, m.row
      )
      select
        (select coalesce(sum(amount), 0)::bigint from (${pointsSql(reading)}) as earned) as points,
        (select coalesce(json_agg(json_build_object('typeId', activity_type_id, 'activities', activities)), '[]')
          from (select activity_type_id, sum(count) as activities from counted group by 1 order by 2 desc, 1) as types) as "byType",
        (select coalesce(json_agg(json_build_object('name', day, 'activities', activities)), '[]')
          from (select day, sum(count) as activities from counted group by 1 order by 1) as days) as "byDay",
        (select count(*) from awarded) as badges,
        (select coalesce(json_agg(id), '[]') from (select id from awarded order by earned_at desc, id desc limit ${NAMED_MAX}) as newest) as "awardIds",
        (select json_build_object('code', code, 'cadence', cadence, 'length', length) from streaks order by length desc, code limit 1) as streak,
        (select count(*) from challenge_run
          where program_id = $1 and owner_id = $10 and goal = 'PERSONAL' and state = 'COMPLETED' and completed_at >= $6 and completed_at < $7) as challenges,
        (select count(*) from challenge_contribution c
          join challenge_run r on r.program_id = c.program_id and r.id = c.run_id
          where c.program_id = $1 and c.customer_id = $10 and r.state = 'COMPLETED' and r.completed_at >= $6 and r.completed_at < $7) as goals,
        (select coalesce(json_agg(json_build_object('seasonId', season_id, 'leaderboardId', leaderboard_id, 'rank', rank, 'tied', tied)), '[]')
          from (select * from placed order by rank, ends_at desc, season_id limit ${NAMED_MAX}) as best) as seasons`,
      [...valuesOf(programId, reading, [customerId]), customerId],
    ),
  );
}

/** What the customers with activity in a window earned in it: how many of them earned how many points. */
export async function readPointsGroups(
  reads: Statements,
  programId: string,
  reading: RecapReading,
): Promise<PointsGroup[]> {
  return reads.query<PointsGroup>(
    `/* read-recap-groups */
    with ${ASKED}, active as (
      select distinct customer_id from activity_day
      where program_id = $1 and day >= $8::date and day < $9::date and count > 0
    ), earned as (
      select customer_id, sum(amount) as points from (${pointsSql(reading)}) as days group by 1
    )
    select coalesce(e.points, 0)::bigint as points, count(*) as customers
    from active a left join earned e using (customer_id) group by 1 order by 1`,
    valuesOf(programId, reading, null),
  );
}
