import type { RedemptionRefusal } from '#domain/reward/refusal.ts';

import type { Statements } from './postgres.ts';

/** An attempt to redeem that was refused, with every reason. */
export type RefusedAttempt = {
  id: string;
  customerId: string;
  rewardId: string;
  rewardCode: string;
  /** The rule set's revision that decided. */
  revision: number;
  quantity: number;
  mode: 'ISSUE' | 'RESERVE';
  /** What it would have cost. */
  points: number;
  refusals: readonly RedemptionRefusal[];
  refusedAt: Date;
  actor: string;
};

/** Files a refused attempt, so that it can be explained later. */
export async function insertRefusedAttempt(tx: Statements, programId: string, attempt: RefusedAttempt): Promise<void> {
  await tx.query(
    `/* insert-refused-attempt */ insert into redemption_refusal
       (program_id, id, customer_id, reward_id, reward_code, revision, quantity, mode, points, refusals, refused_at, actor)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      programId,
      attempt.id,
      attempt.customerId,
      attempt.rewardId,
      attempt.rewardCode,
      attempt.revision,
      attempt.quantity,
      attempt.mode,
      attempt.points,
      JSON.stringify(attempt.refusals),
      attempt.refusedAt,
      attempt.actor,
    ],
  );
}

/** Refused attempts by id, in no order; ids of nothing are left out. */
export async function findRefusedAttempts(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<RefusedAttempt[]> {
  return reads.query<RefusedAttempt>(
    `/* find-refused-attempts */
    select id, customer_id as "customerId", reward_id as "rewardId", reward_code as "rewardCode", revision, quantity, mode, points,
      refusals, refused_at as "refusedAt", actor
    from redemption_refusal where program_id = $1 and id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** Forgets attempts that were refused before an instant. Gives how many. */
export async function deleteRefusedAttempts(tx: Statements, before: Date): Promise<number> {
  const rows = await tx.query(
    '/* delete-refused-attempts */ delete from redemption_refusal where refused_at < $1 returning 1',
    [before],
  );
  return rows.length;
}
