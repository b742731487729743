import { ALL_TIME, calendarSeason } from '#domain/leaderboard/season.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from '../postgres.ts';
import { ensureSeasons, seasonName } from './ensure-seasons.ts';
import { REMAINING_UNITS, REPORTED_UNITS, REVERSED_WHOLE } from './remaining-units.ts';
import { backfillSpans } from './season-recompute.ts';

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
 * What the whole past scores on a board: (starts_on, customer_id, score, reached_at), by the rules of
 * src/domain/leaderboard/score.ts. $1 program, $2 currency or activity type, $3 zone, $4 property, $5 decimals.
 */
export function scoresOf(board: Leaderboard): string {
  const start = SEASON_START[board.period];
  const ofType = 'from activity a where a.program_id = $1 and a.activity_type_id = $2';
  switch (board.metric) {
    case 'POINTS_EARNED':
      return `
        select ${start} as starts_on, a.customer_id, sum(t.net)::bigint as score, max(a.occurred_at) as reached_at
        from (
          select activity_id, sum(case kind when 'EARN' then amount else -amount end) as net
          from ledger_transaction
          where program_id = $1 and currency_id = $2 and kind in ('EARN', 'REVERSE') and activity_id is not null
          group by activity_id having bool_or(kind = 'EARN')
        ) t join activity a on a.program_id = $1 and a.id = t.activity_id
        where $3::text is not null and $4::text is null and $5::integer = 0
        group by 1, 2`;
    case 'ACTIVITY_COUNT':
      return `
        select ${start} as starts_on, a.customer_id, count(*) filter (where not ${REVERSED_WHOLE}) as score,
          max(a.occurred_at) as reached_at
        ${ofType} and $3::text is not null and $4::text is null and $5::integer = 0
        group by 1, 2`;
    case 'PROPERTY_SUM':
      return `
        select ${start} as starts_on, a.customer_id, max(a.occurred_at) as reached_at,
          sum(case when ${REVERSED_WHOLE} then 0 else ${REMAINING_UNITS('$4', '$5')} end)::bigint as score
        ${ofType} and $3::text is not null and ${REPORTED_UNITS('$4', '$5')} <> 0
        group by 1, 2`;
    case 'PROPERTY_BEST':
      return `
        select distinct on (1, 2) ${start} as starts_on, a.customer_id, ${REMAINING_UNITS('$4', '$5')} as score,
          a.occurred_at as reached_at
        ${ofType} and $3::text is not null and ${REPORTED_UNITS('$4', '$5')} is not null and not ${REVERSED_WHOLE}
        order by 1, 2, 3 ${board.direction === 'DESCENDING' ? 'desc' : 'asc'}, 4`;
  }
}

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
  if (board.period === 'CRON' || board.period === 'DATES')
    return backfillSpans(tx, programId, newId, board, timeZone, now);
  const values = scoreValues(programId, board, timeZone);
  const starts = await tx.query<{ day: string | null }>(
    `/* backfill-seasons */ select distinct starts_on as day from (${scoresOf(board)}) as s`,
    values,
  );
  const period = board.period;
  const seasons = starts.map(({ day }) => ({
    leaderboardId: board.id,
    graceMinutes: board.plan.graceMinutes,
    ...(period === 'ALL_TIME' || day === null ? ALL_TIME : calendarSeason(period, day, timeZone)),
  }));
  const made = await ensureSeasons(tx, programId, newId, now, seasons);
  const idOf = (key: string): string | undefined => made.get(seasonName(board.id, key))?.id;
  await tx.query(
    `/* backfill-entries */ insert into leaderboard_entry (program_id, season_id, customer_id, score, reached_at)
     select $1, w.id, s.customer_id, s.score, s.reached_at
     from (${scoresOf(board)}) as s
     join unnest($6::uuid[], $7::date[]) as w (id, starts_on) on w.starts_on is not distinct from s.starts_on`,
    [...values, seasons.map((season) => idOf(season.key)), seasons.map((season) => season.startsOn)],
  );
  return [...made.values()].map(({ id }) => id);
}
