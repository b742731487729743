/**
 * How equal scores share ranks. COMPETITION gives them one rank and leaves out as many after it: 1, 2, 2, 4. DENSE leaves
 * none out: 1, 2, 2, 3. FIRST_TO_REACH gives every row a rank of its own, the one who reached the score first the better.
 */
export const TIE_RULES = ['COMPETITION', 'DENSE', 'FIRST_TO_REACH'] as const;
export type TieRule = (typeof TIE_RULES)[number];

/** One row of a board. */
export type Standing = {
  /** The customer, or the team on a board of teams. */
  customerId: string;
  /** From 1, without gaps: of equal rows, who reached the score first stands before, then the smaller id. */
  position: number;
  /** By the tie rule; a better score, or an equal one with a better sub-score, is a better rank. */
  rank: number;
  /** In units of 10^-scoreDecimals of the board. */
  score: number;
  /** In units of 10^-subScoreDecimals; 0 on a board that names no sub-score. */
  subScore: number;
  reachedAt: Date;
  /** The place that the row would have: its customer is not listed, and those that are count as if there were no such row. */
  isUnlisted?: true;
};

/** Names a part of a board: '' on a board that has none, else a tier, an attribute's value or an account. */
export type PartName = string | { of: string };

/** A part of a board that somebody wants to see. */
export type BoardWindow =
  /** `count` rows after the first `offset`, of one part of the board, or of the part that a customer is in. */
  | { kind: 'PAGE'; offset: number; count: number; part?: PartName }
  /**
   * A customer with `radius` rows on either side in the customer's own part; as many rows at the ends, taken from the other
   * side. One who is not listed is in no window; `unlistedToo` gives the rows around the place that it would have.
   */
  | { kind: 'AROUND'; customerId: string; radius: number; unlistedToo?: true }
  /** The place of one customer, also of one who is not listed. */
  | { kind: 'PLACE'; customerId: string };

/**
 * LIVE is read from the ranked copy, which lags the record by some milliseconds. STALE and REBUILDING are read from the
 * record itself, slower, because the copy is out of reach or behind, or is being built again.
 */
export const BOARD_STATES = ['LIVE', 'STALE', 'REBUILDING'] as const;
export type BoardState = (typeof BOARD_STATES)[number];

/** Windows of one board, all from the same moment, in the order in which they were asked for. */
export type BoardView = {
  state: BoardState;
  /** Grows with every change; views of equal version are equal. */
  version: number;
  /** Everything committed until this instant is in. */
  asOf: Date;
  /** Listed on the board, in all parts together. */
  size: number;
  windows: readonly (readonly Standing[])[];
  /** Listed in the part that each window shows. */
  partSizes?: readonly number[];
  /** A mark of the rows of each window, where it was asked for: equal marks of one window mean equal rows. */
  marks?: readonly string[];
};

/** The rows of a window as they were read before, with their mark; empty when they have none. */
export type SeenRows = { mark: string; rows: readonly Standing[] };

/** A row before it has its place: as stored, in board order. */
export type Placed = { customerId: string; score: number; subScore: number; reachedAt: Date };

const isTie = (a: Placed, b: Placed): boolean => a.score === b.score && a.subScore === b.subScore;

/** Gives consecutive rows their positions and ranks, knowing only the first one's: the others follow by walking. */
export function standingsOf(rows: readonly Placed[], offset: number, firstRank: number, tieRule: TieRule): Standing[] {
  let rank = firstRank;
  return rows.map((row, index) => {
    const position = offset + index + 1;
    const before = rows[index - 1];
    if (before !== undefined && (tieRule === 'FIRST_TO_REACH' || !isTie(before, row)))
      rank = tieRule === 'DENSE' ? rank + 1 : position;
    const { customerId, score, subScore, reachedAt } = row;
    return { customerId, position, rank, score, subScore, reachedAt };
  });
}

/** Where the window around the row at `index` (from 0) begins, so that it keeps its size at both ends of the board. */
export function windowStart(index: number, size: number, radius: number): number {
  return Math.max(0, Math.min(index - radius, size - (2 * radius + 1)));
}

type Direction = 'DESCENDING' | 'ASCENDING';

/** Board order: better score, better sub-score, reached first, smaller id. */
export function boardOrder(direction: Direction): (a: Placed, b: Placed) => number {
  const sign = direction === 'DESCENDING' ? -1 : 1;
  return (a, b) =>
    sign * (a.score - b.score) ||
    sign * (a.subScore - b.subScore) ||
    a.reachedAt.getTime() - b.reachedAt.getTime() ||
    (a.customerId < b.customerId ? -1 : 1);
}

/** Some rows ranked among themselves alone, as if nobody else were on the board: what a list of friends shows. */
export function rankAmong(rows: readonly Placed[], direction: Direction, tieRule: TieRule): Standing[] {
  return standingsOf(rows.toSorted(boardOrder(direction)), 0, 1, tieRule);
}
