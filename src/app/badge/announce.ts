import { nameOf } from '#domain/badge/give.ts';
import type { EventBody } from '#domain/events.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { revokeAwards, type AwardRow, type NewAward } from '#storage/badge-award-store.ts';

import type { Tx } from '../transaction.ts';

/** The event of an award: what was credited in silence tells nobody. */
export function awardedEvent(
  { ruleSet }: Catalogue,
  { id: awardId, customerId, badgeId, badgeCode: badge, levelCode, byHand, silent }: NewAward,
  locale: string | null,
): EventBody {
  if (silent) return { type: 'badge.credited', customerId, awardId, badgeId };
  const compiled = ruleSet.badges.byId.get(badgeId);
  const level = compiled?.indexOf.get(levelCode) ?? 0;
  const name = compiled === undefined ? badge : nameOf(compiled.badge, compiled.levels[level] ?? null, locale);
  const hasLevels = (compiled?.levels.length ?? 1) > 1;
  return {
    ...{ type: 'badge.awarded', customerId, awardId, badgeId, badge, name, byHand },
    level: hasLevels ? level + 1 : null,
  };
}

/** Takes back awards that a reversal left without their criteria. Causes badge.revoked. */
export async function lapseAwards(tx: Tx, awardIds: readonly string[]): Promise<AwardRow[]> {
  const by = { at: tx.now, why: 'REVERSAL' as const, reason: 'What it was awarded for was reversed.', actor: tx.actor };
  const revoked = await revokeAwards(tx, tx.programId, awardIds, by);
  for (const { id: awardId, customerId, badgeId, badgeCode: badge } of revoked)
    tx.emit({ type: 'badge.revoked', customerId, awardId, badgeId, badge, why: 'REVERSAL' });
  return revoked;
}
