import { Big } from 'big.js';

import type { Window } from './period.ts';

/** What a customer has of one measure: the sum of everything before the first listed day, and day by day since. */
export type Progress = { before: Big; days: readonly { day: string; amount: Big }[] };

export const NOTHING: Progress = { before: new Big(0), days: [] };

/** The sum over [from, to). A window without a beginning takes everything; others must lie within the listed days. */
export function sumOf({ before, days }: Progress, { from, to }: Window): Big {
  let sum = from === null ? before : new Big(0);
  for (const { day, amount } of days)
    if ((from === null || day >= from) && (to === null || day < to)) sum = sum.plus(amount);
  return sum;
}

/** The days that have anything, as kept; a test that knows no more than amounts may begin here. */
export function progressOf(days: readonly (readonly [day: string, amount: string | number])[]): Progress {
  return {
    before: new Big(0),
    days: days.map(([day, amount]) => ({ day, amount: new Big(amount) })).toSorted((a, b) => (a.day < b.day ? -1 : 1)),
  };
}
