import { InvalidInputError, StateConflictError } from '../errors.ts';
import { compareLots } from './account.ts';
import type { AccountState, Lot } from './account.ts';
import { assertLoaded } from './amount.ts';
import { post } from './posting.ts';
import type { Posting } from './posting.ts';
import type { Cause, TransactionRow } from './writes.ts';

/** Which of a customer's lots are meant: one, or all that expire before an instant. */
export type ExpiryMoveTarget = { lotId: string } | { expiresBefore: Date };

export type ExpiryMove = {
  lots: readonly Lot[];
  /** The new first instant at which the points are no longer valid. */
  to: Date;
  effectiveAt: Date;
  cause: Cause;
};

/**
 * The lots with points in them, held ones included, whose expiry would change. What never expires is only meant by its id.
 * Throws StateConflictError when nothing would change.
 */
export function lotsToMove(account: AccountState, target: ExpiryMoveTarget, to: Date): Lot[] {
  assertLoaded(account);
  // What has just been settled stays in memory, empty.
  const open = account.lots.filter((lot) => lot.remaining + lot.held > 0);
  if ('lotId' in target) {
    const lot = open.find(({ id }) => id === target.lotId);
    if (lot === undefined) throw new StateConflictError('Nothing is left in this lot.', 'EMPTY', ['lotId']);
    if (isAt(lot, to))
      throw new StateConflictError('This lot expires at that instant already.', 'UNCHANGED', ['expiresAt']);
    return [lot];
  }
  const before = open.filter((lot) => lot.expiresAt !== null && lot.expiresAt < target.expiresBefore);
  const lots = before.filter((lot) => !isAt(lot, to));
  if (lots.length === 0) throw new StateConflictError('No points expire before that.', 'UNCHANGED', ['expiresBefore']);
  return lots;
}

/** Throws InvalidInputError for an instant that has passed: what is over is over, and points end by expiring alone. */
export function assertAhead(to: Date, now: Date): void {
  if (to <= now) throw new InvalidInputError('An expiry is moved to an instant in the future.', ['expiresAt']);
}

/** All points of lots, held ones included. */
export function pointsIn(lots: readonly Lot[]): number {
  return lots.reduce((sum, lot) => sum + lot.remaining + lot.held, 0);
}

/**
 * Moves the expiry of lots: a transaction that moves no points, with what it did to each lot beside it. The lots have a date
 * of their own from then on, also where they lasted with activity.
 */
export function moveExpiry(posting: Posting, account: AccountState, input: ExpiryMove): TransactionRow {
  assertLoaded(account);
  const { lots, to, effectiveAt, cause } = input;
  const transaction = post(
    posting,
    { kind: 'EXPIRY_MOVE', account, amount: 0, effectiveAt, cause, counterparty: null },
    [],
  );
  for (const lot of lots) {
    posting.expiryMoves.push({
      transactionId: transaction.id,
      lotId: lot.id,
      points: lot.remaining + lot.held,
      fromExpiresAt: lot.expiresAt,
      toExpiresAt: to,
    });
    lot.expiresAt = to;
    lot.activeRun = null;
    posting.changedLots.add(lot);
  }
  account.lots.sort(compareLots);
  posting.accounts.add(account);
  return transaction;
}

function isAt(lot: Lot, instant: Date): boolean {
  return lot.expiresAt?.getTime() === instant.getTime();
}
