import type { AccountState } from './account.ts';
import { assertAmount, assertSpendable, outOf, takeAvailable } from './amount.ts';
import type { LedgerCurrency } from './amount.ts';
import { stayActive } from './inactivity.ts';
import { keepLot, makeAvailable, openLot, post } from './posting.ts';
import type { Posting } from './posting.ts';
import type { Cause, TransactionRow } from './writes.ts';

export type Debit = { currency: LedgerCurrency; amount: number; effectiveAt: Date; cause: Cause };

/** Spends available points, soonest-expiring first. Throws InsufficientPointsError, and StateConflictError for status points. */
export function spend(posting: Posting, account: AccountState, input: Debit): TransactionRow {
  assertAmount(input.amount);
  assertSpendable(input.currency);
  const parts = takeAvailable(account, input.amount);
  const transaction = post(
    posting,
    {
      kind: 'SPEND',
      account,
      amount: input.amount,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: 'REDEMPTION',
    },
    outOf(account, 'AVAILABLE', parts),
  );
  stayActive(posting, account, { kind: 'SPENDING' }, input.effectiveAt);
  return transaction;
}

/**
 * Takes points away by hand, soonest-expiring first; status points too. It never makes a debt: beyond what is available it
 * throws InsufficientPointsError.
 */
export function adjustDown(posting: Posting, account: AccountState, input: Debit): TransactionRow {
  assertAmount(input.amount);
  const parts = takeAvailable(account, input.amount);
  return post(
    posting,
    {
      kind: 'ADJUST',
      account,
      amount: input.amount,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: 'ADJUSTMENT',
    },
    outOf(account, 'AVAILABLE', parts),
  );
}

/**
 * Moves available points to another customer in one transaction. Every lot that is drawn on becomes a lot of the receiver
 * with the same earning and expiry instants; what lasted with the sender's activity keeps the date that it had. A debt of the
 * receiver is paid first. The receiver's cap is not applied: the
 * points were issued already. Throws InsufficientPointsError, and StateConflictError for status points.
 */
export function transfer(posting: Posting, from: AccountState, to: AccountState, input: Debit): TransactionRow {
  assertAmount(input.amount);
  assertSpendable(input.currency);
  const parts = takeAvailable(from, input.amount);
  const received = parts.map(({ lot, amount }) => ({
    amount,
    lot: openLot(posting, to, {
      state: 'AVAILABLE',
      amount,
      earnedAt: lot.earnedAt,
      availableAt: null,
      releaseActivityType: null,
      releaseKey: null,
      expiresAt: lot.expiresAt,
      activeRun: null,
    }),
  }));
  const transaction = post(
    posting,
    {
      kind: 'TRANSFER',
      account: from,
      toCustomerId: to.customerId,
      amount: input.amount,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: null,
    },
    [...outOf(from, 'AVAILABLE', parts), ...makeAvailable(to, received)],
  );
  for (const { lot } of received) keepLot(posting, to, lot, transaction);
  return transaction;
}
