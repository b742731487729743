import type { Statements } from '../postgres.ts';

/**
 * Brings the planner's statistics up to date after many rows came at once. PostgreSQL does it by itself within some minutes;
 * until then it takes the tables for empty and chooses plans that are slow by hundreds of times. Reads a sample, blocks nobody.
 */
export async function refreshStatistics(statements: Statements): Promise<void> {
  await statements.query(
    `/* refresh-statistics */ analyze customer, enrolment, activity_message, activity, activity_reversal, activity_day,
       earning_counter, ledger_account, ledger_transaction, lot, ledger_entry, season, leaderboard_entry`,
  );
}
