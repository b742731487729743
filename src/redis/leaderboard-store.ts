import type { Redis } from 'ioredis';

import type { ScoreUpdate } from '#domain/events.ts';
import { standingsOf, type BoardWindow, type Placed, type Standing } from '#domain/leaderboard/standing.ts';

import { boardCheckKey, boardKeys } from './keys.ts';
import { loadScript } from './script.ts';

/** Which copy is meant: one season of a board. The direction never changes. */
export type BoardRef = {
  programId: string;
  leaderboardId: string;
  seasonId: string;
  direction: 'DESCENDING' | 'ASCENDING';
};

/** What Redis says of a board: its windows, or why it cannot tell. */
export type BoardReading =
  | { status: 'LIVE'; version: number; size: number; windows: Standing[][] }
  | { status: 'REBUILDING' }
  | { status: 'MISSING' };

/** How one customer stands in Redis; null when not at all. A null score is an entry that left the board. */
export type CachedEntry = { version: number; score: number | null; reachedAt: number; ranked: boolean } | null;

export type BoardStore = ReturnType<typeof createBoardStore>;

const CHUNK = 500;
const CHECK_KEPT_SECONDS = 7 * 86_400;
/** Milliseconds from 0001-01-01 to 1970-01-01: makes every instant of the DateTime scalar a positive number of 15 digits. */
const YEAR_ONE_MS = 62_135_596_800_000;
const PREFIX_DIGITS = 15;
const CUSTOMER_AT = PREFIX_DIGITS + 1;

const readBoard = loadScript('read-board');
const applyBoardScores = loadScript('apply-scores');
const beginBoardRebuild = loadScript('begin-rebuild');
const loadBoardRebuild = loadScript('load-rebuild');
const finishBoardRebuild = loadScript('finish-rebuild');
const readBoardEntries = loadScript('read-entries');

/** The ranked copies of boards. Every operation is atomic, safe to repeat, and ends within the client's time limit. */
export function createBoardStore(redis: Redis) {
  return {
    ...checksOf(redis),

    /** Windows of one moment, in one round trip. */
    async read(board: BoardRef, windows: readonly BoardWindow[]): Promise<BoardReading> {
      const { meta, scores, entries } = boardKeys(board.programId, board.seasonId);
      const reply = (await readBoard(redis, [meta, scores, entries], windows.flatMap(windowArguments))) as [
        BoardReading['status'],
        string,
        number,
        ...string[][],
      ];
      const [status, version, size, ...rows] = reply;
      if (status !== 'LIVE') return { status };
      return { status, version: Number(version), size, windows: rows.map((window) => windowOf(board, window)) };
    },

    /** Applies absolute scores; gives the board's version, or null when the board is not in Redis. */
    async apply(board: BoardRef, source: string, scores: readonly ScoreUpdate[]): Promise<number | null> {
      const keys = boardKeys(board.programId, board.seasonId);
      let version: number | null = null;
      for (let start = 0; start < scores.length; start += CHUNK) {
        const rows = scores.slice(start, start + CHUNK).flatMap((update) => entryArguments(board, update));
        const reply = (await applyBoardScores(
          redis,
          [keys.meta, keys.scores, keys.entries, keys.nextScores, keys.nextEntries],
          [source, ...rows],
        )) as [string, string?];
        if (reply[0] === 'MISSING') return null;
        version = Number(reply[1]);
      }
      return version;
    },

    /** Opens a generation beside the live one; false while another rebuild is at work. */
    async beginRebuild(board: BoardRef, token: string, expected: number, silenceMs: number): Promise<boolean> {
      const { meta, nextScores, nextEntries } = boardKeys(board.programId, board.seasonId);
      return (await beginBoardRebuild(redis, [meta, nextScores, nextEntries], [token, expected, silenceMs])) === 'OK';
    },

    /** Adds a page to the generation; gives the entries loaded so far, or null when the rebuild was lost. */
    async loadRebuild(board: BoardRef, token: string, scores: readonly ScoreUpdate[]): Promise<number | null> {
      const { meta, nextScores, nextEntries } = boardKeys(board.programId, board.seasonId);
      let loaded = 0;
      for (let start = 0; start < scores.length; start += CHUNK) {
        const rows = scores.slice(start, start + CHUNK).flatMap((update) => entryArguments(board, update));
        loaded = (await loadBoardRebuild(redis, [meta, nextScores, nextEntries], [token, ...rows])) as number;
        if (loaded < 0) return null;
      }
      return loaded;
    },

    /** Swaps the generations; gives the board's version, or null when the rebuild was lost. */
    async finishRebuild(board: BoardRef, token: string, keepMs: number): Promise<number | null> {
      const keys = boardKeys(board.programId, board.seasonId);
      const version = await finishBoardRebuild(
        redis,
        [keys.meta, keys.scores, keys.entries, keys.nextScores, keys.nextEntries],
        [token, keepMs],
      );
      return version === null ? null : Number(version);
    },

    /** How Redis holds some customers, in their order. */
    async entriesOf(board: BoardRef, customerIds: readonly string[]): Promise<CachedEntry[]> {
      const { scores, entries } = boardKeys(board.programId, board.seasonId);
      const reply = (await readBoardEntries(redis, [scores, entries], customerIds)) as string[];
      return customerIds.map((_, index) => cachedEntry(board, reply[2 * index] ?? '', reply[2 * index + 1] ?? ''));
    },
  };
}

