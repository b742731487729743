import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { dayAt, endOfPeriod, periodName, periodOf } from '#domain/streak/calendar.ts';
import { pauseDays, resumedOn } from '#domain/streak/standing.ts';
import { FREEZES_MAX } from '#domain/streak/streak.ts';
import { addDays, daysBetween } from '#domain/time.ts';
import { lockAccounts } from '#storage/ledger-store.ts';

import { requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import { requireTierReason } from '../tier/change.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import type { StreakBook } from './book.ts';
import { openBooks } from './open.ts';
import { saveBooks } from './write.ts';

/** Which streak of whom, and whether it is the customer who asks: they may what the streak lets them. */
export type StreakOf = { customer: CustomerName; streak: string; byCustomer: boolean; reason: string | null };
export type StreakChanged = { customerId: string; streak: string };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Pauses a streak for local days: from today, or a day ahead, to the day before `until`. What is met today stays met, so
 * that the pause then begins tomorrow. Throws InvalidInputError for days of the past, too many days or none, and
 * StateConflictError where another pause is running or ahead, or the streak allows none. Causes streak.paused.
 */
export function pauseStreak(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: StreakOf & { from: string | null; until: string },
): Promise<StreakChanged & { replayed: boolean }> {
  return change(deps, scope, command, input, 'streak.paused', (book, now, note) => {
    const { streak } = book.compiled;
    const today = dayAt(book.clock, now);
    assertAllowed(input.byCustomer, streak.customerMayPause, 'pause');
    if (streak.pauseDaysMax === 0) throw new StateConflictError('This streak cannot be paused.', 'NO_PAUSES');
    for (const [field, day] of [['from', input.from ?? today] as const, ['until', input.until] as const])
      if (!isDay(day)) throw new InvalidInputError('A day is written YYYY-MM-DD.', [field]);
    if (book.pauses.some(({ to }) => to > today))
      throw new StateConflictError('A pause is running or ahead. End it first.', 'PAUSED');
    const pause = pauseDays(streak, book.facts(), now, { from: input.from, to: input.until });
    if (pause === null) throw new InvalidInputError('A pause does not begin in the past.', ['from']);
    const days = daysBetween(pause.from, pause.to);
    if (days < 1) throw new InvalidInputError('A pause ends after it begins; a day that is met counts.', ['until']);
    if (days > streak.pauseDaysMax)
      throw new InvalidInputError(`A pause of this streak has at most ${streak.pauseDaysMax} days.`, ['until']);
    book.pauses = [...book.pauses, pause];
    book.add({ kind: 'PAUSED', period: null, length: book.run.length, at: now, detail: pause, note });
  });
}

/**
 * Ends a pause: today counts again. One that has not begun never does. Throws StateConflictError when none is running or
 * ahead. Causes streak.resumed.
 */
export function resumeStreak(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: StreakOf,
): Promise<StreakChanged & { replayed: boolean }> {
  return change(deps, scope, command, input, 'streak.resumed', (book, now, note) => {
    const today = dayAt(book.clock, now);
    assertAllowed(input.byCustomer, book.compiled.streak.customerMayPause, 'pause');
    if (!book.pauses.some(({ to }) => to > today))
      throw new StateConflictError('No pause is running or ahead.', 'NOT_PAUSED');
    book.pauses = resumedOn(book.pauses, today);
    book.add({ kind: 'RESUMED', period: null, length: book.run.length, at: now, detail: { on: today }, note });
    book.catchUp(now);
  });
}

/**
 * Takes a break back: what was missed since counts as frozen, and the streak goes on from the length that was lost, with
 * what was met since. Throws StateConflictError when nothing is broken, or the days in which it can be restored are over.
 * Causes streak.restored.
 */
export function restoreStreak(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: StreakOf,
): Promise<StreakChanged & { replayed: boolean }> {
  return change(deps, scope, command, input, 'streak.restored', (book, now, note) => {
    const { streak } = book.compiled;
    const { broke } = book.run;
    assertAllowed(input.byCustomer, streak.customerMayRestore, 'restore');
    if (broke === null) throw new StateConflictError('This streak is not broken.', 'NOT_BROKEN');
    const brokenOn = dayAt(book.clock, endOfPeriod(book.clock, streak.cadence, broke.period));
    const today = dayAt(book.clock, now);
    if (today > addDays(brokenOn, streak.restoreDays) || streak.restoreDays === 0)
      throw new StateConflictError(
        `This streak can be restored for ${streak.restoreDays} days after it broke.`,
        'TOO_LATE',
      );
    const bridge = { from: broke.period, to: periodOf(streak.cadence, today) };
    book.bridges = [...book.bridges, bridge];
    const name = periodName(streak.cadence, broke.period);
    book.startAnew(now);
    const detail = { ...bridge, missed: name, lost: broke.length };
    book.add({ kind: 'RESTORED', period: broke.period, length: book.run.length, at: now, detail, note });
  });
}

/**
 * Gives freezes by hand, up to the most that the streak allows. Throws InvalidInputError for a count that is not 1 to 100,
 * StateConflictError when there is no room. Causes streak.freeze_given.
 */
export function giveFreezes(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: StreakOf & { count: number },
): Promise<StreakChanged & { replayed: boolean }> {
  return change(deps, scope, command, input, 'streak.freeze_given', (book, now, note) => {
    const { max } = book.compiled.streak.freezes;
    if (!Number.isInteger(input.count) || input.count < 1 || input.count > FREEZES_MAX)
      throw new InvalidInputError(`Give 1 to ${FREEZES_MAX} freezes.`, ['count']);
    if (book.run.freezes + input.count > max)
      throw new StateConflictError(
        `The customer has ${book.run.freezes} freezes, and may have ${max} of this streak.`,
        'FREEZES_FULL',
      );
    book.give(input.count, now, note);
  });
}

function assertAllowed(byCustomer: boolean, isAllowed: boolean, what: string): void {
  if (byCustomer && !isAllowed)
    throw new StateConflictError(`Customers may not ${what} this streak themselves.`, 'NOT_BY_CUSTOMER');
}

function isDay(text: string): boolean {
  return DAY.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

/** Locks one streak of one customer, brings it up to now, changes and writes it. */
function change(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: StreakOf,
  action: string,
  work: (book: StreakBook, now: Date, note: string | null) => void,
): Promise<StreakChanged & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const note = input.byCustomer ? null : requireTierReason(input.reason ?? '');
    const book = await openOne(deps, tx, input);
    work(book, tx.now, note);
    book.isDirty = true;
    await saveBooks(deps, tx, [book]);
    const { customerId } = book;
    if (!input.byCustomer)
      tx.audit({
        action,
        subject: publicId('Customer', customerId),
        after: { streak: input.streak, length: book.run.length, freezes: book.run.freezes, reason: note },
      });
    return { customerId, streak: input.streak };
  });
}

async function openOne(deps: AppDeps, tx: Tx, input: StreakOf): Promise<StreakBook> {
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
  const compiled = catalogue.ruleSet.streaks.find(({ streak }) => streak.code === input.streak);
  if (compiled === undefined) throw new NotFoundError('streak', ['streak']);
  if (compiled.streak.paused) throw new StateConflictError('This streak stands still for everybody.', 'PAUSED');
  await lockAccounts(tx, deps.newId, tx.programId, [{ customerId, currencyId: catalogue.defaultCurrency.id }]);
  const books = await openBooks(tx, catalogue, tx.now, [{ customerId, compiled, low: null }], () => true);
  const [book] = books.values();
  if (book === undefined) throw new NotFoundError('streak', ['streak']);
  return book;
}
