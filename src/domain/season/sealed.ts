import { boardOrder, standingsOf, type Placed, type TieRule } from '../leaderboard/standing.ts';
import type { SeasonRun } from './season.ts';

/** A row of a sealed season. Who was not listed has a score and no place. */
export type SealedRow = {
  /** The customer, or the team on a board of teams. */
  customerId: string;
  /** The part of the board; null for whom no part took. */
  part: string | null;
  position: number | null;
  rank: number | null;
  /** How many share the rank. */
  tied: number | null;
  score: number;
  subScore: number;
  reachedAt: Date;
};

/** What the hash stands for beside the rows. */
export type SealHeader = Pick<
  SeasonRun,
  'id' | 'leaderboardId' | 'key' | 'startsAt' | 'endsAt' | 'sealsAt' | 'ruleRevision'
> & {
  direction: 'DESCENDING' | 'ASCENDING';
  tieRule: TieRule;
  scoreDecimals: number;
  /** Listed rows. */
  count: number;
};

/**
 * The canonical form of sealed standings, of which the hash is taken: these lines, then one a listed row in the order of
 * part (by its bytes in UTF-8) and position, each ended by a line feed, in UTF-8. Ids are UUIDs, instants ISO 8601 in UTC
 * with milliseconds, scores whole units. It never changes: another form would have another first line.
 */
export function canonicalHeader(header: SealHeader): string {
  const instant = (at: Date | null): string => at?.toISOString() ?? '-';
  return [
    'laurel season standings 1',
    `leaderboard ${header.leaderboardId}`,
    `season ${header.id} ${header.key}`,
    `from ${instant(header.startsAt)} to ${instant(header.endsAt)} late until ${instant(header.sealsAt)}`,
    `direction ${header.direction} ties ${header.tieRule} decimals ${header.scoreDecimals}`,
    `rules ${header.ruleRevision ?? 0}`,
    `rows ${header.count}`,
    '',
  ].join('\n');
}

/** One listed row in canonical form: part as JSON text, position, rank, id, score, sub-score, instant, by tabs. */
export function canonicalRow(row: SealedRow): string {
  const { part, position, rank, customerId, score, subScore, reachedAt } = row;
  return `${[JSON.stringify(part ?? ''), position, rank, customerId, score, subScore, reachedAt.toISOString()].join('\t')}\n`;
}

/** An entry before it has its place. */
export type UnplacedRow = Placed & { part: string | null; isListed: boolean };

/** Gives entries their places within their parts, as sealing does in SQL: for checking that against another way. */
export function placeRows(
  rows: readonly UnplacedRow[],
  direction: 'DESCENDING' | 'ASCENDING',
  tieRule: TieRule,
): SealedRow[] {
  const placed: SealedRow[] = rows
    .filter(({ part, isListed }) => part === null || !isListed)
    .map(({ isListed: _isListed, ...row }) => ({ ...row, position: null, rank: null, tied: null }));
  const listed = rows.filter(({ part, isListed }) => part !== null && isListed);
  const parts = [...Map.groupBy(listed, ({ part }) => part ?? '')].toSorted(([a], [b]) => compareBytes(a, b));
  for (const [part, members] of parts) {
    const standings = standingsOf(members.toSorted(boardOrder(direction)), 0, 1, tieRule);
    const tied = Map.groupBy(standings, ({ rank }) => rank);
    for (const { rank, ...row } of standings) placed.push({ ...row, part, rank, tied: tied.get(rank)?.length ?? 1 });
  }
  return placed;
}

/** The order of texts by their bytes in UTF-8, which is that of their code points. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [index, letter] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = (letter.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
