import { PointsOutOfRangeError } from '#domain/errors.ts';

import type { Statements } from '../postgres.ts';
import { arrayText } from './columns.ts';

/** A change of one entry. `amount` and `sub` are added, or are the value that competes; whole units of the board. */
export type EntryChange = { seasonId: string; customerId: string; amount: number; sub: number; reachedAt: Date };

/** An entry after a change. A null score means that the customer is off the board. */
export type EntryScore = {
  seasonId: string;
  /** The team on a board of teams. */
  customerId: string;
  score: number | null;
  subScore: number;
  version: number;
  reachedAt: Date;
  part: string | null;
  isListed: boolean;
};

/**
 * ADD sums up; HIGHEST and LOWEST keep the better value, and of equal ones the earlier; NEWEST keeps the latest, and of one
 * instant the better.
 */
export type ScoreOperator = 'ADD' | 'HIGHEST' | 'LOWEST' | 'NEWEST_HIGHEST' | 'NEWEST_LOWEST';

const REPLACED = `
  score = excluded.score, sub_score = excluded.sub_score, reached_at = excluded.reached_at, version = entry.version + 1
  where entry.score is null`;
const IS_BETTER = (comparison: '>' | '<'): string =>
  `(excluded.score, excluded.sub_score) ${comparison} (entry.score, entry.sub_score)`;
const BETTER = (comparison: '>' | '<'): string => `${REPLACED} or ${IS_BETTER(comparison)}
  or (excluded.score = entry.score and excluded.sub_score = entry.sub_score and excluded.reached_at < entry.reached_at)`;
const NEWER = (comparison: '>' | '<'): string => `${REPLACED} or excluded.reached_at > entry.reached_at
  or (excluded.reached_at = entry.reached_at and ${IS_BETTER(comparison)})`;

const UPDATES: Record<ScoreOperator, string> = {
  ADD: `
  score = coalesce(entry.score, 0) + excluded.score, sub_score = entry.sub_score + excluded.sub_score,
  reached_at = greatest(entry.reached_at, excluded.reached_at), version = entry.version + 1`,
  HIGHEST: BETTER('>'),
  LOWEST: BETTER('<'),
  NEWEST_HIGHEST: NEWER('>'),
  NEWEST_LOWEST: NEWER('<'),
};

/** The columns of an entry as they are answered. */
export const ENTRY_SCORE = (
  entry: string,
): string => `${entry}.season_id as "seasonId", ${entry}.customer_id as "customerId",
  ${entry}.score, ${entry}.sub_score as "subScore", ${entry}.version, ${entry}.reached_at as "reachedAt", ${entry}.part, ${entry}.is_listed as "isListed"`;

/**
 * Writes changes of one kind in one statement and gives the entries that changed, absolute and with their new version.
 * Rows are locked in the order of season and customer, whatever order they come in; an entry may appear once only. A new
 * entry is in `newPart`: in none until it is placed, where boards have parts or an audience.
 * Throws PointsOutOfRangeError when a score would leave ±(2^53−1).
 */
export async function applyScores(
  tx: Statements,
  programId: string,
  operator: ScoreOperator,
  newPart: '' | null,
  changes: readonly EntryChange[],
): Promise<EntryScore[]> {
  if (changes.length === 0) return [];
  const statement = `/* apply-scores */
insert into leaderboard_entry as entry (program_id, season_id, customer_id, score, sub_score, reached_at, part, is_listed)
select $1, c.season_id, c.customer_id, c.amount, c.sub, c.reached_at, $7,
  not exists (select from board_privacy p where p.program_id = $1 and p.customer_id = c.customer_id and p.appearance = 'HIDDEN')
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[]) as c (season_id, customer_id, amount, sub, reached_at)
order by c.season_id, c.customer_id
on conflict (program_id, season_id, customer_id) do update set ${UPDATES[operator]}
returning ${ENTRY_SCORE('entry')}`;
  try {
    return await tx.query<EntryScore>(statement, [
      programId,
      arrayText(changes.map((change) => change.seasonId)),
      arrayText(changes.map((change) => change.customerId)),
      arrayText(changes.map((change) => change.amount)),
      arrayText(changes.map((change) => change.sub)),
      arrayText(changes.map((change) => change.reachedAt)),
      newPart,
    ]);
  } catch (error) {
    throw isScoreRange(error) ? new PointsOutOfRangeError() : error;
  }
}

function isScoreRange(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    /^leaderboard_entry_(sub_)?score_check$/.test(String(error.constraint))
  );
}
