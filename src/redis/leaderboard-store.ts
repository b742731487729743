import type { Redis } from 'ioredis';

import type { ScoreUpdate } from '#domain/events.ts';
import {
  standingsOf,
  type BoardWindow,
  type PartName,
  type Placed,
  type SeenRows,
  type Standing,
  type TieRule,
} from '#domain/leaderboard/standing.ts';

import { boardCheckKey, boardKeys } from './keys.ts';
import { loadScript } from './script.ts';

/** Which copy is meant: one season of a board. What is told of the board never changes. */
export type BoardRef = {
  programId: string;
  leaderboardId: string;
  seasonId: string;
  direction: 'DESCENDING' | 'ASCENDING';
  tieRule: TieRule;
  /** Whether a sub-score decides between equal scores. */
  hasSubScore: boolean;
  /** Whether the season falls into parts that are ranked each by itself. */
  hasParts: boolean;
};

/** What Redis says of a board: its windows, or why it cannot tell. */
export type BoardReading =
  | {
      status: 'LIVE';
      version: number;
      size: number;
      windows: (readonly Standing[])[];
      partSizes: number[];
      marks: string[];
    }
  | { status: 'REBUILDING' }
  | { status: 'MISSING' };

/** How one customer stands in Redis; null when not at all. A null score is an entry that left the board. */
export type CachedEntry = {
  version: number;
  score: number | null;
  subScore: number;
  reachedAt: number;
  part: string | null;
  isListed: boolean;
  /** Whether it is in the sorted set just where it says, or in none where it shall be in none. */
  ranked: boolean;
} | null;

export type BoardStore = ReturnType<typeof createBoardStore>;

const CHUNK = 500;
/** Stands for the mark of rows that nobody has yet. */
const NO_MARK = '-';
const CHECK_KEPT_SECONDS = 7 * 86_400;
/** Milliseconds from 0001-01-01 to 1970-01-01: makes every instant of the DateTime scalar a positive number of 15 digits. */
const YEAR_ONE_MS = 62_135_596_800_000;
const INSTANT_DIGITS = 15;
/** Turns sub-scores into positive numbers of 17 digits, the better the smaller. */
const SUB_SCORE_MIDDLE = 2n ** 53n;
const SUB_SCORE_DIGITS = 17;

const readBoard = loadScript('read-board', 'board');
const applyBoardScores = loadScript('apply-scores', 'board');
const beginBoardRebuild = loadScript('begin-rebuild', 'board');
const loadBoardRebuild = loadScript('load-rebuild', 'board');
const finishBoardRebuild = loadScript('finish-rebuild', 'board');
const readBoardEntries = loadScript('read-entries', 'board');
const countBoardLevels = loadScript('count-levels', 'board');

/** The keys of a board in the order in which its scripts take them. */
function keysOf(board: BoardRef): string[] {
  const keys = boardKeys(board.programId, board.seasonId);
  const { meta, scores, entries, parts, levels, nextScores, nextEntries, nextParts, nextLevels } = keys;
  return [meta, scores, entries, parts, levels, nextScores, nextEntries, nextParts, nextLevels];
}

const flag = (value: boolean): string => (value ? '1' : '0');
const isDense = (board: BoardRef): string => flag(board.tieRule === 'DENSE');

