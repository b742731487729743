import type { Standing } from './standing.ts';

/**
 * What leads from one list of standings to a later one. Whoever drops `left`, puts `entered` and `updated` in by customer
 * and orders by position has the later list, row by row.
 */
export type StandingsChange = {
  entered: readonly Standing[];
  updated: readonly Standing[];
  /** Customers who are not in the list any more. */
  left: readonly string[];
};

export function changeBetween(before: readonly Standing[], after: readonly Standing[]): StandingsChange {
  const known = new Map(before.map((row) => [row.customerId, row]));
  const entered: Standing[] = [];
  const updated: Standing[] = [];
  for (const row of after) {
    const old = known.get(row.customerId);
    if (old === undefined) entered.push(row);
    else if (!sameStanding(old, row)) updated.push(row);
    known.delete(row.customerId);
  }
  return { entered, updated, left: [...known.keys()] };
}

/** Whether a change changes nothing. */
export function isNoChange(change: StandingsChange): boolean {
  return change.entered.length === 0 && change.updated.length === 0 && change.left.length === 0;
}

/** Whether two lists show the same rows in the same order: then nothing leads from the one to the other. */
export function sameRows(before: readonly Standing[], after: readonly Standing[]): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  return before.every((row, index) => {
    const other = after[index];
    return other !== undefined && row.customerId === other.customerId && sameStanding(row, other);
  });
}

function sameStanding(a: Standing, b: Standing): boolean {
  return (
    a.position === b.position &&
    a.rank === b.rank &&
    a.score === b.score &&
    a.subScore === b.subScore &&
    a.reachedAt.getTime() === b.reachedAt.getTime()
  );
}
