import type { PaidReward } from '#domain/explanation/cause.ts';
import { publicId } from '#domain/ids.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import { textsFor } from '#domain/reward/texts.ts';
import { findRedemptionsPaidBy } from '#storage/redemption-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import type { ExplanationReads } from './reads.ts';

/** The reward for which a transaction spent or kept points, or for which it gave them back, by the name of then. */
export async function findPaidReward(
  deps: ExplanationReads,
  programId: string,
  { id, holdId, reversesId }: TransactionRow,
  locale: string | null,
): Promise<PaidReward | null> {
  const transactionIds = reversesId === null ? [id] : [id, reversesId];
  const [redemption] = await findRedemptionsPaidBy(
    deps.reads,
    programId,
    transactionIds,
    holdId === null ? [] : [holdId],
  );
  if (redemption === undefined) return null;
  const revision = await readRevision(deps.reads, programId, redemption.revision);
  const reward = revision?.content.rewards.find((known) => known.id === redemption.rewardId);
  return {
    redemptionId: publicId('Redemption', redemption.id),
    code: redemption.rewardCode,
    name: reward === undefined ? redemption.rewardCode : textsFor(reward.texts, locale).name,
    revision: redemption.revision,
    quantity: redemption.quantity,
  };
}
