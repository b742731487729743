import type DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { readRankNoticePlans, type PlanOfBoard } from '#storage/rank-notice-store.ts';

import { loaderById } from './by-id.ts';

/** Which boards tell ranks, by the id of the board; null for those that do not. */
export function createRankNoticePlanLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, PlanOfBoard | null> {
  return loaderById(async (ids) => (programId === null ? [] : readRankNoticePlans(deps.reads, programId, ids)));
}
