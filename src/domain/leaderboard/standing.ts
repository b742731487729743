/** One row of a board. Ranks are standard competition ranks: 1, 2, 2, 4. */
export type Standing = {
  customerId: string;
  /** From 1, without gaps: who reached an equal score first stands before, then the smaller id. */
  position: number;
  /** 1 + the number of customers with a strictly better score. */
  rank: number;
  /** In units of 10^-scoreDecimals of the board. */
  score: number;
  reachedAt: Date;
};

/** A part of a board that somebody wants to see. */
export type BoardWindow =
  /** `count` rows after the first `offset`. */
  | { kind: 'PAGE'; offset: number; count: number }
  /** A customer with `radius` rows on either side; as many rows at the ends of the board, taken from the other side. */
  | { kind: 'AROUND'; customerId: string; radius: number };

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
  /** Customers on the board. */
  size: number;
  windows: readonly (readonly Standing[])[];
};

/** A row before it has its place: as stored, in board order. */
export type Placed = { customerId: string; score: number; reachedAt: Date };

/** Gives consecutive rows their positions and ranks, knowing only the first one's: the others follow by walking. */
export function standingsOf(rows: readonly Placed[], offset: number, firstRank: number): Standing[] {
  let rank = firstRank;
  return rows.map((row, index) => {
    const position = offset + index + 1;
    if (index > 0 && rows[index - 1]?.score !== row.score) rank = position;
    return { customerId: row.customerId, position, rank, score: row.score, reachedAt: row.reachedAt };
  });
}

/** Where the window around the row at `index` (from 0) begins, so that it keeps its size at both ends of the board. */
export function windowStart(index: number, size: number, radius: number): number {
  return Math.max(0, Math.min(index - radius, size - (2 * radius + 1)));
}
