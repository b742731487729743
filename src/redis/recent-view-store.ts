import type { Redis } from 'ioredis';

import type { BoardView, Standing } from '#domain/leaderboard/standing.ts';

import { recentViewKey } from './keys.ts';

/** How long a view is kept for readers who come back to another process. */
export const VIEW_KEPT_MS = 60_000;

/** Views of boards that readers were shown, for all processes. */
export type RecentViewStore = ReturnType<typeof createRecentViewStore>;

export function createRecentViewStore(redis: Redis) {
  return {
    /** Keeps what a list showed at a version. */
    async keep(list: string, { version, windows }: BoardView): Promise<void> {
      await redis.set(recentViewKey(list, version), JSON.stringify(windows), 'PX', VIEW_KEPT_MS);
    },

    /** What the list showed, or null when it is not kept any more. */
    async find(list: string, version: number): Promise<Standing[][] | null> {
      const text = await redis.get(recentViewKey(list, version));
      if (text === null) return null;
      const windows = JSON.parse(text) as (Omit<Standing, 'reachedAt'> & { reachedAt: string })[][];
      return windows.map((rows) => rows.map((row) => ({ ...row, reachedAt: new Date(row.reachedAt) })));
    },
  };
}
