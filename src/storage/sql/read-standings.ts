import {
  standingsOf,
  windowStart,
  type BoardWindow,
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
): Promise<{ size: number; windows: Standing[][] }> {
  const [count] = await reads.query<{ size: number }>(
    '/* board-size */ select count(*) as size from leaderboard_entry where program_id = $1 and season_id = $2 and score is not null',
    [season.programId, season.id],
  );
  const size = count?.size ?? 0;
  const found: Standing[][] = [];
  for (const window of windows) found.push(await readWindow(reads, season, window, size));
  return { size, windows: found };
}

async function readWindow(reads: Statements, season: Season, window: BoardWindow, size: number): Promise<Standing[]> {
  if (window.kind === 'PAGE') return readPage(reads, season, window.offset, window.count);
  const index = await indexOf(reads, season, window.customerId);
  if (index === null) return [];
  return readPage(reads, season, windowStart(index, size, window.radius), 2 * window.radius + 1);
}

const better = (season: Season): string => (season.direction === 'DESCENDING' ? '>' : '<');

async function readPage(reads: Statements, season: Season, offset: number, count: number): Promise<Standing[]> {
  const order = season.direction === 'DESCENDING' ? 'score desc' : 'score';
  const rows = await reads.query<Placed>(
    `/* board-page */ select customer_id as "customerId", score, reached_at as "reachedAt" from leaderboard_entry
     where program_id = $1 and season_id = $2 and score is not null order by ${order}, reached_at, customer_id offset $3 limit $4`,
    [season.programId, season.id, offset, count],
  );
  const first = rows[0];
  if (first === undefined) return [];
  const [ahead] =
    offset === 0
      ? []
      : await reads.query<{ count: number }>(
          `/* board-rank */ select count(*) from leaderboard_entry where program_id = $1 and season_id = $2 and score ${better(season)} $3`,
          [season.programId, season.id, first.score],
        );
  return standingsOf(rows, offset, 1 + (ahead?.count ?? 0));
}

/** How many rows stand before the customer's; null when the customer is not on the board. */
async function indexOf(reads: Statements, season: Season, customerId: string): Promise<number | null> {
  const [found] = await reads.query<{ before: number }>(
    `/* board-index */ select (
       select count(*) from leaderboard_entry o where o.program_id = e.program_id and o.season_id = e.season_id
         and (o.score ${better(season)} e.score or (o.score = e.score and (o.reached_at, o.customer_id) < (e.reached_at, e.customer_id)))
     ) as before
     from leaderboard_entry e where e.program_id = $1 and e.season_id = $2 and e.customer_id = $3 and e.score is not null`,
    [season.programId, season.id, customerId],
  );
  return found?.before ?? null;
}
