import { isPlaced } from '#domain/leaderboard/placement.ts';
import { ALL_TIME, calendarSeason } from '#domain/leaderboard/season.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from '../postgres.ts';
import { ensureSeasons, seasonName } from './ensure-seasons.ts';
import {
  OWNER,
  REMAINING_SUB,
  REMAINING_UNITS,
  REPORTED_SUB,
  REPORTED_UNITS,
  REVERSED_WHOLE,
  WITHIN_BOUNDS,
} from './remaining-units.ts';

/** First local day of the season that activity `a` counts in; null on an all-time board. $3 is the program's zone. */
const SEASON_START: Record<Leaderboard['period'], string> = {
  ALL_TIME: 'null::date',
  DAY: '(a.occurred_at at time zone $3)::date',
  WEEK: "date_trunc('week', a.occurred_at at time zone $3)::date",
  MONTH: "date_trunc('month', a.occurred_at at time zone $3)::date",
  QUARTER: "date_trunc('quarter', a.occurred_at at time zone $3)::date",
  YEAR: "date_trunc('year', a.occurred_at at time zone $3)::date",
  // These are filled season by season (season-recompute.ts), each as if it were all time.
  CRON: 'null::date',
  DATES: 'null::date',
};

/**
 * What the whole past scores on a board: (starts_on, customer_id, score, sub_score, reached_at), by the rules of
 * src/domain/leaderboard/score.ts. $1 program, $2 currency or activity type, $3 zone, $4 property, $5 decimals.
 */
export function scoresOf(board: Leaderboard): string {
  const start = SEASON_START[board.period];
  const owner = OWNER(board);
  const ofType = `from activity a where a.program_id = $1 and a.activity_type_id = $2 and ${owner} is not null`;
  const sub = REMAINING_SUB(board);
  const [way, reported] = [board.direction === 'DESCENDING' ? 'desc' : 'asc', REPORTED_UNITS('$4', '$5')];
  switch (board.metric) {
    case 'POINTS_EARNED':
      return `
        select ${start} as starts_on, ${owner} as customer_id, sum(t.net)::bigint as score, 0::bigint as sub_score,
          max(a.occurred_at) as reached_at
        from (
          select activity_id, sum(case kind when 'EARN' then amount else -amount end) as net
          from ledger_transaction
          where program_id = $1 and currency_id = $2 and kind in ('EARN', 'REVERSE') and activity_id is not null
          group by activity_id
          having bool_or(kind = 'EARN') and ${WITHIN_BOUNDS(board, "sum(amount) filter (where kind = 'EARN')")}
        ) t join activity a on a.program_id = $1 and a.id = t.activity_id
        where $3::text is not null and $4::text is null and $5::integer = 0 and ${owner} is not null
        group by 1, 2`;
    case 'ACTIVITY_COUNT':
      return `
        select ${start} as starts_on, ${owner} as customer_id, count(*) filter (where not ${REVERSED_WHOLE}) as score,
          (coalesce(sum(${sub}) filter (where not ${REVERSED_WHOLE}), 0))::bigint as sub_score, max(a.occurred_at) as reached_at
        ${ofType} and $3::text is not null and $4::text is null and $5::integer = 0
        group by 1, 2`;
    case 'PROPERTY_SUM':
      return `
        select ${start} as starts_on, ${owner} as customer_id, max(a.occurred_at) as reached_at,
          sum(case when ${REVERSED_WHOLE} then 0 else ${REMAINING_UNITS('$4', '$5')} end)::bigint as score,
          sum(case when ${REVERSED_WHOLE} then 0 else ${sub} end)::bigint as sub_score
        ${ofType} and $3::text is not null and ${reported} is not null
          and (${reported} <> 0 or ${REPORTED_SUB(board)} <> 0) and ${WITHIN_BOUNDS(board, reported)}
        group by 1, 2`;
    case 'PROPERTY_BEST':
    case 'PROPERTY_LAST':
      return `
        select distinct on (1, 2) ${start} as starts_on, ${owner} as customer_id, ${REMAINING_UNITS('$4', '$5')} as score,
          ${sub} as sub_score, a.occurred_at as reached_at
        ${ofType} and $3::text is not null and ${reported} is not null and not ${REVERSED_WHOLE}
          and ${WITHIN_BOUNDS(board, reported)}
        order by 1, 2, ${board.metric === 'PROPERTY_LAST' ? `5 desc, 3 ${way}, 4 ${way}` : `3 ${way}, 4 ${way}, 5`}`;
  }
}

/** Where entries of a new board are until they are placed. */
export const FIRST_PART = (board: Leaderboard): string => (isPlaced(board) ? 'null' : "''");

/** Whoever is erased is on no new board; on a board of teams what was done for the team stays. */
export const NOT_ERASED =
  'not exists (select from customer c where c.program_id = $1 and c.id = s.customer_id and c.erased_at is not null)';

/** The values of `scoresOf`, from $1 on. */
export function scoreValues(programId: string, board: Leaderboard, timeZone: string): unknown[] {
  return [programId, board.currencyId ?? board.activityTypeId, timeZone, board.property, board.scoreDecimals];
}

/**
 * Fills a board that was just made from everything that happened before it, and gives the ids of its seasons. Call it under
 * `lockLeaderboards`, so that nothing happens meanwhile. Two statements, whatever the size: one finds the seasons, one
 * writes all entries.
 */
export async function backfillLeaderboard(
  tx: Statements,
  programId: string,
  newId: () => string,
  board: Leaderboard,
  timeZone: string,
  now: Date,
): Promise<string[]> {
  const { period } = board;
  if (period === 'CRON' || period === 'DATES') throw new Error('such seasons are filled one by one');
  const values = scoreValues(programId, board, timeZone);
  const starts = await tx.query<{ day: string | null }>(
    `/* backfill-seasons */ select distinct starts_on as day from (${scoresOf(board)}) as s`,
    values,
  );
  const seasons = starts.map(({ day }) => ({
    leaderboardId: board.id,
    graceMinutes: board.plan.graceMinutes,
    ...(period === 'ALL_TIME' || day === null ? ALL_TIME : calendarSeason(period, day, timeZone)),
  }));
  const made = await ensureSeasons(tx, programId, newId, now, seasons);
  const idOf = (key: string): string | undefined => made.get(seasonName(board.id, key))?.id;
  await tx.query(
    `/* backfill-entries */ insert into leaderboard_entry (program_id, season_id, customer_id, score, sub_score, reached_at, part)
     select $1, w.id, s.customer_id, s.score, s.sub_score, s.reached_at, ${FIRST_PART(board)}
     from (${scoresOf(board)}) as s
     join unnest($6::uuid[], $7::date[]) as w (id, starts_on) on w.starts_on is not distinct from s.starts_on
     where ${NOT_ERASED}`,
    [...values, seasons.map((season) => idOf(season.key)), seasons.map((season) => season.startsOn)],
  );
  return [...made.values()].map(({ id }) => id);
}
