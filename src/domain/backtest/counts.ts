import type { ActivityCounters } from '../earning/facts.ts';
import { periodKey } from '../time.ts';

/** How often one customer did what, by period of the local day: what conditions may count. */
export type ReplayCounts = {
  before(activityTypeId: string, day: string): ActivityCounters;
  /** Counts one more, or with −1 one less. */
  add(activityTypeId: string, day: string, count: 1 | -1): void;
};

/** Opens empty counts. */
export function openReplayCounts(): ReplayCounts {
  const byType = new Map<string, Map<string, number>>();
  return {
    before: (activityTypeId, day) => {
      const counts = byType.get(activityTypeId);
      const of = (key: string): number => counts?.get(key) ?? 0;
      return {
        today: of(day),
        thisWeek: of(periodKey('WEEK', day)),
        thisMonth: of(periodKey('MONTH', day)),
        thisYear: of(periodKey('YEAR', day)),
        allTime: of(periodKey('ALL_TIME', day)),
      };
    },
    add: (activityTypeId, day, count) => {
      let counts = byType.get(activityTypeId);
      if (counts === undefined) byType.set(activityTypeId, (counts = new Map<string, number>()));
      for (const period of ['DAY', 'WEEK', 'MONTH', 'YEAR', 'ALL_TIME'] as const) {
        const key = periodKey(period, day);
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    },
  };
}
