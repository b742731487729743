import { returnEnded } from '#app/redemption/supply.ts';
import { inTransaction, type AppDeps } from '#app/transaction.ts';
import { SYSTEM_ACTOR } from '#domain/ledger/expire.ts';
import type { Statements } from '#storage/postgres.ts';
import { endDueRedemptions, findProgramsWithDueRedemptions } from '#storage/redemption-expiry-store.ts';

const BATCH = 500;
const ROUNDS_MAX = 20;

/**
 * Writes down that the time of redemptions is over: of what was issued and not used, and of reservations that cost no
 * points. Reservations that hold points end with their holds, which settle-due looks after. Gives how many it ended.
 */
export async function endRedemptions(deps: AppDeps & { reads: Statements }): Promise<number> {
  let sum = 0;
  for (const programId of await findProgramsWithDueRedemptions(deps.reads, deps.clock())) {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const ended = await endBatch(deps, programId);
      sum += ended;
      if (ended < BATCH) break;
    }
  }
  return sum;
}

async function endBatch(deps: AppDeps, programId: string): Promise<number> {
  return inTransaction(deps, { programId, actor: SYSTEM_ACTOR }, async (tx) => {
    const ended = await endDueRedemptions(tx, programId, tx.now, BATCH);
    await returnEnded(tx, ended);
    return ended.length;
  });
}
