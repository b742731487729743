import { NO_USAGE, type Usage, type UsageLedger } from '../earning/bound.ts';

/**
 * Caps, budgets and last uses in memory for as long as a replay runs. Unlike the book of a batch it gives room back, as a
 * reversal does: never below nothing, and without forgetting when something was used last. One entry a subject and period
 * that was used, for ever: that is what a replay's memory grows with, so that an unused one has no map at all.
 */
export class ReplayUsage implements UsageLedger {
  #used: Map<string, Map<string, Usage>> | null = null;

  used(subject: string, period: string): Usage {
    return this.#used?.get(subject)?.get(period) ?? NO_USAGE;
  }

  add(subject: string, period: string, points: number, at: Date): void {
    const before = this.used(subject, period);
    this.#set(subject, period, {
      points: before.points + points,
      uses: before.uses + 1,
      lastAt: Math.max(before.lastAt ?? at.getTime(), at.getTime()),
    });
  }

  giveBack(subject: string, period: string, { points, uses }: Usage): void {
    const before = this.used(subject, period);
    this.#set(subject, period, {
      points: Math.max(0, before.points - points),
      uses: Math.max(0, before.uses - uses),
      lastAt: before.lastAt,
    });
  }

  #set(subject: string, period: string, usage: Usage): void {
    this.#used ??= new Map<string, Map<string, Usage>>();
    let periods = this.#used.get(subject);
    if (periods === undefined) this.#used.set(subject, (periods = new Map<string, Usage>()));
    periods.set(period, usage);
  }
}
