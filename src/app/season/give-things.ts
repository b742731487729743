import { levelsOf } from '#domain/badge/badge.ts';
import { heldUntil } from '#domain/badge/law.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Redemption } from '#domain/redemption/redemption.ts';
import { stockLeft } from '#domain/reward/can-redeem.ts';
import { textsFor } from '#domain/reward/texts.ts';
import { listAwards, writeBadges, type NewAward } from '#storage/badge-award-store.ts';
import type { Redeemer } from '#storage/redemption-facts-store.ts';
import { insertRedemption } from '#storage/redemption-store.ts';
import { takeCode } from '#storage/reward-code-store.ts';
import type { SeasonPrize } from '#storage/season-prize-store.ts';

import { awardedEvent } from '../badge/announce.ts';
import { BY_HAND } from '../badge/give.ts';
import { handOutMadeUpCode, validUntil } from '../redemption/issue.ts';
import type { Supply } from '../redemption/supply.ts';
import type { AppDeps, Tx } from '../transaction.ts';

/** Why a part of a prize could not be given; null when it was. */
export type Hindrance = 'NOT_LIVE' | 'OUT_OF_STOCK' | 'HELD' | null;

type Winner = { prize: SeasonPrize; customer: Redeemer };

/**
 * Gives the reward of a prize: a redemption that is issued and costs nothing. Limits and visibility are not asked, for it was
 * promised; the stock is, for what is not there cannot be given. The supply of the reward is locked.
 */
export async function giveReward(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  supply: Supply,
  { prize, customer }: Winner,
): Promise<{ redemptionId: string | null; hindrance: Hindrance }> {
  const compiled = catalogue.ruleSet.rewards.byId.get(prize.rewardId ?? '');
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
    ...{ id, customerId: prize.customerId, rewardId: reward.id, rewardCode: reward.code },
    ...{ revision: catalogue.ruleSet.revision, state: 'ISSUED', quantity: 1, points: 0, currencyId: currency.id },
    ...{ money: null, holdId: null, transactionId: null, reversalId: null, terms },
    ...{ requestedAt: tx.now, issuedAt: tx.now, closedAt: null },
    expiresAt: validUntil(terms, tx.now, catalogue.program.timeZone),
    ...{ actor: tx.actor, reason: 'Prize of a season', version: 1 },
  };
  supply.change(reward.id, 0, 1);
  await insertRedemption(tx, tx.programId, redemption, customer.accountId);
  if (fulfilment.kind === 'GENERATED_CODE') await handOutMadeUpCode(deps, tx, redemption, fulfilment);
  tx.emit({ type: 'redemption.changed', customerId: prize.customerId, redemptionId: id, state: 'ISSUED' });
  return { redemptionId: id, hindrance: null };
}

/** Gives the badge of a prize, held like one given by hand. Who holds the only one already gets no second. */
export async function giveBadgeOf(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  { prize, customer }: Winner,
): Promise<Hindrance> {
  const compiled = catalogue.ruleSet.badges.byCode.get(prize.badge ?? '');
  const level = compiled === undefined ? undefined : levelsOf(compiled.badge)[0];
  if (compiled === undefined || level === undefined) return 'NOT_LIVE';
  const { badge } = compiled;
  const { customerId } = prize;
  const known = await listAwards(tx, tx.programId, [customerId], [badge.id]);
  const isHeld = known.some(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > tx.now),
  );
  if (badge.repeat.kind === 'ONCE' && isHeld) return 'HELD';
  const earlier = known.filter((award) => award.byHand && award.levelCode === level.code);
  const award: NewAward = {
    ...{ id: deps.newId(), customerId, badgeId: badge.id, badgeCode: badge.code },
    ...{ levelCode: level.code, levelNumber: 1, period: BY_HAND, byHand: true },
    occurrence: Math.max(0, ...earlier.map(({ occurrence }) => occurrence)) + 1,
    ...{ earnedAt: tx.now, recordedAt: tx.now, activityId: null, silent: false, points: null, transactionId: null },
    expiresAt: heldUntil(badge, tx.now, catalogue.program.timeZone),
    ...{ revision: catalogue.ruleSet.revision, reason: 'Prize of a season', actor: tx.actor },
  };
  await writeBadges(tx, tx.programId, { awards: [award], addedDays: [], wholeDays: [] });
  tx.emit(awardedEvent(catalogue, award, customer.locale));
  return null;
}
