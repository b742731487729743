import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

import { UnavailableError } from '#domain/errors.ts';
import {
  rankAmong,
  type BoardView,
  type BoardWindow,
  type SeenRows,
  type Standing,
} from '#domain/leaderboard/standing.ts';
import type { BoardReading, BoardStore } from '#redis/leaderboard-store.ts';
import type { RelayPulse } from '#redis/relay-pulse.ts';
import { findSeason, requestRebuild, type Season } from '#storage/leaderboard-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { readAmong, readStandings } from '#storage/sql/read-standings.ts';

import { checkSeason, type BoardCheck } from './leaderboard-check.ts';
import { boardOf } from './rebuild.ts';
import { createTurnstile } from './turnstile.ts';

/**
 * How boards are read: from the ranked copy where it is whole and up to date, else from the record. A Redis that does not
 * answer is left alone for a second at a time, so that its absence costs one caller a wait, and no caller an error.
 */
export type BoardReader = {
  /**
   * Windows of one season at one moment. Throws when the record is out of reach too. Whoever reads the same windows again
   * and again says what was seen last: rows that did not change are then the same objects, and cost next to nothing.
   */
  read(season: Season, windows: readonly BoardWindow[], seen?: readonly SeenRows[]): Promise<BoardView>;
  /** The first rows of a part, shared by all callers of this process for some milliseconds. */
  top(season: Season, count: number, part?: string): Promise<BoardView>;
  /** Some customers ranked among themselves, at most some hundreds; who is not listed is left out. */
  among(season: Season, customerIds: readonly string[]): Promise<Standing[]>;
  /** The season of a board by its key; null when nothing has been scored in it. */
  season(programId: string, leaderboardId: string, key: string): Promise<Season | null>;
  /** Compares a season's copy with the record. Throws UnavailableError while a store is away. */
  check(season: Season): Promise<BoardCheck>;
  /** The comparison before this one, within a week. Throws UnavailableError as well. */
  lastCheck(season: Season): Promise<{ checkedAt: Date; drift: number } | null>;
};

type ReaderDeps = { reads: Statements; store: BoardStore; pulse: RelayPulse; log: Logger; clock: () => Date };

const SHARED_MS = 30;
const SHARED_FROM_RECORD_MS = 500;
const SHARED_MAX = 5_000;
const SEASONS_REMEMBERED_MAX = 10_000;
const PULSE_REMEMBERED_MS = 1_000;
const AWAY_MS = 1_000;
const REBUILD_WISH_EVERY_MS = 1_000;
/** Boards read from the record must leave most of the pool's connections to those who earn and spend. */
const RECORD_READS_AT_ONCE = 3;
const RECORD_WAIT_MS = 2_000;

export function createBoardReader(deps: ReaderDeps): BoardReader {
  const seasons = new LRUCache<string, { season: Season }>({ max: SEASONS_REMEMBERED_MAX });
  const read = createRead(deps);
  const available = <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((error: unknown) => {
      throw new UnavailableError('A store is away; try again.', { cause: error });
    });
  return {
    read,
    top: createTop(read),
    among: createAmong(deps, read),
    check: (season) => available(checkSeason(deps, season)),
    lastCheck: (season) => available(deps.store.lastCheck(boardOf(season))),
    async season(programId, leaderboardId, key) {
      const name = `${programId} ${leaderboardId} ${key}`;
      const known = seasons.get(name);
      if (known !== undefined) return known.season;
      const season = await findSeason(deps.reads, programId, leaderboardId, key);
      // That there is none is not remembered: the next score may already be in.
      if (season !== null) seasons.set(name, { season });
      return season;
    },
  };
}