/** The ranked copies of boards. Every operation is atomic, safe to repeat, and ends within the client's time limit. */
export function createBoardStore(redis: Redis) {
  return {
    ...checksOf(redis),

    /**
     * Windows of one moment, in one round trip. Rows that were seen before and are the same still stay in Redis: the very
     * same ones are given back. Without `seen` there are no marks.
     */
    read: (board: BoardRef, windows: readonly BoardWindow[], seen?: readonly SeenRows[]): Promise<BoardReading> =>
      readWindows(redis, board, windows, seen),

    /** Applies absolute scores; gives the board's version, or null when the board is not in Redis. */
    async apply(board: BoardRef, source: string, scores: readonly ScoreUpdate[]): Promise<number | null> {
      let version: number | null = null;
      for (let start = 0; start < scores.length; start += CHUNK) {
        const rows = scores.slice(start, start + CHUNK).flatMap((update) => entryArguments(board, update));
        const reply = (await applyBoardScores(redis, keysOf(board), [source, isDense(board), ...rows])) as [
          string,
          string?,
        ];
        if (reply[0] === 'MISSING') return null;
        version = Number(reply[1]);
      }
      return version;
    },

    /** Opens a generation beside the live one; false while another rebuild is at work. */
    async beginRebuild(board: BoardRef, token: string, expected: number, silenceMs: number): Promise<boolean> {
      return (await beginBoardRebuild(redis, keysOf(board), [token, expected, silenceMs])) === 'OK';
    },

    /** Adds a page to the generation; gives the entries loaded so far, or null when the rebuild was lost. */
    async loadRebuild(board: BoardRef, token: string, scores: readonly ScoreUpdate[]): Promise<number | null> {
      let loaded = 0;
      for (let start = 0; start < scores.length; start += CHUNK) {
        const rows = scores.slice(start, start + CHUNK).flatMap((update) => entryArguments(board, update));
        loaded = (await loadBoardRebuild(redis, keysOf(board), [token, isDense(board), ...rows])) as number;
        if (loaded < 0) return null;
      }
      return loaded;
    },

    /** Swaps the generations; gives the board's version, or null when the rebuild was lost. */
    async finishRebuild(board: BoardRef, token: string, keepMs: number): Promise<number | null> {
      const version = await finishBoardRebuild(redis, keysOf(board), [token, keepMs]);
      return version === null ? null : Number(version);
    },

    /** How Redis holds some customers, in their order; null when the board is not live. */
    async entriesOf(board: BoardRef, customerIds: readonly string[]): Promise<CachedEntry[] | null> {
      const [isLive, ...rows] = (await readBoardEntries(redis, keysOf(board), customerIds)) as (string | number)[];
      if (isLive !== 1) return null;
      const at = (index: number): string => String(rows[index] ?? '');
      return customerIds.map((_, index) =>
        cachedEntry(board, at(3 * index), at(3 * index + 1), at(3 * index + 2) === '1'),
      );
    },

    /** How many different scores a dense board holds, part by part. */
    async countLevels(board: BoardRef): Promise<number> {
      return Number(await countBoardLevels(redis, keysOf(board), []));
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

async function readWindows(
  redis: Redis,
  board: BoardRef,
  windows: readonly BoardWindow[],
  seen: readonly SeenRows[] | undefined,
): Promise<BoardReading> {
  const known = (index: number): string => (seen === undefined ? '' : seen[index]?.mark || NO_MARK);
  const wanted = windows.flatMap((window, index) => [...windowArguments(window), known(index)]);
  const reply = (await readBoard(redis, keysOf(board), [board.tieRule, flag(board.hasParts), ...wanted])) as [
    BoardReading['status'],
    string,
    number,
    string[],
    ...(string | number)[][],
  ];
  const [status, version, size, marks, ...found] = reply;
  if (status !== 'LIVE') return { status };
  return {
    status,
    version: Number(version),
    size,
    windows: found.map((window, index) => {
      const before = seen?.[index];
      const isSame = before !== undefined && before.mark !== '' && before.mark === marks[index];
      return isSame ? before.rows : windowOf(board, window);
    }),
    partSizes: found.map((window) => Number(window[0])),
    marks,
  };
}

function windowArguments(window: BoardWindow): (string | number)[] {
  if (window.kind === 'PAGE') return ['PAGE', window.offset, window.count, partArgument(window.part ?? '')];
  if (window.kind === 'PLACE') return ['PLACE', window.customerId, 0, 0];
  return ['AROUND', window.customerId, window.radius, flag(window.unlistedToo === true)];
}

const partArgument = (part: PartName): string => (typeof part === 'string' ? `=${part}` : `@${part.of}`);

/** Ascending order in Redis is board order: a DESCENDING board's scores are negated there. */
const signed = (board: BoardRef, score: number): number => (board.direction === 'DESCENDING' ? 0 - score : score);

function entryArguments(board: BoardRef, update: ScoreUpdate): (string | number)[] {
  const { customerId, version, score, part = '', isListed = true } = update;
  const place = part === null ? 'x' : `${isListed ? '+' : '-'}${part}`;
  return [customerId, version, score === null ? '' : signed(board, score), prefixOf(board, update), place];
}

function prefixOf(board: BoardRef, { reachedAt, subScore = 0 }: ScoreUpdate): string {
  const instant = String(reachedAt + YEAR_ONE_MS).padStart(INSTANT_DIGITS, '0');
  if (!board.hasSubScore) return instant;
  const sub = SUB_SCORE_MIDDLE + BigInt(signed(board, subScore));
  return `${String(sub).padStart(SUB_SCORE_DIGITS, '0')}.${instant}`;
}

/** What a member prefix says; the inverse of `prefixOf`. */
function readPrefix(board: BoardRef, prefix: string): { reachedAt: number; subScore: number } {
  const instant = prefix.slice(-INSTANT_DIGITS);
  const subScore = board.hasSubScore
    ? signed(board, Number(BigInt(prefix.slice(0, SUB_SCORE_DIGITS)) - SUB_SCORE_MIDDLE))
    : 0;
  return { reachedAt: Number(instant) - YEAR_ONE_MS, subScore };
}

function windowOf(board: BoardRef, reply: readonly (string | number)[]): Standing[] {
  const [, offset, rank, isUnlisted, ...pairs] = reply;
  if (offset === undefined) return [];
  const rows: Placed[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const [prefix = '', customerId = ''] = String(pairs[index]).split(':');
    const { reachedAt, subScore } = readPrefix(board, prefix);
    const score = signed(board, Number(pairs[index + 1]));
    rows.push({ customerId, score, subScore, reachedAt: new Date(reachedAt) });
  }
  const standings = standingsOf(rows, Number(offset), Number(rank), board.tieRule);
  return isUnlisted === 1 ? standings.map((standing) => ({ ...standing, isUnlisted: true })) : standings;
}

function cachedEntry(board: BoardRef, entry: string, ranked: string, hasLevel: boolean): CachedEntry {
  if (entry === '') return null;
  const [version, score = '', prefix = '', ...rest] = entry.split(':');
  const place = rest.join(':');
  const isRanked = score !== '' && place.startsWith('+');
  return {
    version: Number(version),
    score: score === '' ? null : signed(board, Number(score)),
    ...readPrefix(board, prefix),
    part: place === 'x' ? null : place.slice(1),
    isListed: place.startsWith('+') || place === 'x',
    ranked: isRanked
      ? ranked !== '' && Number(ranked) === Number(score) && (board.tieRule !== 'DENSE' || hasLevel)
      : ranked === '',
  };
}
