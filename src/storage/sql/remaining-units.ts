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
