import type { CheckedReport } from '#domain/activity/activity.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { concerns, contributionsOf } from '#domain/streak/amounts.ts';
import { dayAt, periodName, periodOf, zoneAt } from '#domain/streak/calendar.ts';
import type { CompiledStreak } from '#domain/streak/compile.ts';
import type { StreakLedger, StreakLengths, StreakStep } from '#domain/streak/give.ts';
import type { MeasuredFact } from '#domain/tier/measure.ts';
import { localDay } from '#domain/time.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import type { StreakBook } from './book.ts';
import { bookName, openBooks, type StreakBooks, type Wanted } from './open.ts';
import { bodyOf, saveBooks } from './write.ts';

/** The streaks of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchStreaks = StreakLedger & { save(tx: Tx): Promise<void> };

type Acting = Pick<CheckedReport, 'type' | 'occurredAt' | 'properties'> & { customerId: string };

const NO_STREAKS: BatchStreaks = { lengthsOf: () => ({}), count: () => [], save: async () => undefined };

/** Streaks that are live and not paused. */
export function liveStreaks(catalogue: Catalogue): CompiledStreak[] {
  return catalogue.ruleSet.streaks.filter(({ streak }) => !streak.paused);
}

/**
 * Reads where the customers of a batch stand with all live streaks, in one statement, and in a second one the past of those
 * to whom something late happens; none where no streaks are live. What has come to its end since is decided first. The
 * accounts of the default currency must be locked, so that nobody else moves these streaks.
 */
export async function openStreaks(
  deps: Pick<AppDeps, 'newId'>,
  reading: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<BatchStreaks> {
  const live = liveStreaks(catalogue);
  if (live.length === 0) return NO_STREAKS;
  const byCustomer = Map.groupBy(acting, ({ customerId }) => customerId);
  const wanted = [...byCustomer].flatMap(([customerId, theirs]) =>
    live.map((compiled): Wanted => ({ customerId, compiled, low: earliest(compiled, theirs) })),
  );
  const books = await openBooks(reading, catalogue, reading.now, wanted, (book) =>
    (byCustomer.get(book.customerId) ?? []).some((one) => comesLate(book, one)),
  );
  return new Batch(deps, live, books, reading.now);
}

/** The first period that any of the activities may be counted in, wherever in the world its day was. */
function earliest({ streak, conditions }: CompiledStreak, acting: readonly Acting[]): number | null {
  const first = acting
    .filter(({ type }) => concerns({ conditions }, type.id))
    .reduce((least, { occurredAt }) => Math.min(least, occurredAt.getTime()), Infinity);
  return first === Infinity ? null : periodOf(streak.cadence, localDay(new Date(first), 'Etc/GMT+12'));
}

/** Whether an activity may change what is judged already, for which the whole past is needed. */
function comesLate(book: StreakBook, { type, occurredAt, properties }: Acting): boolean {
  if (!concerns(book.compiled, type.id)) return false;
  const period = periodOf(book.compiled.streak.cadence, dayAt(book.clock, occurredAt));
  const mayFall = book.compiled.conditions.some(
    ({ measure }) => measure.kind === 'SPEND' && Number(properties[measure.property] ?? 0) < 0,
  );
  return book.needsPast(period, mayFall);
}

class Batch implements BatchStreaks {
  readonly #deps: Pick<AppDeps, 'newId'>;
  readonly #live: readonly CompiledStreak[];
  readonly #books: StreakBooks;
  readonly #now: Date;
  /** What is told of periods that were met, in their order. */
  readonly #extended: { book: StreakBook; period: number; length: number }[] = [];

  constructor(deps: Pick<AppDeps, 'newId'>, live: readonly CompiledStreak[], books: StreakBooks, now: Date) {
    this.#deps = deps;
    this.#live = live;
    this.#books = books;
    this.#now = now;
  }

  lengthsOf(customerId: string): Readonly<Record<string, StreakLengths>> {
    return Object.fromEntries(
      this.#live.map((compiled) => {
        const run = this.#books.get(bookName(customerId, compiled))?.run;
        return [compiled.streak.code, { current: run?.length ?? 0, longest: run?.longest ?? 0 }];
      }),
    );
  }

  count(
    { customerId, occurredAt, activityId, mayCount }: Parameters<StreakLedger['count']>[0],
    fact: MeasuredFact,
    seen: EarningFacts,
  ): StreakStep[] {
    const steps: StreakStep[] = [];
    for (const compiled of this.#live) {
      const book = this.#books.get(bookName(customerId, compiled));
      if (book === undefined) continue;
      // From the first activity on, what does not count must not be counted as past later.
      if (book.recorded === null) book.isDirty = true;
      if (!mayCount || !takesPart(compiled, seen)) continue;
      const added = contributionsOf(compiled, fact, seen);
      if (added.size === 0) continue;
      const localDate = dayAt(book.clock, occurredAt);
      const period = periodOf(compiled.streak.cadence, localDate);
      const when = { period, at: occurredAt, localDate, zone: zoneAt(book.clock, occurredAt) };
      const extended = book.count(when, added, this.#now, activityId);
      if (extended === null) continue;
      this.#extended.push({ book, period, length: extended.length });
      steps.push({
        ...extended,
        compiled,
        period: periodName(compiled.streak.cadence, period),
        current: book.run.length,
        longest: book.run.longest,
        freezes: book.run.freezes,
      });
    }
    return steps;
  }

  async save(tx: Tx): Promise<void> {
    for (const { book, ...of } of this.#extended) tx.emit(bodyOf(book, 'streak.extended', of, tx.now));
    await saveBooks(this.#deps, tx, this.#books.values());
  }
}

function takesPart({ audience }: CompiledStreak, { customer, account, tiers = {} }: EarningFacts): boolean {
  return audience === null || audience.failingPart({ customer, account, tiers: Object.values(tiers) }) === null;
}
