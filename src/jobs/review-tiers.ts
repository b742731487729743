import { settleTiers } from '#app/tier/settle.ts';
import { inTransaction, type AppDeps } from '#app/transaction.ts';
import { lockAccounts } from '#storage/ledger-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { findDueReviews, restStandings } from '#storage/tier-review-store.ts';

const BATCH = 200;
const ROUNDS_MAX = 50;
const CUSTOMERS_A_ROUND = 1_000;

export type ReviewTiersDeps = AppDeps & { reads: Statements };

/**
 * Does every review, end and warning of tiers that is due, of all programs, each by its own clock; what was missed is made
 * up for in its order and dated at its own instant. A batch is one transaction: a killed process leaves nothing half done,
 * and what another process has done meanwhile is found done. Gives how many customers it looked at, and how many failed.
 */
export async function reviewTiers(
  deps: ReviewTiersDeps,
  options: { limit: number },
): Promise<{ reviewed: number; failed: number }> {
  const due = await findDueReviews(deps.reads, deps.clock(), options.limit);
  const total = { reviewed: 0, failed: 0 };
  for (const [programId, customers] of Map.groupBy(due, (row) => row.programId)) {
    const ids = customers.map(({ customerId }) => customerId);
    for (let start = 0; start < ids.length; start += BATCH) {
      const result = await reviewBatch(deps, programId, ids.slice(start, start + BATCH));
      total.reviewed += result.reviewed;
      total.failed += result.failed;
    }
  }
  return total;
}

/** Reviews until nothing is due, or for a bounded number of rounds. What the worker calls every second. */
export async function runReviewTiers(deps: ReviewTiersDeps): Promise<number> {
  let sum = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { reviewed } = await reviewTiers(deps, { limit: CUSTOMERS_A_ROUND });
    if (reviewed === 0) break;
    sum += reviewed;
  }
  return sum;
}

/** One customer who cannot be reviewed must not keep the others of the batch from it: after a failure each goes alone. */
async function reviewBatch(
  deps: ReviewTiersDeps,
  programId: string,
  customerIds: readonly string[],
): Promise<{ reviewed: number; failed: number }> {
  try {
    await reviewCustomers(deps, programId, customerIds);
    return { reviewed: customerIds.length, failed: 0 };
  } catch (error) {
    if (customerIds.length === 1) {
      deps.log.error(
        { err: error, programId, customerId: customerIds[0] },
        'the tiers of a customer could not be reviewed',
      );
      return { reviewed: 0, failed: 1 };
    }
  }
  const total = { reviewed: 0, failed: 0 };
  for (const customerId of customerIds) {
    const result = await reviewBatch(deps, programId, [customerId]);
    total.reviewed += result.reviewed;
    total.failed += result.failed;
  }
  return total;
}

async function reviewCustomers(deps: AppDeps, programId: string, customerIds: readonly string[]): Promise<void> {
  await inTransaction(deps, { programId, actor: 'system:review' }, async (tx) => {
    await shareLeaderboards(tx, programId);
    const catalogue = await deps.catalogues.at(tx, programId);
    const currencyId = catalogue.defaultCurrency.id;
    await lockAccounts(
      tx,
      deps.newId,
      programId,
      customerIds.map((customerId) => ({ customerId, currencyId })),
    );
    await settleTiers(deps, tx, catalogue, customerIds);
    await restStandings(
      tx,
      programId,
      tx.now,
      customerIds,
      catalogue.ruleSet.ladders.map(({ ladder }) => ladder.id),
    );
  });
}
