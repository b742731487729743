import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** Attempts of one customer in one season of a board. */
export type AttemptRow = { leaderboardId: string; seasonKey: string; customerId: string; used: number };

const COLUMNS: Columns<AttemptRow> = {
  leaderboard_id: ['uuid', (row) => row.leaderboardId],
  season_key: ['text', (row) => row.seasonKey],
  customer_id: ['uuid', (row) => row.customerId],
  used: ['integer', (row) => row.used],
};

/** The attempts of customers in the seasons of boards, in no order; those who have none are left out. */
export async function readAttempts(
  tx: Statements,
  programId: string,
  keys: readonly Omit<AttemptRow, 'used'>[],
): Promise<AttemptRow[]> {
  if (keys.length === 0) return [];
  return tx.query<AttemptRow>(
    `/* read-attempts */ select leaderboard_id as "leaderboardId", season_key as "seasonKey", customer_id as "customerId", used
     from leaderboard_attempt
     join unnest($2::uuid[], $3::text[], $4::uuid[]) as k (leaderboard_id, season_key, customer_id)
       using (leaderboard_id, season_key, customer_id)
     where program_id = $1`,
    [
      programId,
      keys.map((key) => key.leaderboardId),
      keys.map((key) => key.seasonKey),
      keys.map((key) => key.customerId),
    ],
  );
}

/** Writes absolute numbers of attempts, whose customers are locked. */
export async function writeAttempts(tx: Statements, programId: string, rows: readonly AttemptRow[]): Promise<void> {
  if (rows.length === 0) return;
  const onConflict =
    'on conflict (program_id, leaderboard_id, season_key, customer_id) do update set used = excluded.used';
  await runParts(tx, 'write-attempts', [insertPart('leaderboard_attempt', programId, COLUMNS, rows, onConflict)]);
}
