import { openLedger, saveLedger } from '#app/ledger/posting.ts';
import { inTransaction } from '#app/transaction.ts';
import type { AppDeps } from '#app/transaction.ts';
import { SYSTEM_ACTOR } from '#domain/ledger/expire.ts';
import type { AccountKey } from '#storage/ledger-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { claimDueAccounts, findDueAccounts } from '#storage/sql/find-due-accounts.ts';

const BATCH = 100;
const ROUNDS_MAX = 50;

export type SettleDueDeps = AppDeps & { reads: Statements };

/**
 * Writes down what has come due of all programs: releases, hold time-outs, expiries. At most `limit` accounts a call; gives
 * how many it settled and how many failed (those are logged and left for the next run). Each batch is one transaction, so
 * that a killed process leaves nothing half done, and rows that another process works on are passed over.
 */
export async function settleDue(
  deps: SettleDueDeps,
  options: { limit: number },
): Promise<{ settled: number; failed: number }> {
  const due = await findDueAccounts(deps.reads, deps.clock(), options.limit);
  const total = { settled: 0, failed: 0 };
  for (const [programId, accounts] of Map.groupBy(due, (account) => account.programId)) {
    for (let start = 0; start < accounts.length; start += BATCH) {
      const result = await settleBatch(deps, programId, accounts.slice(start, start + BATCH));
      total.settled += result.settled;
      total.failed += result.failed;
    }
  }
  return total;
}

/** Settles until nothing is due, or for a bounded number of rounds. What the worker calls every second. */
export async function runSettleDue(deps: SettleDueDeps): Promise<number> {
  let sum = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { settled } = await settleDue(deps, { limit: 1_000 });
    if (settled === 0) break;
    sum += settled;
  }
  return sum;
}

/** One account that cannot be settled must not keep the others of its batch from it: after a failure each goes alone. */
async function settleBatch(
  deps: SettleDueDeps,
  programId: string,
  keys: readonly AccountKey[],
): Promise<{ settled: number; failed: number }> {
  try {
    return { settled: await settleAccounts(deps, programId, keys), failed: 0 };
  } catch (error) {
    if (keys.length === 1) {
      deps.log.error({ error, programId, account: keys[0] }, 'an account could not be settled');
      return { settled: 0, failed: 1 };
    }
  }
  const total = { settled: 0, failed: 0 };
  for (const key of keys) {
    const result = await settleBatch(deps, programId, [key]);
    total.settled += result.settled;
    total.failed += result.failed;
  }
  return total;
}

async function settleAccounts(deps: SettleDueDeps, programId: string, keys: readonly AccountKey[]): Promise<number> {
  return inTransaction(deps, { programId, actor: SYSTEM_ACTOR }, async (tx) => {
    const claimed = await claimDueAccounts(tx, programId, tx.now, keys);
    if (claimed.length === 0) return 0;
    const ledger = await openLedger(deps, tx, claimed);
    await saveLedger(tx, ledger.posting);
    return claimed.length;
  });
}
