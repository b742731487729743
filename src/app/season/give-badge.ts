import { levelsOf } from '#domain/badge/badge.ts';
import { heldUntil } from '#domain/badge/law.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { listAwards, writeBadges, type NewAward } from '#storage/badge-award-store.ts';
import type { Redeemer } from '#storage/redemption-facts-store.ts';
import type { SeasonPrize } from '#storage/season-prize-store.ts';

import { awardedEvent } from '../badge/announce.ts';
import { BY_HAND } from '../badge/give.ts';
import type { AppDeps, Tx } from '../transaction.ts';

/** Why a badge could not be given; null when it was. */
export type Hindrance = 'NOT_LIVE' | 'HELD' | null;

type Winner = { prize: SeasonPrize; customer: Redeemer };

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
