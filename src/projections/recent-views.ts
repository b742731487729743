import { LRUCache } from 'lru-cache';

import type { BoardView } from '#domain/leaderboard/standing.ts';
import { VIEW_KEPT_MS, type RecentViewStore } from '#redis/recent-view-store.ts';

/** A list of standings that readers are shown: which season of which board, and which rows of it. */
export type ShownList = {
  /** Equal names are equal lists. */
  name: string;
  /** Whether many readers see it, so that other processes shall know it as well; a list around one customer is theirs alone. */
  isForMany: boolean;
};

/**
 * What lists showed within the last minute: a reader who comes back is told the difference to what they have. Bounded, and
 * of no consequence when it is lost, as a snapshot says the same in more bytes.
 */
export type RecentViews = {
  remember(list: ShownList, view: BoardView): void;
  find(list: ShownList, version: number): Promise<BoardView | null>;
};

const VIEWS_MAX = 10_000;

export function createRecentViews(store: RecentViewStore): RecentViews {
  const views = new LRUCache<string, { view: BoardView; at: number }>({ max: VIEWS_MAX });
  return {
    remember(list, view) {
      // Versions of boards that are read around the ranked copy are this process's own, and tell nothing.
      if (view.state !== 'LIVE') return;
      views.set(`${list.name} ${view.version}`, { view, at: performance.now() });
      if (list.isForMany) store.keep(list.name, view).catch(() => undefined);
    },
    async find(list, version) {
      const known = views.get(`${list.name} ${version}`);
      if (known !== undefined && performance.now() - known.at < VIEW_KEPT_MS) return known.view;
      const windows = list.isForMany ? await store.find(list.name, version).catch(() => null) : null;
      return windows === null ? null : { state: 'LIVE', version, asOf: new Date(0), size: 0, windows };
    },
  };
}
