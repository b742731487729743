import DataLoader from 'dataloader';

import { readBadges, todayOf } from '#app/badge/read.ts';
import type { BadgeProgress } from '#domain/badge/progress.ts';
import { may, type Caller } from '#domain/caller.ts';
import { addDays } from '#domain/time.ts';
import type { Deps } from '#src/deps.ts';
import { findAwards, listAwards, type AwardRow } from '#storage/badge-award-store.ts';
import { countHolders } from '#storage/badge-shelf-store.ts';

import { loaderById } from './by-id.ts';

/** How far customers are with the badges that the caller may see. Nothing is remembered: after a mutation the next read is new. */
export function createBadgesLoader(deps: Deps, caller: Caller): DataLoader<string, readonly BadgeProgress[]> {
  return new DataLoader(
    async (customerIds) => {
      if (!('programId' in caller)) return customerIds.map(() => []);
      const progress = await readBadges(deps, caller.programId, customerIds);
      const seesAll = caller.kind !== 'CUSTOMER';
      return customerIds.map((id) =>
        (progress.get(id) ?? []).filter(({ compiled, held }) => seesAll || held !== null || !compiled.badge.hidden),
      );
    },
    { cache: false },
  );
}

/** Awards by id, for whoever may read badges; a customer finds their own. */
export function createBadgeAwardLoader(deps: Deps, caller: Caller): DataLoader<string, AwardRow | null> {
  return loaderById(async (ids) => {
    if (!('programId' in caller) || !may(caller, 'badge:read')) return [];
    const rows = await findAwards(deps.reads, caller.programId, ids);
    if (caller.kind === 'CUSTOMER') return rows.filter(({ customerId }) => customerId === caller.customerId);
    return may(caller, 'customer:read') ? rows : [];
  });
}

export type BadgeCount = { holders: number; active: number; outOf: number };

/** How many hold a badge, how many of them were active, and how many were at all: one statement a number of days. */
export function createBadgeCountLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<{ badgeId: string; days: number }, BadgeCount, string> {
  return new DataLoader(
    async (keys) => {
      if (programId === null) return keys.map(() => ({ holders: 0, active: 0, outOf: 0 }));
      const { now, day } = todayOf(await deps.catalogues.current(programId), deps.clock);
      const counted = new Map<number, Awaited<ReturnType<typeof countHolders>>>();
      for (const [days, same] of Map.groupBy(keys, (key) => key.days)) {
        const badgeIds = same.map(({ badgeId }) => badgeId);
        counted.set(days, await countHolders(deps.reads, programId, badgeIds, now, addDays(day, 1 - days)));
      }
      return keys.map(({ badgeId, days }) => {
        const { active: outOf = 0, badges } = counted.get(days) ?? {};
        const { holders = 0, active = 0 } = badges?.get(badgeId) ?? {};
        return { holders, active, outOf };
      });
    },
    { cacheKeyFn: ({ badgeId, days }) => `${badgeId} ${days}` },
  );
}

/** Ids of the badges that the caller may see; null is all of them. */
export function createSeenBadgesLoader(deps: Deps, caller: Caller): DataLoader<string, ReadonlySet<string> | null> {
  return new DataLoader(
    async (keys) => {
      const seen = await findSeen(deps, caller);
      return keys.map(() => seen);
    },
    { cache: false },
  );
}

async function findSeen(deps: Deps, caller: Caller): Promise<ReadonlySet<string> | null> {
  if (!('programId' in caller) || may(caller, 'customer:read')) return null;
  const catalogue = await deps.catalogues.current(caller.programId);
  const { all } = catalogue.ruleSet.badges;
  const open = all.flatMap(({ badge }) => (badge.hidden ? [] : [badge.id]));
  if (caller.kind !== 'CUSTOMER' || open.length === all.length) return new Set(open);
  const { now } = todayOf(catalogue, deps.clock);
  const own = await listAwards(deps.reads, caller.programId, [caller.customerId]);
  const held = own.filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now));
  return new Set([...open, ...held.map(({ badgeId }) => badgeId)]);
}
