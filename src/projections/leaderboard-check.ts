import { setTimeout as sleep } from 'node:timers/promises';

import type { ScoreUpdate } from '#domain/events.ts';
import type { BoardState } from '#domain/leaderboard/standing.ts';
import type { BoardStore, CachedEntry } from '#redis/leaderboard-store.ts';
import { countEntries, countLevels, readEntries, readEntryPage, type Season } from '#storage/leaderboard-store.ts';
import type { Statements } from '#storage/postgres.ts';

import { boardOf } from './rebuild.ts';

/** One customer whose place in Redis is not the one on record. */
export type Drift = { customerId: string; recorded: ScoreUpdate | null; cached: CachedEntry };

/** The comparison of one season's ranked copy with the record. */
export type BoardCheck = {
  season: Season;
  state: BoardState;
  /** Entries that differ, and entries that Redis has too many or too few. 0 says that the copy is the record. */
  drift: number;
  examples: Drift[];
  /** Customers that are ranked, on record and in Redis. */
  recordedCount: number;
  cachedCount: number;
  version: number | null;
  checkedAt: Date;
};

const PAGE = 2_000;
const EXAMPLES_MAX = 10;
/** What differs is looked at again after these pauses: a score may just be on its way. */
const SECOND_LOOKS_MS = [50, 200, 500, 1_000];

type CheckDeps = { reads: Statements; store: BoardStore; clock: () => Date };

/**
 * Compares every entry of a season in both stores. Reads page by page in constant memory; about a second for 100,000
 * entries. Throws when a store is away.
 */
export async function checkSeason(deps: CheckDeps, season: Season): Promise<BoardCheck> {
  const board = boardOf(season);
  const reading = await deps.store.read(board, []);
  const { scored } = await countEntries(deps.reads, season.programId, season.id);
  const base = { season, recordedCount: scored, checkedAt: deps.clock() };
  if (reading.status !== 'LIVE') {
    return { ...base, state: 'REBUILDING', drift: scored, examples: [], cachedCount: 0, version: null };
  }
  const drifts = await driftsOf(deps, season);
  const missing = drifts.length === 0 ? await countDifference(deps, season) : 0;
  const levels = drifts.length === 0 && missing === 0 ? await levelDifference(deps, season) : 0;
  const now = await deps.store.read(board, []);
  const { size, version } = now.status === 'LIVE' ? now : reading;
  const drift = Math.max(drifts.length, missing, levels);
  await deps.store.noteCheck(board, base.checkedAt, drift);
  return { ...base, state: 'LIVE', drift, examples: drifts.slice(0, EXAMPLES_MAX), cachedCount: size, version };
}

async function driftsOf(deps: CheckDeps, season: Season): Promise<Drift[]> {
  const drifts: Drift[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await readEntryPage(deps.reads, season.programId, season.id, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return drifts;
    after = last.customerId;
    drifts.push(...(await differing(deps, season, page)));
  }
}

/** Entries of a page that differ, and still do after some second looks at both stores. */
async function differing(deps: CheckDeps, season: Season, page: readonly ScoreUpdate[]): Promise<Drift[]> {
  let drifts = await compared(deps, season, page);
  for (const pause of SECOND_LOOKS_MS) {
    if (drifts.length === 0) return drifts;
    await sleep(pause);
    const customerIds = drifts.map((drift) => drift.customerId);
    const again = await readEntries(deps.reads, season.programId, season.id, customerIds);
    drifts = await compared(deps, season, again);
  }
  return drifts;
}

async function compared(deps: CheckDeps, season: Season, recorded: readonly ScoreUpdate[]): Promise<Drift[]> {
  const cached = await deps.store.entriesOf(
    boardOf(season),
    recorded.map((entry) => entry.customerId),
  );
  return recorded.flatMap((entry, index) => {
    const copy = cached?.[index] ?? null;
    return equal(entry, copy) ? [] : [{ customerId: entry.customerId, recorded: entry, cached: copy }];
  });
}

function equal(recorded: ScoreUpdate, cached: CachedEntry): boolean {
  if (cached === null) return false;
  const { part = '', isListed = true, subScore = 0 } = recorded;
  // Whom no part takes has no place to be listed in or not.
  const isPlaced = cached.part === part && (part === null || cached.isListed === isListed);
  return (
    cached.ranked &&
    cached.version === recorded.version &&
    cached.score === recorded.score &&
    cached.subScore === subScore &&
    cached.reachedAt === recorded.reachedAt &&
    isPlaced
  );
}

/** By how many the different scores of a dense board differ, after some second looks; 0 for other boards. */
async function levelDifference(deps: CheckDeps, season: Season): Promise<number> {
  if (season.tieRule !== 'DENSE') return 0;
  let difference = 0;
  for (const pause of [0, ...SECOND_LOOKS_MS]) {
    await sleep(pause);
    const cached = await deps.store.countLevels(boardOf(season));
    difference = Math.abs(cached - (await countLevels(deps.reads, season.programId, season.id)));
    if (difference === 0) return 0;
  }
  return difference;
}

/** By how many customers the sizes differ, after some second looks. */
async function countDifference(deps: CheckDeps, season: Season): Promise<number> {
  let difference = 0;
  for (const pause of [0, ...SECOND_LOOKS_MS]) {
    await sleep(pause);
    const reading = await deps.store.read(boardOf(season), []);
    const { scored } = await countEntries(deps.reads, season.programId, season.id);
    difference = reading.status === 'LIVE' ? Math.abs(reading.size - scored) : scored;
    if (difference === 0) return 0;
  }
  return difference;
}
