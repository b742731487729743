import { NO_USAGE, type Usage, type UsageLedger } from './bound.ts';

/** Usage in memory: what was read, moved on by each decision, and what has to be written back. */
export type UsageBook = UsageLedger & { added(): { subject: string; period: string; usage: Usage }[] };

/** Opens a book on what is on record. Adding changes what `used` answers at once. */
export function openUsage(stored: Iterable<{ subject: string; period: string; usage: Usage }>): UsageBook {
  const used = new Map<string, Usage>();
  for (const { subject, period, usage } of stored) used.set(`${subject} ${period}`, usage);
  const added = new Map<string, { subject: string; period: string; usage: Usage }>();
  return {
    used: (subject, period) => used.get(`${subject} ${period}`) ?? NO_USAGE,
    add: (subject, period, points, at) => {
      const name = `${subject} ${period}`;
      used.set(name, plus(used.get(name) ?? NO_USAGE, points, at));
      added.set(name, { subject, period, usage: plus(added.get(name)?.usage ?? NO_USAGE, points, at) });
    },
    added: () => [...added.values()],
  };
}

function plus({ points, uses, lastAt }: Usage, more: number, at: Date): Usage {
  return { points: points + more, uses: uses + 1, lastAt: Math.max(lastAt ?? at.getTime(), at.getTime()) };
}
