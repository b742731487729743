import { Big } from 'big.js';

import type { Window } from '../tier/period.ts';

type Counted = { window: Window; sum: Big; days: number };

/**
 * What one customer has of measures, over windows of local days. It either knows every day, as when the past is gone
 * through, or it is told at the beginning what the windows hold that will be asked for.
 */
export class BadgeCounters {
  /** By measure, then by day. */
  readonly #days = new Map<string, Map<string, Big>>();
  /** By measure, then by window. */
  readonly #windows = new Map<string, Map<string, Counted>>();

  /** Says what a window holds at the beginning: the sum, and how many of its days are above zero. */
  open(counts: string, window: Window, sum: Big, days: number): void {
    this.#windowsOf(counts).set(nameOf(window), { window, sum, days });
  }

  /** Says what a day holds at the beginning; windows have it in them already. */
  openDay(counts: string, day: string, amount: Big): void {
    this.#daysOf(counts).set(day, amount);
  }

  add(counts: string, day: string, amount: Big): void {
    const days = this.#daysOf(counts);
    const before = days.get(day) ?? new Big(0);
    const after = before.plus(amount);
    days.set(day, after);
    const step = Number(after.gt(0)) - Number(before.gt(0));
    for (const counted of this.#windowsOf(counts).values()) {
      if (!isIn(day, counted.window)) continue;
      counted.sum = counted.sum.plus(amount);
      counted.days += step;
    }
  }

  sum(counts: string, window: Window): Big {
    return this.#window(counts, window).sum;
  }

  /** How many days of the window are above zero. */
  days(counts: string, window: Window): number {
    return this.#window(counts, window).days;
  }

  /** Every day that is known of a measure. */
  known(counts: string): ReadonlyMap<string, Big> {
    return this.#daysOf(counts);
  }

  #window(counts: string, window: Window): Counted {
    const windows = this.#windowsOf(counts);
    let counted = windows.get(nameOf(window));
    if (counted === undefined) {
      const inside = [...this.#daysOf(counts)].filter(([day]) => isIn(day, window));
      const sum = inside.reduce((total, [, amount]) => total.plus(amount), new Big(0));
      counted = { window, sum, days: inside.filter(([, amount]) => amount.gt(0)).length };
      windows.set(nameOf(window), counted);
    }
    return counted;
  }

  #windowsOf(counts: string): Map<string, Counted> {
    let windows = this.#windows.get(counts);
    if (windows === undefined) this.#windows.set(counts, (windows = new Map<string, Counted>()));
    return windows;
  }

  #daysOf(counts: string): Map<string, Big> {
    let days = this.#days.get(counts);
    if (days === undefined) this.#days.set(counts, (days = new Map<string, Big>()));
    return days;
  }
}

function nameOf({ from, to }: Window): string {
  return `${from} ${to}`;
}

function isIn(day: string, { from, to }: Window): boolean {
  return (from === null || day >= from) && (to === null || day < to);
}
