import type { Statements } from './postgres.ts';

const OUTCOMES_AT_ONCE = 5_000;

/** Makes the monthly partitions of this month and the next ones, where they are missing. */
export async function ensurePartitions(reads: Statements, monthsAhead: number): Promise<void> {
  await reads.query('/* ensure-partitions */ select ensure_partitions($1)', [monthsAhead]);
}

/** Forgets outcomes of mutations from before an instant, some thousands a statement; gives their number. */
export async function deleteOldOutcomes(reads: Statements, before: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const gone = await reads.query(
      `/* delete-old-outcomes */ delete from idempotency where ctid = any(array(
         select ctid from idempotency where created_at < $1 limit $2)) returning 1`,
      [before, OUTCOMES_AT_ONCE],
    );
    total += gone.length;
    if (gone.length < OUTCOMES_AT_ONCE) return total;
  }
}
