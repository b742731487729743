import type { Statements } from './postgres.ts';

export type NewStepUpCode = {
  id: string;
  customerId: string;
  rewardId: string;
  hash: Buffer;
  createdAt: Date;
  expiresAt: Date;
};

/** Keeps a step-up code by its hash. Of a customer and reward only the newest counts. */
export async function insertStepUpCode(tx: Statements, programId: string, code: NewStepUpCode): Promise<void> {
  await tx.query(
    `/* insert-step-up-code */ insert into step_up_code (program_id, id, customer_id, reward_id, hash, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [programId, code.id, code.customerId, code.rewardId, code.hash, code.createdAt, code.expiresAt],
  );
}

export type StepUpTry = { id: string; hash: Buffer; tries: number; expiresAt: Date; usedAt: Date | null };

/**
 * Counts a try on the newest code of a customer and reward, before anybody compares anything: so however many try at once,
 * `triesMax` of them are compared. Gives the code and whether this try counts; null when no code was ever sent.
 */
export async function countTry(
  tx: Statements,
  programId: string,
  on: { customerId: string; rewardId: string },
  now: Date,
  triesMax: number,
): Promise<{ code: StepUpTry; counts: boolean } | null> {
  const newest = `select id from step_up_code where program_id = $1 and customer_id = $2 and reward_id = $3 order by id desc limit 1`;
  const columns = 'id, hash, tries, expires_at as "expiresAt", used_at as "usedAt"';
  const [counted] = await tx.query<StepUpTry>(
    `/* count-try */ update step_up_code set tries = tries + 1
     where program_id = $1 and id = (${newest}) and tries < $5 and expires_at > $4 and used_at is null
     returning ${columns}`,
    [programId, on.customerId, on.rewardId, now, triesMax],
  );
  if (counted !== undefined) return { code: counted, counts: true };
  const [code] = await tx.query<StepUpTry>(
    `/* read-step-up-code */ select ${columns} from step_up_code where program_id = $1 and id = (${newest})`,
    [programId, on.customerId, on.rewardId],
  );
  return code === undefined ? null : { code, counts: false };
}

/** A code confirms one redemption. False when it has confirmed one already. */
export async function useStepUpCode(tx: Statements, programId: string, id: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    '/* use-step-up-code */ update step_up_code set used_at = $3 where program_id = $1 and id = $2 and used_at is null returning 1',
    [programId, id, now],
  );
  return rows.length > 0;
}

/** Forgets codes that ended before an instant. */
export async function deleteStepUpCodes(tx: Statements, before: Date): Promise<void> {
  await tx.query('/* delete-step-up-codes */ delete from step_up_code where expires_at < $1', [before]);
}
