import { settleDuel } from '#app/duel/settle.ts';
import type { AppDeps } from '#app/transaction.ts';
import { findDueDuels } from '#storage/duel-store.ts';
import type { Statements } from '#storage/postgres.ts';

const BATCH = 100;

/**
 * Decides all duels that have ended, and lets lapse those that nobody accepted. What the worker calls every second. A duel
 * that cannot be settled is logged and does not keep the others from it. Gives how many were settled.
 */
export async function settleDuels(deps: AppDeps & { reads: Statements }): Promise<number> {
  let sum = 0;
  for (;;) {
    const due = await findDueDuels(deps.reads, deps.clock(), BATCH);
    let settled = 0;
    for (const { programId, id } of due) {
      try {
        if (await settleDuel(deps, programId, id)) settled += 1;
      } catch (error) {
        deps.log.error({ err: error, programId, duelId: id }, 'a duel could not be settled');
      }
    }
    sum += settled;
    if (due.length < BATCH || settled === 0) return sum;
  }
}
