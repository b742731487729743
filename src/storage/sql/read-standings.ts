import {
  rankAmong,
  standingsOf,
  windowStart,
  type BoardWindow,
  type PartName,
  type Placed,
  type Standing,
} from '#domain/leaderboard/standing.ts';

import type { Season } from '../leaderboard-store.ts';
import type { Statements } from '../postgres.ts';

/**
 * Windows of a board from the record, for when the ranked copy is out of reach. Exact, but a rank costs a count over the
 * rows before it. Both directions walk leaderboard_entry_rank; an ascending board walks it backwards and sorts only among
 * equal scores.
 */
export async function readStandings(
  reads: Statements,
  season: Season,
  windows: readonly BoardWindow[],
): Promise<{ size: number; windows: Standing[][]; partSizes: number[] }> {
  const parts = await reads.query<{ part: string; size: number }>(
    `/* board-sizes */ select part, count(*) as size from leaderboard_entry
     where program_id = $1 and season_id = $2 and score is not null and is_listed and part is not null group by part`,
    [season.programId, season.id],
  );
  const sizes = new Map(parts.map(({ part, size }) => [part, size]));
  const found: { rows: Standing[]; part: string | null }[] = [];
  for (const window of windows) found.push(await readWindow(reads, season, window, sizes));
  return {
    size: parts.reduce((sum, { size }) => sum + size, 0),
    windows: found.map(({ rows }) => rows),
    partSizes: found.map(({ part }) => (part === null ? 0 : (sizes.get(part) ?? 0))),
  };
}

/** The first rows of a board without parts, whatever its size. */
export function readFirst(reads: Statements, season: Season, count: number): Promise<Standing[]> {
  return readPage(reads, season, '', 0, count);
}

/** Some customers ranked among themselves; who is not listed is left out. */
export async function readAmong(
  reads: Statements,
  season: Season,
  customerIds: readonly string[],
): Promise<Standing[]> {
  const rows = await reads.query<Placed>(
    `/* board-among */ select ${ROW} from leaderboard_entry
     where program_id = $1 and season_id = $2 and customer_id = any($3) and score is not null and is_listed and part is not null`,
    [season.programId, season.id, customerIds],
  );
  return rankAmong(rows, season.direction, season.tieRule);
}

const ROW = 'customer_id as "customerId", score, sub_score as "subScore", reached_at as "reachedAt"';
/** The rows of one part that are ranked: $1 program, $2 season, $3 part. */
const RANKED = 'program_id = $1 and season_id = $2 and part = $3 and score is not null and is_listed';

type Found = { rows: Standing[]; part: string | null };
const NOTHING: Found = { rows: [], part: null };

async function readWindow(
  reads: Statements,
  season: Season,
  window: BoardWindow,
  sizes: ReadonlyMap<string, number>,
): Promise<Found> {
  if (window.kind === 'PAGE') {
    const part = await partOf(reads, season, window.part ?? '');
    return part === null ? NOTHING : { part, rows: await readPage(reads, season, part, window.offset, window.count) };
  }
  const entry = await findEntry(reads, season, window.customerId);
  if (entry === null) return NOTHING;
  const { part } = entry;
  const index = await countBefore(reads, season, entry);
  if (window.kind === 'PLACE') {
    const rank = await rankAt(reads, season, entry, index);
    const [row] = standingsOf([entry], index, rank, season.tieRule);
    return row === undefined ? NOTHING : { part, rows: [entry.isListed ? row : { ...row, isUnlisted: true }] };
  }
  if (!entry.isListed && window.unlistedToo !== true) return NOTHING;
  const start = windowStart(index, sizes.get(part) ?? 0, window.radius);
  return { part, rows: await readPage(reads, season, part, start, 2 * window.radius + 1) };
}

const better = (season: Season): string => (season.direction === 'DESCENDING' ? '>' : '<');

async function readPage(
  reads: Statements,
  season: Season,
  part: string,
  offset: number,
  count: number,
): Promise<Standing[]> {
  const order = season.direction === 'DESCENDING' ? 'score desc, sub_score desc' : 'score, sub_score';
  const rows = await reads.query<Placed>(
    `/* board-page */ select ${ROW} from leaderboard_entry
     where ${RANKED} order by ${order}, reached_at, customer_id offset $4 limit $5`,
    [season.programId, season.id, part, offset, count],
  );
  const first = rows[0];
  if (first === undefined) return [];
  return standingsOf(rows, offset, await rankAt(reads, season, { ...first, part }, offset), season.tieRule);
}

type Entry = Placed & { part: string; isListed: boolean };

/** The part that is named; null for that of a customer who is in none. */
async function partOf(reads: Statements, season: Season, name: PartName): Promise<string | null> {
  if (typeof name === 'string') return name;
  return (await findEntry(reads, season, name.of, false))?.part ?? null;
}

async function findEntry(
  reads: Statements,
  season: Season,
  customerId: string,
  scoredOnly = true,
): Promise<Entry | null> {
  const [entry] = await reads.query<Entry>(
    `/* board-entry */ select ${ROW}, part, is_listed as "isListed" from leaderboard_entry
     where program_id = $1 and season_id = $2 and customer_id = $3 and part is not null and (score is not null or not $4)`,
    [season.programId, season.id, customerId, scoredOnly],
  );
  return entry ?? null;
}

/** How many listed rows stand before an entry. */
async function countBefore(reads: Statements, season: Season, entry: Entry): Promise<number> {
  const [found] = await reads.query<{ count: number }>(
    `/* board-index */ select count(*) from leaderboard_entry
     where ${RANKED} and ((score, sub_score) ${better(season)} ($4, $5)
       or (score = $4 and sub_score = $5 and (reached_at, customer_id) < ($6, $7)))`,
    [season.programId, season.id, entry.part, entry.score, entry.subScore, entry.reachedAt, entry.customerId],
  );
  return found?.count ?? 0;
}

/** The rank by the tie rule of a row that stands, or would stand, at an index. */
async function rankAt(
  reads: Statements,
  season: Season,
  row: Pick<Entry, 'score' | 'subScore' | 'part'>,
  index: number,
): Promise<number> {
  if (season.tieRule === 'FIRST_TO_REACH' || index === 0) return index + 1;
  const counted = season.tieRule === 'DENSE' ? 'count(distinct (score, sub_score))' : 'count(*)';
  const [ahead] = await reads.query<{ count: number }>(
    `/* board-rank */ select ${counted} as count from leaderboard_entry
     where ${RANKED} and (score, sub_score) ${better(season)} ($4, $5)`,
    [season.programId, season.id, row.part, row.score, row.subScore],
  );
  return 1 + (ahead?.count ?? 0);
}
