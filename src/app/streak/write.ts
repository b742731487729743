import type { StreakEventType, StreakHappened } from '#domain/events.ts';
import { periodName } from '#domain/streak/calendar.ts';
import { writeStreaks, type PeriodRow, type StateRow } from '#storage/sql/write-streaks.ts';
import type { StreakEventKind, StreakEventRow } from '#storage/streak-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import type { BookEvent, StreakBook } from './book.ts';

/** What is told of what happened; a freeze that a reversal takes back is not. */
const TOLD: Partial<Record<StreakEventKind, StreakEventType>> = {
  FREEZE_USED: 'streak.frozen',
  FREEZE_EARNED: 'streak.freeze_earned',
  FREEZE_RETURNED: 'streak.healed',
  FREEZE_GIVEN: 'streak.freeze_given',
  BROKEN: 'streak.broken',
  HEALED: 'streak.healed',
  PAUSED: 'streak.paused',
  RESUMED: 'streak.resumed',
  RESTORED: 'streak.restored',
  AT_RISK: 'streak.at_risk',
  PRIZE_GIVEN: 'streak.prize_given',
};

/**
 * Writes what became of streaks, in one statement, and tells of it: each thing that happened once. Books of which nothing
 * changed write nothing.
 */
export async function saveBooks(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  books: Iterable<StreakBook>,
  actor: string = tx.actor,
): Promise<void> {
  const written = { periods: [] as PeriodRow[], states: [] as StateRow[], events: [] as StreakEventRow[] };
  // In one order everywhere, so that two writers wait and never deadlock.
  for (const book of [...books].filter(({ isDirty }) => isDirty).toSorted(byName)) {
    const { customerId, compiled } = book;
    const { id: streakId, cadence } = compiled.streak;
    const of = { customerId, streakId, cadence };
    for (const [period, one] of book.changed) {
      const name = periodName(cadence, period);
      written.periods.push({ ...of, period, name, ...one, amounts: { ...one.amounts } });
    }
    written.states.push(stateOf(book, tx.now));
    for (const event of book.events) {
      const { isSilent, ...row } = event;
      const kept = { id: deps.newId(), ...of, shape: compiled.shape, actor, recordedAt: tx.now };
      written.events.push({ ...kept, ...row });
      const type = isSilent ? undefined : TOLD[event.kind];
      if (type !== undefined) tx.emit(bodyOf(book, type, event, tx.now));
    }
  }
  await writeStreaks(tx, tx.programId, written);
}

function byName(a: StreakBook, b: StreakBook): number {
  const [one, other] = [a, b].map(({ customerId, compiled }) => `${customerId} ${compiled.streak.id}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

function stateOf(book: StreakBook, now: Date): StateRow {
  const { customerId, compiled, clock, base, run, warnedFor } = book;
  const { id: streakId, code, cadence } = compiled.streak;
  const { state, nextAt } = book.standing(now);
  return {
    ...{ customerId, streakId, code, cadence, shape: compiled.shape, moves: clock.moves.length, base, run },
    pauses: [...book.pauses],
    bridges: [...book.bridges],
    ...{ warnedFor, state, nextAt },
  };
}

/** An event of a streak, with where it stands after all. */
export function bodyOf(
  book: StreakBook,
  type: StreakEventType,
  { period, length }: Pick<BookEvent, 'period' | 'length'>,
  now: Date,
): StreakHappened {
  const { id: streakId, code: streak, name, cadence } = book.compiled.streak;
  const { state, pending } = book.standing(now);
  return {
    type,
    ...{ customerId: book.customerId, streakId, streak, name, state, length },
    period: period === null ? null : periodName(cadence, period),
    current: book.run.length,
    longest: book.run.longest,
    freezes: book.run.freezes,
    deadline: pending?.deadline.toISOString() ?? null,
  };
}
