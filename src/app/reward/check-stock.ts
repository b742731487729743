import type { CompiledRewards } from '#domain/reward/compile.ts';
import type { RuleProblem } from '#domain/rule-set/content.ts';
import { lockStock } from '#storage/reward-stock-store.ts';

import type { Tx } from '../transaction.ts';

/**
 * What is wrong with the stock of rewards that are about to go live: less of one than customers have already. Holds the
 * stock until the commit, so that nobody takes a piece while the number is lowered.
 */
export async function findStockProblems(tx: Tx, rewards: CompiledRewards): Promise<RuleProblem[]> {
  const limited = rewards.all.filter(({ reward }) => reward.stock !== null).map(({ reward }) => reward);
  if (limited.length === 0) return [];
  const stock = await lockStock(
    tx,
    tx.programId,
    limited.map((reward) => reward.id),
  );
  return limited.flatMap((reward): RuleProblem[] => {
    const { reserved = 0, issued = 0 } = stock.get(reward.id) ?? {};
    if (reward.stock === null || reward.stock >= reserved + issued) return [];
    const message = `${reserved} pieces are reserved and ${issued} issued: a stock of ${reward.stock} is too low.`;
    return [{ path: [reward.code, 'stock'], message }];
  });
}
