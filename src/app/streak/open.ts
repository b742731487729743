import { Big } from 'big.js';

import { NO_COUNTERS, type CustomerFacts, type EarningFacts } from '#domain/earning/facts.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { addAmounts, concerns, contributionsOf, isMet } from '#domain/streak/amounts.ts';
import { dayAt, periodOf, zoneAt, type CustomerClock } from '#domain/streak/calendar.ts';
import type { CompiledStreak } from '#domain/streak/compile.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { readCountedActivities, type CountedActivity } from '#storage/sql/read-counted-activities.ts';
import { readStreakPasts, readStreaks, type StreakRecord } from '#storage/streak-store.ts';

import { StreakBook, type BookPeriod } from './book.ts';

/** A book that is wanted; `low` is the first period that may be counted in, null when only time goes by. */
export type Wanted = { customerId: string; compiled: CompiledStreak; low: number | null };

export type StreakBooks = ReadonlyMap<string, StreakBook>;

export function bookName(customerId: string, { streak }: CompiledStreak): string {
  return `${customerId} ${streak.id}`;
}

/**
 * Opens streaks in memory, up to `now`: one statement for any number, a second where some have to be judged from their whole
 * past, which `needsPast` says beside, and more where some were never counted: their past is, from the record of activities,
 * and nobody is told of it. Writes nothing.
 */
export async function openBooks(
  statements: Statements,
  catalogue: Catalogue,
  now: Date,
  wanted: readonly Wanted[],
  needsPast: (book: StreakBook) => boolean = () => false,
): Promise<StreakBooks> {
  const { id: programId, timeZone } = catalogue.program;
  const keys = wanted.map(({ customerId, compiled, low }) => {
    const { id: streakId, cadence } = compiled.streak;
    return { customerId, streakId, cadence, low };
  });
  const records = await readStreaks(statements, programId, keys);
  const books = wanted.map(({ customerId, compiled }, index) => {
    const record = records[index] ?? NOTHING;
    return new StreakBook(customerId, compiled, clockOf(record, timeZone), record);
  });
  const known = books.filter((book) => book.recorded !== null && !book.isStale());
  for (const book of known) book.catchUp(now);
  const anew = books.filter((book) => book.recorded === null || book.isStale() || needsPast(book));
  const pasts = await readStreakPasts(
    statements,
    programId,
    anew.map(({ customerId, compiled: { streak } }) => ({ customerId, streakId: streak.id, cadence: streak.cadence })),
  );
  const unknown = anew.filter((book) => book.recorded === null);
  const filled = await readFill(statements, catalogue, unknown);
  for (const [index, book] of anew.entries()) {
    const past = pasts[index] ?? { met: [], events: [] };
    if (book.recorded === null) book.begin(filled.get(book) ?? new Map<number, BookPeriod>(), past, now);
    else {
      book.learn(past);
      if (book.isStale()) book.catchUp(now);
    }
  }
  return new Map(books.map((book) => [bookName(book.customerId, book.compiled), book]));
}

const NOTHING: StreakRecord = { zone: null, moves: [], row: null, periods: [], prizes: [] };

function clockOf({ zone, moves }: StreakRecord, programZone: string): CustomerClock {
  return {
    zone: zone ?? programZone,
    moves: moves.map(({ at, from }) => ({ at, from: from ?? programZone })),
  };
}

/** What customers did before their streaks were followed, period by period. */
async function readFill(
  statements: Statements,
  catalogue: Catalogue,
  books: readonly StreakBook[],
): Promise<Map<StreakBook, Map<number, BookPeriod>>> {
  if (books.length === 0) return new Map();
  const customerIds = [...new Set(books.map(({ customerId }) => customerId))];
  const compiled = [...new Set(books.map((book) => book.compiled))];
  const done = await readDone(statements, catalogue, customerIds, compiled, { from: null, to: null });
  if (done.length === 0) return new Map();
  const customers = await findCustomerFacts(statements, catalogue.program.id, customerIds, []);
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  const byCustomer = Map.groupBy(done, ({ customerId }) => customerId);
  return new Map(
    books.map((book) => {
      const customer = byId.get(book.customerId);
      const theirs = customer === undefined ? [] : (byCustomer.get(book.customerId) ?? []);
      return [book, customer === undefined ? new Map() : periodsFrom(book, catalogue, customer, theirs)];
    }),
  );
}

/** What is on record of everything that these streaks count. */
export async function readDone(
  statements: Statements,
  catalogue: Catalogue,
  customerIds: readonly string[],
  compiled: readonly CompiledStreak[],
  span: { from: Date | null; to: Date | null },
): Promise<CountedActivity[]> {
  const measures = compiled.flatMap(({ conditions }) => conditions.map(({ measure }) => measure));
  const { milestones, streaks, challenges, badges } = catalogue.ruleSet.content;
  return readCountedActivities(statements, catalogue.program.id, {
    customerIds,
    activityTypeIds: [...new Set(measures.flatMap((one) => (one.kind === 'POINTS' ? [] : [one.activityTypeId])))],
    currencyIds: [...new Set(measures.flatMap((one) => (one.kind === 'POINTS' ? [one.currencyId] : [])))],
    // Streaks count before any of these give: what they give is none of what streaks count.
    without: [...milestones, ...streaks, ...challenges, ...badges].map(({ id }) => id),
    ...span,
  });
}

/** The periods of a streak that activities on record make, with what their conditions come to. */
export function periodsFrom(
  { compiled, clock }: Pick<StreakBook, 'compiled' | 'clock'>,
  catalogue: Catalogue,
  customer: CustomerFacts,
  done: readonly CountedActivity[],
): Map<number, BookPeriod> {
  const periods = new Map<number, BookPeriod>();
  for (const one of done) {
    if (!concerns(compiled, one.activityTypeId)) continue;
    const added = contributionsOf(compiled, measured(one), seenAs(catalogue, customer, one));
    if (added.size === 0) continue;
    const zone = zoneAt(clock, one.occurredAt);
    const localDate = dayAt(clock, one.occurredAt);
    const period = periodOf(compiled.streak.cadence, localDate);
    const before = periods.get(period);
    const amounts = addAmounts(before?.amounts ?? {}, added);
    const met = isMet(compiled, amounts);
    periods.set(period, { amounts, met, metAt: met ? (before?.metAt ?? one.occurredAt) : null, localDate, zone });
  }
  return periods;
}

/** What is left of an activity, as it counts. */
function measured({ activityTypeId, properties, returned, currencyId, points }: CountedActivity) {
  const left = { ...properties };
  for (const [property, amount] of Object.entries(returned ?? {})) left[property] = minus(properties[property], amount);
  return {
    activityTypeId,
    properties: left,
    points: new Map(currencyId === null ? [] : [[currencyId, points]]),
  };
}

function minus(value: unknown, amount: string): unknown {
  return typeof value === 'number' || typeof value === 'string' ? new Big(value).minus(amount).toFixed() : value;
}

/** An activity of the past, by somebody as they are now. */
function seenAs(catalogue: Catalogue, customer: CustomerFacts, done: CountedActivity): EarningFacts {
  const type = catalogue.activityTypeById.get(done.activityTypeId)?.code ?? '';
  return {
    activity: { type, channel: done.channel, occurredAt: done.occurredAt, properties: done.properties },
    customer,
    account: customer.account,
    tier: '',
    counters: NO_COUNTERS,
  };
}
