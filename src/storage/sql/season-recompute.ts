import { InvalidInputError } from '#domain/errors.ts';
import { nextDated, seasonAfter, seasonOf, type SeasonSpan } from '#domain/leaderboard/season.ts';
import type { Placed } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from '../postgres.ts';
import { FIRST_PART, NOT_ERASED, scoresOf, scoreValues } from './backfill-leaderboard.ts';
import { ensureSeasons, seasonName } from './ensure-seasons.ts';

/** One season to be counted anew: what happened in it, less what its corrections say was not counted. */
export type RecomputedSpan = { seasonId: string; startsAt: Date; endsAt: Date };

/**
 * The record as it was counted: the names of the tables stand for the rows of the season, so that the statement that fills
 * new boards counts them as it stands. Takes $6 from, $7 to, $8 the season.
 */
const COUNTED = `
  uncounted as materialized (
    select kind, activity_id, reversal_ids, transaction_ids from season_correction where program_id = $1 and season_id = $8
  ),
  activity as not materialized (
    select a.* from activity a
    where a.program_id = $1 and a.occurred_at >= $6 and a.occurred_at < $7
      and not exists (select from uncounted u where u.kind = 'LATE_ACTIVITY' and u.activity_id = a.id)
  ),
  activity_reversal as not materialized (
    select r.* from activity_reversal r
    where r.program_id = $1 and not exists (select from uncounted u where r.id = any(u.reversal_ids))
  ),
  ledger_transaction as not materialized (
    select t.* from ledger_transaction t
    where t.program_id = $1 and not exists (select from uncounted u where t.id = any(u.transaction_ids))
  )`;

const spanValues = (
  programId: string,
  board: Leaderboard,
  timeZone: string,
  { seasonId, startsAt, endsAt }: RecomputedSpan,
): unknown[] => [...scoreValues(programId, board, timeZone), startsAt, endsAt, seasonId];

/** The board as all of the span were one season without dates. */
const whole = (board: Leaderboard): Leaderboard => ({ ...board, period: 'ALL_TIME' });

/**
 * Counts one season from the activities, their reversals and the ledger alone; its entries and standings are not looked at.
 * In no order.
 */
export async function recomputeSeason(
  reads: Statements,
  programId: string,
  board: Leaderboard,
  timeZone: string,
  span: RecomputedSpan,
): Promise<Placed[]> {
  return reads.query<Placed>(
    `/* recompute-season */ with ${COUNTED}
     select s.customer_id as "customerId", s.score, coalesce((to_jsonb(s) ->> 'sub_score')::bigint, 0) as "subScore",
       s.reached_at as "reachedAt" from (${scoresOf(whole(board))}) as s
     where s.score is not null`,
    spanValues(programId, board, timeZone, span),
  );
}

const SPANS_MAX = 1_000;

/**
 * Fills a new board whose seasons are no calendar periods, season by season, and gives their ids. Throws InvalidInputError
 * where the past has more than a thousand of them.
 */
export async function backfillSpans(
  tx: Statements,
  programId: string,
  newId: () => string,
  board: Leaderboard,
  timeZone: string,
  now: Date,
): Promise<string[]> {
  const spans = await pastSpans(tx, programId, board, timeZone);
  const made = await ensureSeasons(
    tx,
    programId,
    newId,
    now,
    spans.map((span) => ({ ...span, leaderboardId: board.id, graceMinutes: board.plan.graceMinutes })),
  );
  for (const { key, startsAt, endsAt } of spans) {
    const seasonId = made.get(seasonName(board.id, key))?.id;
    if (seasonId === undefined || startsAt === null || endsAt === null) continue;
    await tx.query(
      `/* backfill-season */ insert into leaderboard_entry (program_id, season_id, customer_id, score, sub_score, reached_at, part)
       with ${COUNTED}
       select $1, $8, s.customer_id, s.score, s.sub_score, s.reached_at, ${FIRST_PART(board)} from (${scoresOf(whole(board))}) as s
       where ${NOT_ERASED}`,
      spanValues(programId, board, timeZone, { seasonId, startsAt, endsAt }),
    );
  }
  return [...made.values()].map(({ id }) => id);
}

/** The seasons from the first activity to the last. */
async function pastSpans(
  tx: Statements,
  programId: string,
  board: Leaderboard,
  timeZone: string,
): Promise<SeasonSpan[]> {
  const [bounds] = await tx.query<{ first: Date | null; last: Date | null }>(
    '/* activity-bounds */ select min(occurred_at) as first, max(occurred_at) as last from activity where program_id = $1',
    [programId],
  );
  const { first = null, last = null } = bounds ?? {};
  if (first === null || last === null) return [];
  const spans: SeasonSpan[] = [];
  let span = seasonOf(board, first, timeZone) ?? nextDated(board, first, timeZone);
  while (span !== null && span.startsAt !== null && span.startsAt <= last) {
    if (spans.length >= SPANS_MAX) {
      throw new InvalidInputError(`The past would have more than ${SPANS_MAX} seasons: take longer ones.`, ['cron']);
    }
    spans.push(span);
    span = seasonAfter(board, span, timeZone);
  }
  return spans;
}
