import type DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { readSeasons, type Season } from '#storage/leaderboard-store.ts';

import { loaderById } from './by-id.ts';

/** Seasons of the caller's program by id. */
export function createSeasonLoader(deps: Deps, programId: string | null): DataLoader<string, Season | null> {
  return loaderById(async (ids) => (programId === null ? [] : readSeasons(deps.reads, programId, ids)));
}
