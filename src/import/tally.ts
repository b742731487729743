import { Big } from 'big.js';

import type { Mapping } from './mapping.ts';

/** What became of one row. Rows that are not refused count under exactly one other category. */
export type RowOutcome = {
  row: number;
  category: string;
  /** The money on the row, as plain-decimal text, where the mapping knows it; cancellations are negative. */
  amount?: string;
};

/** What was done with the rows of one category. */
export type TallyLine = { category: string; rows: number; amount: string | null };

export const CATEGORY_TEXT: Readonly<Record<string, string>> = {
  imported: 'taken over as activities',
  already_there: 'reported before under the same message id',
  reversed: 'cancellation lines that took back an earlier purchase',
  reversed_in_part: 'cancellation lines of which a part was found',
  unmatched: 'cancellation lines without an earlier purchase',
  adjustment: 'credits that name no article',
  no_quantity: 'quantity of zero or of the wrong sign',
  no_points: 'without points: the customer is made, and nothing else',
  refused: 'refused',
};

/** Rows and money by category. Its JSON form is kept with the run, so that a resumed import goes on counting. */
export class Tally {
  readonly #rows = new Map<string, number>();
  readonly #amounts = new Map<string, Big>();

  constructor(lines: readonly TallyLine[] = []) {
    for (const line of lines) {
      this.#rows.set(line.category, line.rows);
      if (line.amount !== null) this.#amounts.set(line.category, new Big(line.amount));
    }
  }

  count(outcome: RowOutcome): void {
    this.#rows.set(outcome.category, (this.#rows.get(outcome.category) ?? 0) + 1);
    if (outcome.amount === undefined) return;
    this.#amounts.set(outcome.category, (this.#amounts.get(outcome.category) ?? new Big(0)).plus(outcome.amount));
  }

  rowsOf(category: string): number {
    return this.#rows.get(category) ?? 0;
  }

  /** All rows counted: what the categories add up to. */
  total(): number {
    let total = 0;
    for (const rows of this.#rows.values()) total += rows;
    return total;
  }

  lines(): TallyLine[] {
    return [...this.#rows].map(([category, rows]) => ({
      category,
      rows,
      amount: this.#amounts.get(category)?.toFixed() ?? null,
    }));
  }
}

/** What a category means, in words; those of the mapping's own rules are described there. */
export function describeCategory(category: string, mapping: Mapping): string {
  const rule = mapping.leaveOut.find((candidate) => candidate.category === category);
  return rule === undefined ? (CATEGORY_TEXT[category] ?? category) : `left out: ${rule.description}`;
}
