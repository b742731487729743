import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

import { createBoardStore } from '#redis/leaderboard-store.ts';
import { rebuildSeason } from '#src/projections/rebuild.ts';
import { listSeasons, type Season } from '#storage/leaderboard-store.ts';
import type { Statements } from '#storage/postgres.ts';

export type RebuildJobDeps = { reads: Statements; redis: Redis; log: Logger; clock: () => Date };

/** Which seasons: all of the installation, of one program, or of one board. */
export type RebuildWanted = { programId?: string; leaderboardId?: string };

export type RebuildReport = { seasons: number; entries: number; busy: number };

const ATTEMPTS_MAX = 5;

/**
 * Builds ranked copies anew from the record, season by season, beside the live ones. Safe to run at any time, to cut off
 * and to repeat. A season that another process is rebuilding is passed over and counted as busy. Throws when a store is
 * away, or when Redis is emptied again and again meanwhile.
 */
export async function rebuildLeaderboards(
  deps: RebuildJobDeps,
  wanted: RebuildWanted = {},
  onProgress: (season: Season, loaded: number, expected: number) => void = () => undefined,
): Promise<RebuildReport> {
  const report: RebuildReport = { seasons: 0, entries: 0, busy: 0 };
  const store = createBoardStore(deps.redis);
  for (const season of await listSeasons(deps.reads, wanted)) {
    const outcome = await persist(() =>
      rebuildSeason({ ...deps, store }, season, (loaded, expected) => onProgress(season, loaded, expected)),
    );
    if (outcome.kind === 'BUSY') report.busy += 1;
    else {
      report.seasons += 1;
      report.entries += outcome.entries;
    }
  }
  deps.log.info(report, 'leaderboards were rebuilt');
  return report;
}

type Outcome = Awaited<ReturnType<typeof rebuildSeason>>;

async function persist(rebuild: () => Promise<Outcome>): Promise<Exclude<Outcome, { kind: 'LOST' }>> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const outcome = await rebuild();
    if (outcome.kind !== 'LOST') return outcome;
  }
  throw new Error('Redis was emptied again and again during the rebuild');
}
