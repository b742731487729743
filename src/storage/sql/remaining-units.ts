import type { Leaderboard } from '#domain/program/program.ts';

/**
 * Fragments shared by the statements that score activities in SQL. They repeat src/domain/leaderboard/score.ts: a test
 * compares the two over random histories. `a` is the activity; parameters are the names of placeholders.
 */

const NUMBER = String.raw`'^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$'`;

/** The property's reported value in whole units of 10^-decimals, ties away from zero; null when it is no number. */
export const REPORTED_UNITS = (property: string, decimals: string): string =>
  `case when a.properties ->> ${property}::text ~ ${NUMBER}
    then round((a.properties ->> ${property}::text)::numeric * power(10::numeric, ${decimals}::integer))::bigint end`;

/** The same for what is left of it after parts were returned; whole reversals are not regarded here. */
export const REMAINING_UNITS = (property: string, decimals: string): string =>
  `case when a.properties ->> ${property}::text ~ ${NUMBER}
    then round(((a.properties ->> ${property}::text)::numeric - coalesce((
      select sum(r.amount) from activity_reversal r
      where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'PART' and r.property = ${property}::text
    ), 0)) * power(10::numeric, ${decimals}::integer))::bigint end`;

/** Whether the activity was reversed as a whole. */
export const REVERSED_WHOLE = `exists (
  select from activity_reversal r where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'WHOLE')`;

/** A text of the configuration inside a statement. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The sub-score of an activity as reported, and what is left of it; 0 on a board that names none. */
export const REPORTED_SUB = (board: Leaderboard): string =>
  board.subProperty === null
    ? '0::bigint'
    : `coalesce(${REPORTED_UNITS(literal(board.subProperty), String(board.subScoreDecimals))}, 0)`;
export const REMAINING_SUB = (board: Leaderboard): string =>
  board.subProperty === null
    ? '0::bigint'
    : `coalesce(${REMAINING_UNITS(literal(board.subProperty), String(board.subScoreDecimals))}, 0)`;

/** Whether a value lies within the board's bounds. */
export const WITHIN_BOUNDS = (board: Leaderboard, value: string): string =>
  [
    'true',
    ...(board.scoreMin === null ? [] : [`${value} >= ${board.scoreMin}`]),
    ...(board.scoreMax === null ? [] : [`${value} <= ${board.scoreMax}`]),
  ].join(' and ');

/** What the board decided of the activity when it was recorded, as JSON; null where it did not count it. */
const DECIDED = (board: Leaderboard): string =>
  `(select e from jsonb_array_elements(a.effects) e
    where e ->> 'kind' = 'BOARD_COUNTED' and e ->> 'leaderboardId' = ${literal(board.id)} limit 1)`;

/** Whose entry the activity counts on; null where it was decided that it does not count. */
export const OWNER = (board: Leaderboard): string => {
  if (board.scope === 'TEAM') return `(${DECIDED(board)} ->> 'teamId')::uuid`;
  return board.attemptsMax === null
    ? 'a.customer_id'
    : `case when ${DECIDED(board)} is not null then a.customer_id end`;
};
