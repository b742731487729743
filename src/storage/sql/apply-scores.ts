import { PointsOutOfRangeError } from '#domain/errors.ts';

import type { Statements } from '../postgres.ts';
import { arrayText } from './columns.ts';

/** A change of one entry. `amount` is added, or is the value that competes for best; whole units of the board. */
export type EntryChange = { seasonId: string; customerId: string; amount: number; reachedAt: Date };

/** An entry after a change. A null score means that the customer is off the board. */
export type EntryScore = {
  seasonId: string;
  customerId: string;
  score: number | null;
  version: number;
  reachedAt: Date;
};

/** ADD sums up; HIGHEST and LOWEST keep the better value, and of equal ones the earlier. */
export type ScoreOperator = 'ADD' | 'HIGHEST' | 'LOWEST';

const BETTER = (comparison: '>' | '<'): string => `
  score = excluded.score, reached_at = excluded.reached_at, version = entry.version + 1
  where entry.score is null or excluded.score ${comparison} entry.score
     or (excluded.score = entry.score and excluded.reached_at < entry.reached_at)`;

const UPDATES: Record<ScoreOperator, string> = {
  ADD: `
  score = coalesce(entry.score, 0) + excluded.score, reached_at = greatest(entry.reached_at, excluded.reached_at),
  version = entry.version + 1`,
  HIGHEST: BETTER('>'),
  LOWEST: BETTER('<'),
};

/**
 * Writes changes of one kind in one statement and gives the entries that changed, absolute and with their new version.
 * Rows are locked in the order of season and customer, whatever order they come in; an entry may appear once only.
 * Throws PointsOutOfRangeError when a score would leave ±(2^53−1).
 */
export async function applyScores(
  tx: Statements,
  programId: string,
  operator: ScoreOperator,
  changes: readonly EntryChange[],
): Promise<EntryScore[]> {
  if (changes.length === 0) return [];
  const statement = `/* apply-scores */
insert into leaderboard_entry as entry (program_id, season_id, customer_id, score, reached_at)
select $1, c.season_id, c.customer_id, c.amount, c.reached_at
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[]) as c (season_id, customer_id, amount, reached_at)
order by c.season_id, c.customer_id
on conflict (program_id, season_id, customer_id) do update set ${UPDATES[operator]}
returning season_id as "seasonId", customer_id as "customerId", score, version, reached_at as "reachedAt"`;
  try {
    return await tx.query<EntryScore>(statement, [
      programId,
      arrayText(changes.map((change) => change.seasonId)),
      arrayText(changes.map((change) => change.customerId)),
      arrayText(changes.map((change) => change.amount)),
      arrayText(changes.map((change) => change.reachedAt)),
    ]);
  } catch (error) {
    throw isScoreRange(error) ? new PointsOutOfRangeError() : error;
  }
}

function isScoreRange(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'leaderboard_entry_score_check';
}
