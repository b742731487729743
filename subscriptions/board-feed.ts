import type { Logger } from 'pino';

import { sameRows } from '#domain/leaderboard/change.ts';
import type { BoardView, BoardWindow, SeenRows } from '#domain/leaderboard/standing.ts';
import type { BoardReader } from '#src/projections/leaderboard-reader.ts';

import type { Listening, Live } from './pubsub.ts';

/** One season of a board, whether or not anything has been scored in it yet. */
export type WatchedSeason = { programId: string; leaderboardId: string; key: string };

/** A watcher's share in a feed. */
export type Watch = {
  /** What the windows show now; equal watchers get the same object. */
  view(): BoardView;
  close(): void;
};

/**
 * The boards that this process watches. However many watch the same windows, they are read once, at most twenty
 * times a second, and all windows of a season together; an item is the difference between two views, made when it is asked for.
 */
export type BoardFeeds = {
  /** Resolves with the present view. `wake` is called whenever the windows show something else. */
  join(season: WatchedSeason, windows: readonly BoardWindow[], wake: () => void): Promise<Watch>;
  /** Feeds that are running. */
  size(): number;
};

/** Boards move at most twenty times a second: often enough for a rank to be on the screen within a tenth of one. */
const READ_EVERY_MS = 50;
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
  const feeds = new Map<string, BoardFeed>();
  return {
    async join(season, windows, wake) {
      const name = `${season.leaderboardId} ${season.key}`;
      const feed = feeds.get(name) ?? new BoardFeed(deps, season, () => feeds.delete(name));
      feeds.set(name, feed);
      return feed.join(windows, wake);
    },
    size: () => feeds.size,
  };
}

/** One watched season: idle until something is announced, then read, then idle for the rest of the pause. */
class BoardFeed {
  readonly #deps: FeedDeps;
  readonly #watched: WatchedSeason;
  readonly #onIdle: () => void;
  readonly #listening: Listening;
  readonly #stopResets: () => void;
  readonly #groups = new Map<string, Group>();
  #timer: NodeJS.Timeout | null = null;
  #lastReadAt = Number.NEGATIVE_INFINITY;
  #looksLeft = 0;
  #seasonId: string | null = null;

  constructor(deps: FeedDeps, watched: WatchedSeason, onIdle: () => void) {
    this.#deps = deps;
    this.#watched = watched;
    this.#onIdle = onIdle;
    this.#listening = deps.live.listen('board', watched, ({ seasonId }) => this.#hear(seasonId));
    this.#stopResets = deps.live.onReset(() => this.#poke());
  }

  async join(windows: readonly BoardWindow[], wake: () => void): Promise<Watch> {
    const name = JSON.stringify(windows);
    const group = this.#groups.get(name) ?? this.#openGroup(name, windows);
    group.wakes.add(wake);
    const close = (): void => {
      group.wakes.delete(wake);
      if (group.wakes.size === 0) this.#closeGroup(name, group);
    };
    try {
      await group.first;
    } catch (error) {
      close();
      throw error;
    }
    return { view: () => group.view ?? emptyView(this.#deps.clock(), windows), close };
  }

  #openGroup(name: string, windows: readonly BoardWindow[]): Group {
    const group: Group = { windows, view: null, wakes: new Set(), first: Promise.resolve() };
    this.#groups.set(name, group);
    // Only what is read after messages arrive cannot miss one.
    group.first = this.#listening.ready.then(() => this.#read([group]));
    return group;
  }

  #closeGroup(name: string, group: Group): void {
    if (this.#groups.get(name) === group) this.#groups.delete(name);
    if (this.#groups.size > 0) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#listening.stop();
    this.#stopResets();
    this.#onIdle();
  }

  #hear(seasonId: string): void {
    // Another season has begun to count: those who follow the current one look which that is.
    if (this.#seasonId !== null && seasonId !== this.#seasonId)
      for (const group of this.#groups.values()) wakeAll(group);
    this.#looksLeft = NEW_SEASON_LOOKS_MAX;
    this.#poke();
  }

  /** Has all windows read after the pause that the rate demands; further calls until then add nothing. */
  #poke(pauseMs = READ_EVERY_MS): void {
    this.#timer ??= setTimeout(() => void this.#tick(), Math.max(0, this.#lastReadAt + pauseMs - performance.now()));
  }

  async #tick(): Promise<void> {
    this.#lastReadAt = performance.now();
    this.#timer = null;
    try {
      for (const part of chunks([...this.#groups.values()])) await this.#read(part);
    } catch (error) {
      this.#deps.log.warn({ err: error, ...this.#watched }, 'a watched board could not be read');
      this.#poke(NOT_LIVE_EVERY_MS);
    }
  }

  async #read(part: readonly Group[]): Promise<void> {
    const { programId, leaderboardId, key } = this.#watched;
    const windows = part.flatMap((group) => group.windows);
    const askedAt = this.#deps.clock();
    const season = await this.#deps.boards.season(programId, leaderboardId, key);
    const view =
      season === null
        ? emptyView(askedAt, windows)
        : await this.#deps.boards.read(season, windows, part.flatMap(seenBy));
    this.#seasonId = season?.id ?? null;
    if (season === null && this.#looksLeft > 0) {
      this.#looksLeft -= 1;
      this.#poke(NEW_SEASON_AFTER_MS);
    }
    // Nobody announces what was read around the ranked copy, nor that the copy is back.
    if (view.state !== 'LIVE') this.#poke(NOT_LIVE_EVERY_MS);
    show(part, view);
  }
}

/** Gives each group its part of a view, and wakes its watchers where it shows something else: most personal views do not. */
function show(part: readonly Group[], view: BoardView): void {
  let at = 0;
  for (const group of part) {
    const windows = view.windows.slice(at, at + group.windows.length);
    const marks = view.marks?.slice(at, at + group.windows.length) ?? [];
    at += group.windows.length;
    // Of two reads that overlap, the one of the older board must not win.
    if (group.view?.state === view.state && group.view.version >= view.version) continue;
    const before = group.view;
    group.view = { ...view, windows, marks };
    if (before === null || !showsSame(before, group.view)) wakeAll(group);
  }
}

/** What a group's windows showed last, for their next reading. */
function seenBy({ windows, view }: Group): SeenRows[] {
  return windows.map((_, index) => ({ mark: view?.marks?.[index] ?? '', rows: view?.windows[index] ?? [] }));
}

function showsSame(before: BoardView, after: BoardView): boolean {
  return (
    before.state === after.state && before.windows.every((rows, index) => sameRows(rows, after.windows[index] ?? []))
  );
}

function wakeAll(group: Group): void {
  for (const wake of group.wakes) wake();
}

/** A season in which nothing has been scored. */
function emptyView(asOf: Date, windows: readonly BoardWindow[]): BoardView {
  return { state: 'LIVE', version: 0, asOf, size: 0, windows: windows.map(() => []) };
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
