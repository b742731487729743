import type DataLoader from 'dataloader';

import type { SeasonRun } from '#domain/season/season.ts';
import type { Deps } from '#src/deps.ts';
import { readSeasons, type Season } from '#storage/leaderboard-store.ts';
import { readSeasonPrizes, type SeasonPrize } from '#storage/season-prize-store.ts';
import { readSeasonRuns } from '#storage/season-store.ts';

import { loaderById } from './by-id.ts';

/** Seasons of the caller's program by id. */
export function createSeasonLoader(deps: Deps, programId: string | null): DataLoader<string, Season | null> {
  return loaderById(async (ids) => (programId === null ? [] : readSeasons(deps.reads, programId, ids)));
}

/** Seasons of the caller's program with how far they have come. */
export function createSeasonRunLoader(deps: Deps, programId: string | null): DataLoader<string, SeasonRun | null> {
  return loaderById(async (ids) => (programId === null ? [] : readSeasonRuns(deps.reads, programId, ids)));
}

/** Prizes of the caller's program by id. */
export function createSeasonPrizeLoader(deps: Deps, programId: string | null): DataLoader<string, SeasonPrize | null> {
  return loaderById(async (ids) => (programId === null ? [] : readSeasonPrizes(deps.reads, programId, ids)));
}
