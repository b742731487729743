import { randomUUID } from 'node:crypto';

import type { Logger } from 'pino';

import type { ScoreUpdate } from '#domain/events.ts';
import type { BoardRef, BoardStore } from '#redis/leaderboard-store.ts';
import { countEntries, readEntryPage, type Season } from '#storage/leaderboard-store.ts';
import type { Statements } from '#storage/postgres.ts';

/** What a rebuild needs. */
export type RebuildDeps = { reads: Statements; store: BoardStore; log: Logger; clock: () => Date };

/** BUSY: another process rebuilds this season. LOST: Redis was emptied meanwhile, or another rebuild took over. */
export type RebuildOutcome = { kind: 'DONE'; entries: number; version: number } | { kind: 'BUSY' } | { kind: 'LOST' };

const PAGE = 5_000;
/** A rebuild that added nothing for so long is dead, and another may take its place. */
const SILENCE_MS = 5_000;
const DAY_MS = 86_400_000;
/** A season stays in Redis for a week after its end; an older one that somebody asks for comes back for a day. */
const KEPT_AFTER_END_MS = 8 * DAY_MS;

/** The name of a season's ranked copy. */
export function boardOf(season: Season): BoardRef {
  return {
    programId: season.programId,
    leaderboardId: season.leaderboardId,
    seasonId: season.id,
    direction: season.direction,
    tieRule: season.tieRule,
    hasSubScore: season.hasSubScore,
    hasParts: season.hasParts,
  };
}

/**
 * Builds a season's ranked copy anew beside the live one, page by page from the record, and swaps the two. Scores that
 * are relayed meanwhile go to both, so that nothing is missed: what was relayed before the beginning was committed before
 * it, and is on the pages. Safe to be cut off anywhere. Throws when a store is away.
 */
export async function rebuildSeason(
  deps: RebuildDeps,
  season: Season,
  onProgress: (loaded: number, expected: number) => void = () => undefined,
): Promise<RebuildOutcome> {
  const board = boardOf(season);
  const token = randomUUID();
  const expected = (await countEntries(deps.reads, season.programId, season.id)).rows;
  if (!(await deps.store.beginRebuild(board, token, expected, SILENCE_MS))) return { kind: 'BUSY' };
  let loaded = 0;
  let next: Promise<ScoreUpdate[]> | null = readPage(deps, season, null);
  while (next !== null) {
    const page: ScoreUpdate[] = await next;
    const last = page.at(-1);
    if (last === undefined) break;
    // PostgreSQL reads the next page while Redis takes this one.
    next = page.length < PAGE ? null : readPage(deps, season, last.customerId);
    const total = await deps.store.loadRebuild(board, token, page);
    if (total === null) return { kind: 'LOST' };
    loaded = total;
    onProgress(loaded, expected);
  }
  const version = await deps.store.finishRebuild(board, token, keptMs(season, deps.clock()));
  return version === null ? { kind: 'LOST' } : { kind: 'DONE', entries: loaded, version };
}

function readPage(deps: RebuildDeps, season: Season, after: string | null): Promise<ScoreUpdate[]> {
  const page = readEntryPage(deps.reads, season.programId, season.id, after, PAGE);
  // A page that nobody waits for any more, because the rebuild was lost, may fail in silence.
  page.catch(() => undefined);
  return page;
}

function keptMs(season: Season, now: Date): number {
  if (season.endsAt === null) return 0;
  return Math.max(DAY_MS, season.endsAt.getTime() + KEPT_AFTER_END_MS - now.getTime());
}

/** Rebuilds on request, each season once at a time, a few at once, again and again until it is done. */
export type Rebuilder = {
  /** A season that is being rebuilt already is done once more only when it shall be built ANEW. */
  request(season: Season, why: 'MISSING' | 'ANEW'): void;
  /** Resolves when nothing is left to do or `close` was called. */
  idle(): Promise<void>;
  close(): void;
};

const AT_ONCE = 2;
const RETRY_MS = 500;

export function createRebuilder(
  deps: RebuildDeps,
  onDone: (season: Season, version: number) => Promise<void>,
): Rebuilder {
  const wanted = new Map<string, Season>();
  const running = new Map<string, Promise<void>>();
  const closed = new AbortController();

  async function run(season: Season): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        const outcome = await rebuildSeason(deps, season);
        if (outcome.kind === 'DONE') {
          deps.log.info({ seasonId: season.id, entries: outcome.entries }, 'a board was rebuilt');
          return await onDone(season, outcome.version);
        }
      } catch (error) {
        deps.log.warn({ seasonId: season.id, err: error }, 'a rebuild was interrupted and begins again');
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  function next(): void {
    for (const [id, season] of wanted) {
      if (running.size >= AT_ONCE) return;
      if (running.has(id)) continue;
      wanted.delete(id);
      running.set(
        id,
        run(season)
          .catch((error: unknown) => deps.log.warn({ err: error }, 'a rebuilt board could not be announced'))
          .finally(() => {
            running.delete(id);
            next();
          }),
      );
    }
  }

  return {
    request(season, why) {
      if (closed.signal.aborted || (why === 'MISSING' && running.has(season.id))) return;
      wanted.set(season.id, season);
      next();
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    close() {
      closed.abort();
      wanted.clear();
    },
  };
}
