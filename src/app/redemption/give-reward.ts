import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Redemption } from '#domain/redemption/redemption.ts';
import { stockLeft } from '#domain/reward/can-redeem.ts';
import { textsFor } from '#domain/reward/texts.ts';
import type { Redeemer } from '#storage/redemption-facts-store.ts';
import { insertRedemption } from '#storage/redemption-store.ts';
import { takeCode } from '#storage/reward-code-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import { handOutMadeUpCode, validUntil } from './issue.ts';
import type { Supply } from './supply.ts';

/** Why a reward could not be given; null when it was. */
export type RewardHindrance = 'NOT_LIVE' | 'OUT_OF_STOCK' | null;

type Given = { redemptionId: string; hindrance: null } | { redemptionId: null; hindrance: RewardHindrance };

/**
 * Gives a customer a reward that was won: a redemption that is issued and costs nothing. Limits and visibility are not asked,
 * for it was promised; the stock is, for what is not there cannot be given. The supply of the reward is locked.
 */
export async function giveReward(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  supply: Supply,
  { rewardId, customer, reason }: { rewardId: string; customer: Redeemer; reason: string },
): Promise<Given> {
  const compiled = catalogue.ruleSet.rewards.byId.get(rewardId);
  if (compiled === undefined) return { redemptionId: null, hindrance: 'NOT_LIVE' };
  const { reward, currency } = compiled;
  const left = stockLeft(reward.stock, supply.stockOf(reward.id));
  const id = deps.newId();
  const isThere =
    (left === null || left > 0) &&
    (reward.fulfilment.kind !== 'CODE_POOL' || (await takeCode(tx, tx.programId, reward.id, id, tx.now)));
  if (!isThere) return { redemptionId: null, hindrance: 'OUT_OF_STOCK' };
  const { fulfilment, validityDays, byHand } = reward;
  const terms = { fulfilment, texts: textsFor(reward.texts, customer.locale), validityDays, byHand };
  const redemption: Redemption = {
    ...{ id, customerId: customer.id, rewardId: reward.id, rewardCode: reward.code },
    ...{ revision: catalogue.ruleSet.revision, state: 'ISSUED', quantity: 1, points: 0, currencyId: currency.id },
    ...{ money: null, holdId: null, transactionId: null, reversalId: null, terms },
    ...{ requestedAt: tx.now, issuedAt: tx.now, closedAt: null },
    expiresAt: validUntil(terms, tx.now, catalogue.program.timeZone),
    ...{ actor: tx.actor, reason, version: 1 },
  };
  supply.change(reward.id, 0, 1);
  await insertRedemption(tx, tx.programId, redemption, customer.accountId);
  if (fulfilment.kind === 'GENERATED_CODE') await handOutMadeUpCode(deps, tx, redemption, fulfilment);
  tx.emit({ type: 'redemption.changed', customerId: customer.id, redemptionId: id, state: 'ISSUED' });
  return { redemptionId: id, hindrance: null };
}
