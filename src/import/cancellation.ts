import type { CancelOutcome } from './target.ts';

/** One line of an earlier purchase, with what cancellations have not yet taken back of it. */
export type PurchasedLine = {
  activityId: string;
  lineId: string;
  stockCode: string;
  /** In the order in which purchases happened, and lines stand in them: later is larger. */
  order: number;
  quantity: number;
  /** What the whole line cost, as plain-decimal text. */
  amount: string;
  remaining: number;
};

/** A quantity that a cancellation takes back from one purchased line. */
export type TakenBack = { line: PurchasedLine; quantity: number };

/**
 * What a cancelled quantity of an article takes back: from the customer's earlier purchases of it, the latest first, as
 * much as each still has. `unmatched` is the quantity for which nothing is left. The lines' `remaining` go down, so that the
 * next cancellation finds what this one left.
 */
export function takeBack(
  lines: readonly PurchasedLine[],
  stockCode: string,
  quantity: number,
): { taken: TakenBack[]; unmatched: number } {
  const candidates = lines
    .filter((line) => line.stockCode === stockCode && line.remaining > 0)
    .toSorted((a, b) => b.order - a.order);
  const taken: TakenBack[] = [];
  let unmatched = quantity;
  for (const line of candidates) {
    if (unmatched === 0) break;
    const part = Math.min(unmatched, line.remaining);
    line.remaining -= part;
    unmatched -= part;
    taken.push({ line, quantity: part });
  }
  return { taken, unmatched };
}

/** What became of a cancelled line. */
export function cancelOutcome({ taken, unmatched }: { taken: readonly TakenBack[]; unmatched: number }): CancelOutcome {
  if (taken.length === 0) return { kind: 'UNMATCHED' };
  return { kind: unmatched === 0 ? 'REVERSED' : 'REVERSED_IN_PART' };
}
