import { capKeysOf, type CapLedger, type CapUsage } from '#domain/earning/evaluate.ts';
import { NO_COUNTERS, type ActivityCounters } from '#domain/earning/facts.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { ActivityType } from '#domain/program/program.ts';
import { localDay, periodKey } from '#domain/time.ts';
import {
  addActivityDays,
  addCapCounters,
  readActivityCounters,
  readCapCounters,
  type CapKey,
  type CounterKey,
} from '#storage/earning-counter-store.ts';

import type { Tx } from '../transaction.ts';

/** The counters of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchCounters = {
  /** The customer's caps. */
  capsOf(customerId: string): CapLedger;
  /** How often the customer did the same before; counts this activity. */
  count(customerId: string, type: ActivityType, occurredAt: Date): ActivityCounters;
  save(tx: Tx): Promise<void>;
};

type Counted = { customerId: string; type: ActivityType; occurredAt: Date };

/** Reads what the batch's rules count. The customers' accounts must be locked, so that nobody else moves the counters. */
export async function openCounters(
  reading: Tx,
  catalogue: Catalogue,
  items: readonly Counted[],
): Promise<BatchCounters> {
  const { timeZone, dailyPointsCap } = catalogue.program;
  const capKeys = new Map<string, CapKey>();
  const counterKeys = new Map<string, CounterKey>();
  for (const { customerId, type, occurredAt } of items) {
    const day = localDay(occurredAt, timeZone);
    for (const key of capKeysOf(catalogue.ruleSet.earning, type.code, day, dailyPointsCap)) {
      capKeys.set(`${customerId} ${key.subject} ${key.period}`, { customerId, ...key });
    }
    if (catalogue.ruleSet.earning.byActivityType.get(type.code)?.readsCounters === true) {
      counterKeys.set(`${customerId} ${type.id} ${day}`, { customerId, activityTypeId: type.id, day });
    }
  }
  const used = new Map<string, CapUsage>();
  for (const row of await readCapCounters(reading, reading.programId, [...capKeys.values()])) {
    used.set(`${row.customerId} ${row.subject} ${row.period}`, { points: row.points, uses: row.uses });
  }
  const keys = [...counterKeys.values()];
  const counted = await readActivityCounters(reading, reading.programId, keys);
  const stored = new Map(keys.map((key, index) => [nameOf(key), counted[index] ?? NO_COUNTERS]));
  const capsAdded = new Map<string, CapKey & CapUsage>();
  const daysAdded = new Map<string, CounterKey & { count: number }>();

  return {
    capsOf: (customerId) => ({
      used: (subject, period) => used.get(`${customerId} ${subject} ${period}`) ?? { points: 0, uses: 0 },
      add: (subject, period, points) => {
        const name = `${customerId} ${subject} ${period}`;
        const before = used.get(name) ?? { points: 0, uses: 0 };
        used.set(name, { points: before.points + points, uses: before.uses + 1 });
        const added = capsAdded.get(name) ?? { customerId, subject, period, points: 0, uses: 0 };
        capsAdded.set(name, { ...added, points: added.points + points, uses: added.uses + 1 });
      },
    }),
    count: (customerId, type, occurredAt) => {
      const key = { customerId, activityTypeId: type.id, day: localDay(occurredAt, timeZone) };
      // Walking the batch for every activity is quadratic, so it is done only where a rule counts.
      const before = stored.get(nameOf(key));
      const counters = before === undefined ? NO_COUNTERS : addBatch(before, key, daysAdded);
      const added = daysAdded.get(nameOf(key));
      daysAdded.set(nameOf(key), { ...key, count: (added?.count ?? 0) + 1 });
      return counters;
    },
    save: async (tx) => {
      await addCapCounters(tx, tx.programId, [...capsAdded.values()]);
      await addActivityDays(tx, tx.programId, [...daysAdded.values()]);
    },
  };
}

/** What is stored plus what this batch has counted so far, period by period. */
function addBatch(
  stored: ActivityCounters,
  key: CounterKey,
  added: ReadonlyMap<string, CounterKey & { count: number }>,
): ActivityCounters {
  const counters = { ...stored };
  for (const other of added.values()) {
    if (other.customerId !== key.customerId || other.activityTypeId !== key.activityTypeId) continue;
    counters.allTime += other.count;
    if (other.day === key.day) counters.today += other.count;
    if (periodKey('WEEK', other.day) === periodKey('WEEK', key.day)) counters.thisWeek += other.count;
    if (periodKey('MONTH', other.day) === periodKey('MONTH', key.day)) counters.thisMonth += other.count;
    if (periodKey('YEAR', other.day) === periodKey('YEAR', key.day)) counters.thisYear += other.count;
  }
  return counters;
}

function nameOf(key: CounterKey): string {
  return `${key.customerId} ${key.activityTypeId} ${key.day}`;
}
