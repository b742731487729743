import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

export const CORRECTION_KINDS = ['LATE_ACTIVITY', 'LATE_REVERSAL'] as const;

/** An activity, or the reversal of one, that came after its season was frozen and did not count. */
export type Correction = {
  id: string;
  seasonId: string;
  customerId: string;
  kind: (typeof CORRECTION_KINDS)[number];
  activityId: string;
  reversalIds: readonly string[];
  transactionIds: readonly string[];
  /** What it would have done to the score; null where only a recount would tell. */
  change: number | null;
  occurredAt: Date;
  recordedAt: Date;
};

const COLUMNS: Columns<Correction> = {
  id: ['uuid', (row) => row.id],
  season_id: ['uuid', (row) => row.seasonId],
  customer_id: ['uuid', (row) => row.customerId],
  kind: ['text', (row) => row.kind],
  activity_id: ['uuid', (row) => row.activityId],
  change: ['bigint', (row) => row.change],
  occurred_at: ['timestamptz', (row) => row.occurredAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
};

/** Writes corrections, which never change afterwards. Lists of a reversal go one by one: reversals come one at a time. */
export async function insertCorrections(tx: Statements, programId: string, rows: readonly Correction[]): Promise<void> {
  if (rows.length === 0) return;
  await runParts(tx, 'insert-season-corrections', [insertPart('season_correction', programId, COLUMNS, rows)]);
  const undone = rows.filter((row) => row.kind === 'LATE_REVERSAL');
  for (const { id, reversalIds, transactionIds } of undone) {
    await tx.query(
      '/* name-uncounted */ update season_correction set reversal_ids = $3, transaction_ids = $4 where program_id = $1 and id = $2',
      [programId, id, reversalIds, transactionIds],
    );
  }
}

/** Corrections of a season in the order in which they came, between two ids; the last ones first where it goes backwards. */
export async function listCorrections(
  reads: Statements,
  programId: string,
  seasonId: string,
  { after, before, backwards }: { after: string | null; before: string | null; backwards: boolean },
  limit: number,
): Promise<Correction[]> {
  return reads.query<Correction>(
    `/* list-season-corrections */
     select id, season_id as "seasonId", customer_id as "customerId", kind, activity_id as "activityId",
       reversal_ids as "reversalIds", transaction_ids as "transactionIds", change, occurred_at as "occurredAt",
       recorded_at as "recordedAt"
     from season_correction
     where program_id = $1 and season_id = $2 and ($3::uuid is null or id > $3) and ($4::uuid is null or id < $4)
     order by id ${backwards ? 'desc' : 'asc'} limit $5`,
    [programId, seasonId, after, before, limit],
  );
}
