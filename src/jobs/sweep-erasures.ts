import { sweepErased } from '#app/customer/sweep-erased.ts';
import type { AppDeps } from '#app/transaction.ts';
import { listToSweep } from '#storage/erasure-store.ts';
import type { Statements } from '#storage/postgres.ts';

/** Longer than any transaction that may have found a customer before the erasure, and than the relay takes to tell. */
const AFTER_MS = 60_000;
const AT_ONCE = 100;

/** Sweeps after erasures of more than a minute ago. One that fails is logged and left for the next run. */
export async function runSweepErasures(
  deps: AppDeps & { reads: Statements },
  before = new Date(Date.now() - AFTER_MS),
): Promise<number> {
  const due = await listToSweep(deps.reads, before, AT_ONCE);
  for (const erasure of due) {
    try {
      await sweepErased(deps, erasure);
    } catch (error) {
      deps.log.error({ err: error, programId: erasure.programId }, 'traces of an erased customer could not be swept');
    }
  }
  return due.length;
}