function checksOf(redis: Redis) {
  return {
    /** Remembers the outcome of a comparison with the record. */
    async noteCheck(board: BoardRef, checkedAt: Date, drift: number): Promise<void> {
      const key = boardCheckKey(board.programId, board.seasonId);
      await redis
        .multi()
        .hset(key, { checkedAt: checkedAt.toISOString(), drift })
        .expire(key, CHECK_KEPT_SECONDS)
        .exec();
    },

    /** The last comparison; null when there was none within a week. */
    async lastCheck(board: BoardRef): Promise<{ checkedAt: Date; drift: number } | null> {
      const { checkedAt, drift } = await redis.hgetall(boardCheckKey(board.programId, board.seasonId));
      return checkedAt === undefined ? null : { checkedAt: new Date(checkedAt), drift: Number(drift) };
    },
  };
}

function windowArguments(window: BoardWindow): (string | number)[] {
  return window.kind === 'PAGE' ? ['PAGE', window.offset, window.count] : ['AROUND', window.customerId, window.radius];
}

/** Ascending order in Redis is board order: a DESCENDING board's scores are negated there. */
const signed = (board: BoardRef, score: number): number => (board.direction === 'DESCENDING' ? 0 - score : score);

function entryArguments(board: BoardRef, update: ScoreUpdate): (string | number)[] {
  const prefix = String(update.reachedAt + YEAR_ONE_MS).padStart(PREFIX_DIGITS, '0');
  return [update.customerId, update.version, update.score === null ? '' : signed(board, update.score), prefix];
}

function windowOf(board: BoardRef, reply: readonly string[]): Standing[] {
  if (reply.length === 0) return [];
  const rows: Placed[] = [];
  for (let index = 2; index < reply.length; index += 2) {
    const member = reply[index] ?? '';
    rows.push({
      customerId: member.slice(CUSTOMER_AT),
      score: signed(board, Number(reply[index + 1])),
      reachedAt: new Date(Number(member.slice(0, PREFIX_DIGITS)) - YEAR_ONE_MS),
    });
  }
  return standingsOf(rows, Number(reply[0]), Number(reply[1]));
}

function cachedEntry(board: BoardRef, entry: string, ranked: string): CachedEntry {
  if (entry === '') return null;
  const [version, score = '', prefix] = entry.split(':');
  return {
    version: Number(version),
    score: score === '' ? null : signed(board, Number(score)),
    reachedAt: Number(prefix) - YEAR_ONE_MS,
    ranked: score === '' ? ranked === '' : ranked !== '' && Number(ranked) === Number(score),
  };
}
