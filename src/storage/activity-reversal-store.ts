import { Big } from 'big.js';

import type { EarlierReversals } from '#domain/activity/reverse.ts';

import type { Statements } from './postgres.ts';

/** What earlier reversals of an activity did. Read it under the lock of the customer's account. */
export async function readEarlierReversals(
  statements: Statements,
  programId: string,
  activityId: string,
): Promise<EarlierReversals> {
  const rows = await statements.query<{
    kind: string;
    property: string | null;
    amount: string | null;
    line_ids: string[] | null;
  }>(
    '/* read-earlier-reversals */ select kind, property, amount::text, line_ids from activity_reversal where program_id = $1 and activity_id = $2',
    [programId, activityId],
  );
  const returned = new Map<string, Big>();
  for (const { property, amount } of rows) {
    if (property !== null && amount !== null)
      returned.set(property, (returned.get(property) ?? new Big(0)).plus(amount));
  }
  return {
    whole: rows.some((row) => row.kind === 'WHOLE'),
    returned,
    lineIds: new Set(rows.flatMap((row) => row.line_ids ?? [])),
  };
}

export type NewReversal = {
  id: string;
  activityId: string;
  kind: 'WHOLE' | 'PART';
  property: string | null;
  amount: string | null;
  lineIds: readonly string[];
  reason: string | null;
  actor: string;
  occurredAt: Date;
  recordedAt: Date;
  pointsReversed: number;
  pointsUncollected: number;
};

/** Writes one reversal; one of several properties is several rows, of which the first carries the points. */
export async function insertReversal(statements: Statements, programId: string, row: NewReversal): Promise<void> {
  await statements.query(
    `/* insert-reversal */
    insert into activity_reversal (program_id, id, activity_id, kind, property, amount, line_ids, reason, actor, occurred_at, recorded_at, points_reversed, points_uncollected)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      programId,
      row.id,
      row.activityId,
      row.kind,
      row.property,
      row.amount,
      row.lineIds,
      row.reason,
      row.actor,
      row.occurredAt,
      row.recordedAt,
      row.pointsReversed,
      row.pointsUncollected,
    ],
  );
}
