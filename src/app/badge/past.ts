import type { CompiledBadge } from '#domain/badge/compile.ts';
import { amountsOf } from '#domain/badge/person.ts';
import { replayBadges, type PastEvent, type Replayed } from '#domain/badge/replay.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { tierCodesOf } from '#domain/tier/standing.ts';
import { bookedOf, listAwards, type AwardRow, type NewAward } from '#storage/badge-award-store.ts';
import type { BadgeCover } from '#storage/badge-batch-store.ts';
import { readPast, type PastWanted } from '#storage/badge-history-store.ts';
import type { Statements } from '#storage/postgres.ts';

/** All that is on record of one customer. */
export type CustomerPast = { events: readonly PastEvent[]; awards: readonly AwardRow[] };

/** Whether the past of a customer has been credited by a badge as it is now. */
export function isCovered({ shape }: CompiledBadge, cover: BadgeCover | undefined, customerId: string): boolean {
  if (cover === undefined || cover.shape !== shape) return false;
  return cover.isDone || (cover.cursor !== null && customerId <= cover.cursor);
}

/** Reads the past of customers as far as the live badges look at it. Their accounts of the default currency must be locked. */
export async function readPasts(
  tx: Statements,
  catalogue: Catalogue,
  customerIds: readonly string[],
): Promise<Map<string, CustomerPast>> {
  if (customerIds.length === 0) return new Map();
  const { id: programId } = catalogue.program;
  const [events, awards] = await Promise.all([
    readPast(tx, programId, customerIds, wantedBy(catalogue)),
    listAwards(tx, programId, customerIds),
  ]);
  const byCustomer = Map.groupBy(awards, (award) => award.customerId);
  return new Map(
    customerIds.map((id) => [id, { events: events.get(id) ?? [], awards: byCustomer.get(id) ?? [] }] as const),
  );
}

function wantedBy(catalogue: Catalogue): PastWanted {
  const { live } = catalogue.ruleSet.badges;
  const criteria = live.flatMap((badge) => badge.criteria);
  const typeIds = new Set<string>();
  for (const { concerns } of live) for (const typeId of concerns ?? []) typeIds.add(typeId);
  const currencyIds = new Set<string>();
  for (const { measure } of amountsOf(live).values()) {
    if (measure.kind === 'POINTS') currencyIds.add(measure.currencyId);
    else typeIds.add(measure.activityTypeId);
  }
  return {
    typeIds: live.some(({ concerns }) => concerns === null) ? null : [...typeIds],
    typeCodes: new Map([...catalogue.activityTypeById].map(([id, { code }]) => [id, code])),
    currencyIds: [...currencyIds],
    ladders: [...new Set(criteria.flatMap((criterion) => (criterion.kind === 'TIER' ? [criterion.ladder] : [])))],
    streaks: criteria.some(({ kind }) => kind === 'STREAK'),
  };
}

/** Goes through a customer's past by all live badges. */
export function replayPast(
  catalogue: Catalogue,
  { events, awards }: CustomerPast,
  mayHave: (compiled: CompiledBadge) => boolean,
): Replayed {
  const { badges, ladders } = catalogue.ruleSet;
  const atFirst = tierCodesOf(ladders, () => null);
  return replayBadges(badges.live, catalogue.program.timeZone, events, awards.map(bookedOf), atFirst, mayHave);
}

/** Awards that a replay found missing, as they are kept: in silence, and without points so far. */
export function silentAwards(
  customerId: string,
  { awarded }: Replayed,
  given: { newId: () => string; now: Date; revision: number; actor: string },
): NewAward[] {
  return awarded.map(({ compiled: { badge }, level, award }) => ({
    id: given.newId(),
    customerId,
    badgeId: badge.id,
    badgeCode: badge.code,
    levelCode: award.level,
    levelNumber: level + 1,
    period: award.period,
    occurrence: award.occurrence,
    byHand: false,
    earnedAt: award.earnedAt,
    recordedAt: given.now,
    expiresAt: award.expiresAt,
    activityId: award.since,
    revision: given.revision,
    silent: true,
    points: null,
    transactionId: null,
    reason: null,
    actor: given.actor,
  }));
}

/** Of awards on record, those that a replay found lapsed. */
export function lapsedIds({ awards }: CustomerPast, { lapsed }: Replayed): string[] {
  return lapsed.flatMap((one) => {
    const row = awards.find(
      ({ badgeId, levelCode, period, occurrence, byHand, revokedAt }) =>
        !byHand &&
        revokedAt === null &&
        badgeId === one.badgeId &&
        levelCode === one.level &&
        period === one.period &&
        occurrence === one.occurrence,
    );
    return row === undefined ? [] : [row.id];
  });
}
