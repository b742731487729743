import { liveStreaks } from '#app/streak/batch.ts';
import { settleStreaks } from '#app/streak/settle.ts';
import { inTransaction, type AppDeps } from '#app/transaction.ts';
import { lockAccounts } from '#storage/ledger-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findDueStreaks, restStreaks } from '#storage/streak-store.ts';

const BATCH = 200;
const ROUNDS_MAX = 50;
const CUSTOMERS_A_ROUND = 1_000;

export type JudgeStreaksDeps = AppDeps & { reads: Statements };

/**
 * Judges periods that came to their end by customers' own clocks, uses freezes, breaks streaks and tells who is at risk, in
 * all programs, each by its own time. What was missed while nothing ran is made up for in its order, each verdict dated at
 * its own midnight. A batch is one transaction, so that a killed process leaves nothing half done, and a second process
 * finds done what the first did. Gives how many customers it looked at, and how many failed.
 */
export async function judgeStreaks(
  deps: JudgeStreaksDeps,
  options: { limit: number },
): Promise<{ judged: number; failed: number }> {
  const due = await findDueStreaks(deps.reads, deps.clock(), options.limit);
  const total = { judged: 0, failed: 0 };
  for (const [programId, customers] of Map.groupBy(due, (row) => row.programId)) {
    const ids = customers.map(({ customerId }) => customerId);
    for (let start = 0; start < ids.length; start += BATCH) {
      const result = await judgeBatch(deps, programId, ids.slice(start, start + BATCH));
      total.judged += result.judged;
      total.failed += result.failed;
    }
  }
  return total;
}

/** Judges until nothing is due, or for a bounded number of rounds. What the worker calls every second. */
export async function runJudgeStreaks(deps: JudgeStreaksDeps): Promise<number> {
  let sum = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { judged } = await judgeStreaks(deps, { limit: CUSTOMERS_A_ROUND });
    if (judged === 0) break;
    sum += judged;
  }
  return sum;
}

/** One customer whose streaks cannot be judged must not keep the others of the batch from it: each then goes alone. */
async function judgeBatch(
  deps: JudgeStreaksDeps,
  programId: string,
  customerIds: readonly string[],
): Promise<{ judged: number; failed: number }> {
  try {
    await judgeCustomers(deps, programId, customerIds);
    return { judged: customerIds.length, failed: 0 };
  } catch (error) {
    if (customerIds.length === 1) {
      deps.log.error(
        { err: error, programId, customerId: customerIds[0] },
        'the streaks of a customer could not be judged',
      );
      return { judged: 0, failed: 1 };
    }
  }
  const total = { judged: 0, failed: 0 };
  for (const customerId of customerIds) {
    const result = await judgeBatch(deps, programId, [customerId]);
    total.judged += result.judged;
    total.failed += result.failed;
  }
  return total;
}

async function judgeCustomers(deps: AppDeps, programId: string, customerIds: readonly string[]): Promise<void> {
  await inTransaction(deps, { programId, actor: 'system:streaks' }, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, programId);
    const currencyId = catalogue.defaultCurrency.id;
    await lockAccounts(
      tx,
      deps.newId,
      programId,
      customerIds.map((customerId) => ({ customerId, currencyId })),
    );
    await settleStreaks(deps, tx, catalogue, customerIds);
    await restStreaks(
      tx,
      programId,
      tx.now,
      customerIds,
      liveStreaks(catalogue).map(({ streak }) => streak.id),
    );
  });
}
