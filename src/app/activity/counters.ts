import type { Usage, UsageLedger } from '#domain/earning/bound.ts';
import { budgetKeysOf, capKeysOf, type UsageKey } from '#domain/earning/evaluate.ts';
import { NO_COUNTERS, type ActivityCounters } from '#domain/earning/facts.ts';
import { openUsage, type UsageBook } from '#domain/earning/usage.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { ActivityType } from '#domain/program/program.ts';
import { localDay, periodKey } from '#domain/time.ts';
import { addBudgetUsage, lockBudgets } from '#storage/budget-store.ts';
import {
  addActivityDays,
  addCapCounters,
  readActivityCounters,
  readCapCounters,
  readCapCountersOfDay,
  type CapKey,
  type CounterKey,
} from '#storage/earning-counter-store.ts';

import type { Tx } from '../transaction.ts';

/** The counters of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchCounters = {
  /** What the customer has used of caps. */
  capsOf(customerId: string): UsageLedger;
  /** What all customers have used of budgets. */
  budgets: UsageLedger;
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
  const { timeZone } = catalogue.program;
  const asked = askedOf(catalogue, items);
  const caps = await openCaps(reading, asked);
  const locked = await lockBudgets(reading, reading.programId, asked.budgetKeys);
  const budgets = openUsage(locked.map((row) => ({ ...row, usage: { ...row, lastAt: null } })));
  const keys = asked.counterKeys;
  const counted = await readActivityCounters(reading, reading.programId, keys);
  const stored = new Map(keys.map((key, index) => [nameOf(key), counted[index] ?? NO_COUNTERS]));
  const daysAdded = new Map<string, CounterKey & { count: number }>();

  return {
    capsOf: caps.of,
    budgets,
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
      await Promise.all([
        addCapCounters(tx, tx.programId, caps.added()),
        addBudgetUsage(
          tx,
          tx.programId,
          budgets.added().map(({ subject, period, usage }) => ({ subject, period, ...usage })),
        ),
        addActivityDays(tx, tx.programId, [...daysAdded.values()]),
      ]);
    },
  };
}

/** What a batch may count: caps by the local days on which customers acted, budgets, and how often the same was done. */
type Asked = {
  caps: { customerIds: Set<string>; keys: Map<string, UsageKey> }[];
  budgetKeys: UsageKey[];
  counterKeys: CounterKey[];
};

/** Rules name their caps and budgets by activity type and day: what many activities of a batch share is found once. */
function askedOf(catalogue: Catalogue, items: readonly Counted[]): Asked {
  const { timeZone, dailyPointsCap } = catalogue.program;
  const { earning } = catalogue.ruleSet;
  const caps = new Map<string, Asked['caps'][number]>();
  const budgetKeys = new Map<string, UsageKey>();
  const counterKeys = new Map<string, CounterKey>();
  const known = new Set<string>();
  for (const { customerId, type, occurredAt } of items) {
    const day = localDay(occurredAt, timeZone);
    const onDay = caps.get(day) ?? { customerIds: new Set(), keys: new Map() };
    caps.set(day, onDay);
    onDay.customerIds.add(customerId);
    if (earning.byActivityType.get(type.code)?.readsCounters === true)
      counterKeys.set(`${customerId} ${type.id} ${day}`, { customerId, activityTypeId: type.id, day });
    if (known.has(`${type.id} ${day}`)) continue;
    known.add(`${type.id} ${day}`);
    for (const key of capKeysOf(earning, type.code, day, dailyPointsCap))
      onDay.keys.set(`${key.subject} ${key.period}`, key);
    for (const key of budgetKeysOf(earning, type.code, day)) budgetKeys.set(`${key.subject} ${key.period}`, key);
  }
  return { caps: [...caps.values()], budgetKeys: [...budgetKeys.values()], counterKeys: [...counterKeys.values()] };
}

type BatchCaps = { of: (customerId: string) => UsageBook; added: () => (CapKey & Usage)[] };

/** One book a customer over what the batch may count. */
async function openCaps(reading: Tx, asked: Asked): Promise<BatchCaps> {
  const stored = Map.groupBy(await readCaps(reading, asked), (row) => row.customerId);
  const books = new Map<string, UsageBook>();
  const of = (customerId: string): UsageBook => {
    let book = books.get(customerId);
    if (book === undefined) {
      const rows = stored.get(customerId) ?? [];
      book = openUsage(rows.map((row) => ({ ...row, usage: row })));
      books.set(customerId, book);
    }
    return book;
  };
  return {
    of,
    added: () =>
      [...books].flatMap(([customerId, book]) =>
        book.added().map(({ subject, period, usage }) => ({ customerId, subject, period, ...usage })),
      ),
  };
}

/** One statement either way; a batch of many days, such as an import, asks customer by customer. */
function readCaps(reading: Tx, { caps }: Asked): Promise<(CapKey & Usage)[]> {
  const [first, ...others] = caps;
  if (first !== undefined && others.length === 0)
    return readCapCountersOfDay(reading, reading.programId, [...first.customerIds], [...first.keys.values()]);
  const keys = new Map<string, CapKey>();
  for (const { customerIds, keys: onDay } of caps)
    for (const customerId of customerIds)
      for (const [name, key] of onDay) keys.set(`${customerId} ${name}`, { customerId, ...key });
  return readCapCounters(reading, reading.programId, [...keys.values()]);
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