/** The decision between copy and record, and the wish for a copy where there is none. */
function createRead(deps: ReaderDeps): BoardReader['read'] {
  const wished = new LRUCache<string, true>({ max: SHARED_MAX, ttl: REBUILD_WISH_EVERY_MS });
  const fromCopy = createFromCopy(deps);
  const turnstile = createTurnstile(RECORD_READS_AT_ONCE, RECORD_WAIT_MS);

  async function fromRecord(
    season: Season,
    windows: readonly BoardWindow[],
    state: BoardView['state'],
  ): Promise<BoardView> {
    const asOf = deps.clock();
    const standings = await turnstile(() => readStandings(deps.reads, season, windows));
    return { state, version: Date.now() * 1_000, asOf, ...standings };
  }

  return async (season, windows, seen) => {
    const copy = await fromCopy(season, windows, seen);
    if (copy === null) return fromRecord(season, windows, 'STALE');
    if (copy.reading.status === 'LIVE') {
      const { version, size, windows: found, partSizes, marks } = copy.reading;
      return { state: 'LIVE', version, asOf: copy.asOf, size, windows: found, partSizes, marks };
    }
    if (!wished.has(season.id)) {
      wished.set(season.id, true);
      await requestRebuild(deps.reads, season, 'MISSING');
    }
    return fromRecord(season, windows, 'REBUILDING');
  };
}

type Copy = { reading: BoardReading; asOf: Date };

/** What the copy says; null when Redis is away, or the relay behind, so that it cannot be trusted to be up to date. */
function createFromCopy(
  deps: ReaderDeps,
): (season: Season, windows: readonly BoardWindow[], seen?: readonly SeenRows[]) => Promise<Copy | null> {
  const upTo = createUpTo(deps.pulse);
  let away = false;
  let triedAt = 0;
  return async (season, windows, seen) => {
    // While it is away, one caller a second finds out whether it still is.
    if (away && performance.now() - triedAt < AWAY_MS) return null;
    triedAt = performance.now();
    try {
      const asOf = await upTo();
      const copy = asOf === null ? null : { reading: await deps.store.read(boardOf(season), windows, seen), asOf };
      away = false;
      return copy;
    } catch (error) {
      away = true;
      triedAt = performance.now();
      deps.log.warn({ err: error }, 'Redis does not answer: boards are read from the record');
      return null;
    }
  };
}

/** Ranks some customers among themselves: from the copy where boards are read from it at this moment, else from the record. */
function createAmong(deps: ReaderDeps, read: BoardReader['read']): BoardReader['among'] {
  return async (season, customerIds) => {
    if (customerIds.length === 0) return [];
    const { state } = await read(season, []);
    const cached = state === 'LIVE' ? await deps.store.entriesOf(boardOf(season), customerIds).catch(() => null) : null;
    if (cached === null) return readAmong(deps.reads, season, customerIds);
    const rows = cached.flatMap((entry, index) => {
      if (entry === null || entry.score === null || entry.part === null || !entry.isListed) return [];
      const { score, subScore } = entry;
      return [{ customerId: customerIds[index] ?? '', score, subScore, reachedAt: new Date(entry.reachedAt) }];
    });
    return rankAmong(rows, season.direction, season.tieRule);
  };
}

/** Shares one reading of the first rows among all who ask within some milliseconds. */
function createTop(read: BoardReader['read']): BoardReader['top'] {
  // The age is looked at here: the library's own way sets a timer for every millisecond in which somebody asks.
  const tops = new LRUCache<string, { reading: Promise<BoardView>; until: number }>({ max: SHARED_MAX });
  return (season, count, part = '') => {
    const key = `${season.id} ${count} ${part}`;
    const shared = tops.get(key);
    if (shared !== undefined && performance.now() < shared.until) return shared.reading;
    const begun = performance.now();
    const reading = read(season, [{ kind: 'PAGE', offset: 0, count, part }]);
    // Whoever comes while a reading is under way waits for it: a large board read from the record takes its time.
    tops.set(key, { reading, until: Infinity });
    reading.then(
      // The record is dearer to read than the copy.
      ({ state }) => {
        const until = state === 'LIVE' ? begun + SHARED_MS : performance.now() + SHARED_FROM_RECORD_MS;
        tops.set(key, { reading, until });
      },
      () => tops.delete(key),
    );
    return reading;
  };
}

/** Up to when the copies are complete, asked for at most once a second however many callers there are. */
function createUpTo(pulse: RelayPulse): () => Promise<Date | null> {
  let last: { at: number; until: Promise<Date | null> } | null = null;
  return () => {
    if (last !== null && performance.now() - last.at < PULSE_REMEMBERED_MS) return last.until;
    const asked = { at: performance.now(), until: pulse.last() };
    last = asked;
    asked.until.catch(() => {
      if (last === asked) last = null;
    });
    return asked.until;
  };
}
