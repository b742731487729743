import DataLoader from 'dataloader';

import { readLevels, readTiers, type TierNow } from '#app/tier/read.ts';
import type { LevelReached } from '#domain/level/level.ts';
import type { Deps } from '#src/deps.ts';
import { listMemberships, type TierMembership } from '#storage/tier-membership-store.ts';

import { pageLoader, type PageKey } from './page.ts';

/** Where customers stand on all live ladders. Nothing is remembered: after a mutation in the same request the next read is new. */
export function createTiersLoader(deps: Deps, programId: string | null): DataLoader<string, readonly TierNow[]> {
  return new DataLoader(
    async (customerIds) => {
      const tiers = programId === null ? new Map<string, TierNow[]>() : await readTiers(deps, programId, customerIds);
      return customerIds.map((id) => tiers.get(id) ?? []);
    },
    { cache: false },
  );
}

/** Levels of customers; null while none are live. */
export function createLevelLoader(deps: Deps, programId: string | null): DataLoader<string, LevelReached | null> {
  return new DataLoader(
    async (customerIds) =>
      programId === null ? customerIds.map(() => null) : readLevels(deps, programId, customerIds),
    { cache: false },
  );
}

/** Histories of tiers, a page each; the variant is the code of a ladder, or null for all. */
export function createTierHistoryLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<PageKey<string | null>, TierMembership[], string> {
  return pageLoader(async (customerIds, page, ladder) =>
    programId === null ? new Map() : listMemberships(deps.reads, programId, customerIds, ladder, page),
  );
}
