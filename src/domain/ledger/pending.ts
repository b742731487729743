import { StateConflictError } from '../errors.ts';
import type { AccountState, Lot } from './account.ts';
import { assertLoaded } from './amount.ts';
import { makeAvailable, post } from './posting.ts';
import type { Posting } from './posting.ts';
import type { Cause, TransactionRow } from './writes.ts';

/** Pending lots that an activity of this type releases. A lot without a key of its own answers to any. */
export function lotsReleasedBy(account: AccountState, activityType: string, key: string | null): Lot[] {
  assertLoaded(account);
  return account.lots.filter(
    (lot) =>
      lot.state === 'PENDING' &&
      lot.remaining > 0 &&
      lot.releaseActivityType === activityType &&
      (lot.releaseKey === null || lot.releaseKey === key),
  );
}

/** Makes all that remains of a pending lot available; a debt is paid first. Throws StateConflictError when it is not pending. */
export function releaseLot(
  posting: Posting,
  account: AccountState,
  lot: Lot,
  input: { effectiveAt: Date; cause: Cause },
): TransactionRow {
  assertPending(lot);
  const amount = lot.remaining;
  const transaction = post(
    posting,
    { kind: 'RELEASE', account, amount, effectiveAt: input.effectiveAt, cause: input.cause, counterparty: null },
    [{ account, bucket: 'PENDING', lot, amount: -amount }, ...makeAvailable(account, [{ lot, amount }])],
  );
  lot.state = 'AVAILABLE';
  return transaction;
}

/** Takes back all that remains of a pending lot, as if it had not been issued. Throws StateConflictError when it is not pending. */
export function cancelLot(
  posting: Posting,
  account: AccountState,
  lot: Lot,
  input: { effectiveAt: Date; cause: Cause },
): TransactionRow {
  assertPending(lot);
  const amount = lot.remaining;
  return post(
    posting,
    { kind: 'CANCEL', account, amount, effectiveAt: input.effectiveAt, cause: input.cause, counterparty: 'ISSUANCE' },
    [{ account, bucket: 'PENDING', lot, amount: -amount }],
  );
}

function assertPending(lot: Lot): void {
  if (lot.state !== 'PENDING') throw new StateConflictError('This lot is not pending any more.', lot.state, ['lotId']);
  if (lot.remaining === 0) throw new StateConflictError('Nothing is left in this lot.', 'EMPTY', ['lotId']);
}
