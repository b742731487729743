import type { Logger } from 'pino';

import type { BoardView, BoardWindow } from '#domain/leaderboard/standing.ts';
import type { BoardReader } from '#src/projections/leaderboard-reader.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import type { Live } from './pubsub.ts';

/** One season of a board, whether or not anything has been scored in it yet. */
export type WatchedSeason = { programId: string; leaderboardId: string; key: string };

/** A watcher's share in a feed. */
export type Watch = {
  /** What the windows show now; equal watchers get the same object. */
  view(): BoardView;
  close(): void;
};

/**
 * The boards that this process watches. However many watch the same windows, they are read once, at most ten times a
 * second, and all windows of a season together; an item is the difference between two views, made when it is asked for.
 */
export type BoardFeeds = {
  /** Resolves with the present view. `wake` is called whenever the windows show something else. */
  join(season: WatchedSeason, windows: readonly BoardWindow[], wake: () => void): Promise<Watch>;
  /** Feeds that are running. */
  size(): number;
};

/** Boards move at most ten times a second. */
const READ_EVERY_MS = 100;
/** A board that is not LIVE is read again in this rhythm. */
const NOT_LIVE_EVERY_MS = 500;
/** A season that was just made shows up within this time; readers remember for some moments that there was none. */
const NEW_SEASON_AFTER_MS = 250;
const NEW_SEASON_LOOKS_MAX = 4;
/** Windows that go into one round trip. */
const WINDOWS_AT_ONCE = 60;

type FeedDeps = { live: Live; boards: BoardReader; clock: () => Date; log: Logger };
type Group = { windows: readonly BoardWindow[]; view: BoardView | null; wakes: Set<() => void>; first: Promise<void> };

export function createBoardFeeds(deps: FeedDeps): BoardFeeds {
  const feeds = new Map<string, ReturnType<typeof openFeed>>();
  return {
    async join(season, windows, wake) {
      const name = `${season.leaderboardId} ${season.key}`;
      const feed = feeds.get(name) ?? openFeed(deps, season, () => feeds.delete(name));
      feeds.set(name, feed);
      return feed.join(windows, wake);
    },
    size: () => feeds.size,
  };
}

function openFeed(deps: FeedDeps, watched: WatchedSeason, onIdle: () => void) {
  const groups = new Map<string, Group>();
  let timer: NodeJS.Timeout | null = null;
  let lastReadAt = Number.NEGATIVE_INFINITY;
  let looksLeft = 0;
  let seasonId: string | null = null;

  /** Reads all windows after the pause that the rate demands; calls meanwhile add nothing. */
  const poke = (pauseMs = READ_EVERY_MS): void => {
    timer ??= setTimeout(() => void tick(), Math.max(0, lastReadAt + pauseMs - performance.now()));
  };

  async function tick(): Promise<void> {
    lastReadAt = performance.now();
    timer = null;
    try {
      for (const part of chunks([...groups.values()])) await readGroups(part);
    } catch (error) {
      deps.log.warn({ err: error, ...watched }, 'a watched board could not be read');
    }
  }

  async function readGroups(part: readonly Group[]): Promise<void> {
    const season = await deps.boards.season(watched.programId, watched.leaderboardId, watched.key);
    seasonId = season?.id ?? null;
    const view = await readView(
      deps,
      season,
      part.flatMap((group) => group.windows),
    );
    if (season === null && looksLeft > 0) {
      looksLeft -= 1;
      poke(NEW_SEASON_AFTER_MS);
    }
    // Nobody announces what was read around the ranked copy, nor that the copy is back.
    if (view.state !== 'LIVE') poke(NOT_LIVE_EVERY_MS);
    let at = 0;
    for (const group of part) {
      const windows = view.windows.slice(at, at + group.windows.length);
      at += group.windows.length;
      // Of two reads that overlap, the one of the older board must not win.
      if (group.view?.state === view.state && group.view.version >= view.version) continue;
      group.view = { ...view, windows };
      wakeAll(group);
    }
  }

  const listening = deps.live.listen('board', watched, (message) => {
    // Another season has begun to count: those who follow the current one look which that is.
    if (seasonId !== null && message.seasonId !== seasonId) for (const group of groups.values()) wakeAll(group);
    looksLeft = NEW_SEASON_LOOKS_MAX;
    poke();
  });
  const stopResets = deps.live.onReset(poke);

  return {
    async join(windows: readonly BoardWindow[], wake: () => void): Promise<Watch> {
      const name = JSON.stringify(windows);
      let group = groups.get(name);
      if (group === undefined) {
        group = { windows, view: null, wakes: new Set(), first: Promise.resolve() };
        groups.set(name, group);
        const opened = group;
        // Only what is read after messages arrive cannot miss one.
        group.first = listening.ready.then(() => readGroups([opened]));
      }
      group.wakes.add(wake);
      const joined = group;
      const close = (): void => {
        joined.wakes.delete(wake);
        if (joined.wakes.size > 0) return;
        if (groups.get(name) === joined) groups.delete(name);
        if (groups.size > 0) return;
        if (timer !== null) clearTimeout(timer);
        listening.stop();
        stopResets();
        onIdle();
      };
      try {
        await joined.first;
      } catch (error) {
        close();
        throw error;
      }
      return {
        view: () => joined.view ?? emptyView(deps, windows),
        close,
      };
    },
  };
}

async function readView(deps: FeedDeps, season: Season | null, windows: readonly BoardWindow[]): Promise<BoardView> {
  return season === null ? emptyView(deps, windows) : deps.boards.read(season, windows);
}

function wakeAll(group: Group): void {
  for (const wake of group.wakes) wake();
}

/** A season in which nothing has been scored. */
function emptyView(deps: FeedDeps, windows: readonly BoardWindow[]): BoardView {
  return { state: 'LIVE', version: 0, asOf: deps.clock(), size: 0, windows: windows.map(() => []) };
}

/** Groups in parts of at most WINDOWS_AT_ONCE windows; a group is never split, so that its windows show one moment. */
function chunks(groups: readonly Group[]): Group[][] {
  const parts: Group[][] = [];
  let room = 0;
  for (const group of groups) {
    if (room < group.windows.length) {
      parts.push([]);
      room = WINDOWS_AT_ONCE;
    }
    parts.at(-1)?.push(group);
    room -= group.windows.length;
  }
  return parts;
}
