import { NO_USAGE, type Usage, type UsageLedger } from '../earning/bound.ts';

/**
 * Caps, budgets and last uses in memory for as long as a replay runs. Unlike the book of a batch it gives room back, as a
 * reversal does: never below nothing, and without forgetting when something was used last.
 */
export type ReplayUsage = UsageLedger & { giveBack(subject: string, period: string, usage: Usage): void };

/** Opens an empty one. One entry a subject and period that was used, for ever: that is what a replay's memory grows with. */
export function openReplayUsage(): ReplayUsage {
  const bySubject = new Map<string, Map<string, Usage>>();
  const used = (subject: string, period: string): Usage => bySubject.get(subject)?.get(period) ?? NO_USAGE;
  const set = (subject: string, period: string, usage: Usage): void => {
    let periods = bySubject.get(subject);
    if (periods === undefined) bySubject.set(subject, (periods = new Map<string, Usage>()));
    periods.set(period, usage);
  };
  return {
    used,
    add: (subject, period, points, at) => {
      const before = used(subject, period);
      set(subject, period, {
        points: before.points + points,
        uses: before.uses + 1,
        lastAt: Math.max(before.lastAt ?? at.getTime(), at.getTime()),
      });
    },
    giveBack: (subject, period, { points, uses }) => {
      const before = used(subject, period);
      set(subject, period, {
        points: Math.max(0, before.points - points),
        uses: Math.max(0, before.uses - uses),
        lastAt: before.lastAt,
      });
    },
  };
}
