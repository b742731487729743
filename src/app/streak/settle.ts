import type { Catalogue } from '#domain/program/catalogue.ts';
import { concerns } from '#domain/streak/amounts.ts';
import { endOfPeriod, firstDayOf } from '#domain/streak/calendar.ts';
import { dayAt, periodOf, zoneAt } from '#domain/streak/calendar.ts';
import type { MeasuredFact } from '#domain/tier/measure.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import { liveStreaks } from './batch.ts';
import type { StreakBook } from './book.ts';
import { openBooks, periodsFrom, readDone } from './open.ts';
import { saveBooks } from './write.ts';

/**
 * Does everything of these customers' streaks that is due at `tx.now`: verdicts over periods that are over, each dated at its
 * own end, and notices that a streak is at risk, once a period and only while something can still be done. The accounts of
 * the default currency must be locked, since their lock keeps streaks still. Doing it again changes nothing.
 */
export async function settleStreaks(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  customerIds: readonly string[],
): Promise<void> {
  const live = liveStreaks(catalogue);
  const wanted = customerIds.flatMap((customerId) => live.map((compiled) => ({ customerId, compiled, low: null })));
  const books = await openBooks(tx, catalogue, tx.now, wanted);
  for (const book of books.values()) {
    warn(book, tx.now);
    // The next instant to look is on record, so that it has to be moved on even when nothing happened.
    if (book.recorded !== null && (book.recorded.nextAt === null || book.recorded.nextAt <= tx.now))
      book.isDirty = true;
  }
  await saveBooks(deps, tx, books.values(), 'system:streaks');
}

/** Tells once a period that a streak is at risk. What was at risk while nobody looked, and is over, is told no more. */
function warn(book: StreakBook, now: Date): void {
  const { state, pending } = book.standing(now);
  if (state !== 'AT_RISK' || pending === null || pending.atRiskAt === null) return;
  if (pending.deadline <= now || pending.atRiskAt > now) return;
  if (book.warnedFor !== null && book.warnedFor >= pending.period) return;
  book.warnedFor = pending.period;
  book.add({ kind: 'AT_RISK', period: pending.period, length: book.run.length, at: pending.atRiskAt });
}

/** The easternmost and westernmost clocks are less than this away from UTC. */
const FARTHEST_MS = 15 * 3_600_000;

/**
 * Counts the periods anew, from the record, that something counted in which was taken back. A period that no longer comes to
 * its thresholds is not met any more, and the streak is what the rest makes of it. Call it after the reversal is written,
 * with the account of the default currency locked. Costs nothing where no streak counts it.
 */
export async function recountStreaks(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  taken: MeasuredFact & { customerId: string; occurredAt: Date },
): Promise<void> {
  const { customerId, occurredAt } = taken;
  const touched = liveStreaks(catalogue).filter((compiled) => concerns(compiled, taken.activityTypeId));
  if (touched.length === 0) return;
  const wanted = touched.map((compiled) => ({
    ...{ customerId, compiled },
    low: periodOf(compiled.streak.cadence, dayAt({ zone: 'Etc/GMT+12', moves: [] }, occurredAt)),
  }));
  const books = await openBooks(tx, catalogue, tx.now, wanted, () => true);
  const [customer] = await findCustomerFacts(tx, tx.programId, [customerId], []);
  if (customer === undefined) return;
  for (const book of books.values()) {
    const { cadence } = book.compiled.streak;
    const localDate = dayAt(book.clock, occurredAt);
    const period = periodOf(cadence, localDate);
    const span = {
      from: new Date(Date.parse(firstDayOf(cadence, period)) - FARTHEST_MS),
      to: new Date(endOfPeriod(book.clock, cadence, period).getTime() + FARTHEST_MS),
    };
    const done = await readDone(tx, catalogue, [customerId], [book.compiled], span);
    const amounts = periodsFrom(book, catalogue, customer, done).get(period)?.amounts ?? {};
    book.recount({ period, at: occurredAt, localDate, zone: zoneAt(book.clock, occurredAt) }, amounts, tx.now);
  }
  await saveBooks(deps, tx, books.values());
}
