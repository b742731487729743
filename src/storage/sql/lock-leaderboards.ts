import type { Statements } from '../postgres.ts';

/**
 * Keeps the program's set of boards as it is until the transaction ends. Whoever scores shares the lock, whoever adds a
 * board and fills it from the past holds it alone: so every activity is counted by exactly one of the two. Take it before
 * the catalogue is read, because a statement sees what was committed before it began, not while it waited.
 */
export async function shareLeaderboards(tx: Statements, programId: string): Promise<void> {
  await tx.query(
    "/* share-leaderboards */ select pg_advisory_xact_lock_shared(hashtextextended('leaderboards ' || $1, 0))",
    [programId],
  );
}

/** Waits until nobody scores in this program, and lets nobody score until the transaction ends. */
export async function lockLeaderboards(tx: Statements, programId: string): Promise<void> {
  await tx.query("/* lock-leaderboards */ select pg_advisory_xact_lock(hashtextextended('leaderboards ' || $1, 0))", [
    programId,
  ]);
}
