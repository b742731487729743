import type { ActivityCounters } from '../earning/facts.ts';
import { PERIODS, periodKey } from '../time.ts';

/** How often one customer did what, by period of the local day: what conditions may count. */
export class ReplayCounts {
  /** By type, then by period; made with the first count, since most rules count nothing. */
  #counts: Map<string, Map<string, number>> | null = null;

  before(activityTypeId: string, day: string): ActivityCounters {
    const counts = this.#counts?.get(activityTypeId);
    const [today = 0, thisWeek = 0, thisMonth = 0, thisYear = 0, allTime = 0] = keysOf(day).map(
      (key) => counts?.get(key) ?? 0,
    );
    return { today, thisWeek, thisMonth, thisYear, allTime };
  }

  /** Counts one more, or with −1 one less. */
  add(activityTypeId: string, day: string, count: 1 | -1): void {
    this.#counts ??= new Map<string, Map<string, number>>();
    let counts = this.#counts.get(activityTypeId);
    if (counts === undefined) this.#counts.set(activityTypeId, (counts = new Map<string, number>()));
    for (const key of keysOf(day)) counts.set(key, (counts.get(key) ?? 0) + count);
  }
}

const DAYS_REMEMBERED_MAX = 5_000;
const remembered = new Map<string, readonly string[]>();

/** The names of a day's periods, from the day to all time; equal ones are one text in memory. */
function keysOf(day: string): readonly string[] {
  let keys = remembered.get(day);
  if (keys === undefined) {
    keys = PERIODS.map((period) => periodKey(period, day));
    if (remembered.size >= DAYS_REMEMBERED_MAX) remembered.clear();
    remembered.set(day, keys);
  }
  return keys;
}
