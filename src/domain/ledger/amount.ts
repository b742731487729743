import { InsufficientPointsError, InvalidInputError, PointsOutOfRangeError, StateConflictError } from '../errors.ts';
import type { AccountState, Bucket, Lot } from './account.ts';
import type { Movement } from './posting.ts';

/** What the ledger needs to know of a point currency. */
export type LedgerCurrency = {
  id: string;
  kind: 'SPENDABLE' | 'STATUS';
  /** Most points that pending, available and held may add up to by earning; null sets no cap. */
  balanceCap: number | null;
};

/** An amount of points to move is a whole number from 1 to 2^53 − 1. Throws InvalidInputError or PointsOutOfRangeError. */
export function assertAmount(amount: number): void {
  if (Number.isInteger(amount) && !Number.isSafeInteger(amount)) throw new PointsOutOfRangeError(['amount']);
  if (!Number.isInteger(amount) || amount < 1)
    throw new InvalidInputError('Give an amount of at least 1 whole point.', ['amount']);
}

/** Status points count for standing only. Throws StateConflictError for them. */
export function assertSpendable(currency: LedgerCurrency): void {
  if (currency.kind === 'STATUS') {
    throw new StateConflictError('Status points cannot be spent, held or transferred.', 'STATUS', ['currency']);
  }
}

/** One lot and how many of its points an operation moves. */
export type LotPart = { lot: Lot; amount: number };

/**
 * Chooses available points, soonest-expiring first. Throws InsufficientPointsError when there are fewer than asked for.
 * The account's due work must be settled, so that no lot in it has passed its expiry.
 */
export function takeAvailable(account: AccountState, amount: number): LotPart[] {
  if (account.available < amount) throw new InsufficientPointsError(amount, account.available, ['amount']);
  const parts = drain(availableLots(account), amount);
  const taken = parts.reduce((sum, part) => sum + part.amount, 0);
  if (taken !== amount)
    throw new Error(`account ${account.id} has ${account.available} points available but its lots do not`);
  return parts;
}

/** Lots with points that can be spent, soonest-expiring first. */
export function availableLots(account: AccountState): Lot[] {
  assertLoaded(account);
  return account.lots.filter((lot) => lot.state === 'AVAILABLE' && lot.remaining > 0);
}

/** Takes from the lots in the given order until the amount is reached or they are empty. */
export function drain(lots: readonly Lot[], amount: number): LotPart[] {
  const parts: LotPart[] = [];
  let wanted = amount;
  for (const lot of lots) {
    if (wanted === 0) break;
    const taken = Math.min(wanted, lot.remaining);
    if (taken > 0) parts.push({ lot, amount: taken });
    wanted -= taken;
  }
  return parts;
}

/** Movements that take each part out of a bucket. */
export function outOf(account: AccountState, bucket: Bucket, parts: readonly LotPart[]): Movement[] {
  return parts.map(({ lot, amount }) => ({ account, bucket, lot, amount: -amount }));
}

/** An operation that looks at lots needs them; asking without them is a mistake in the calling code. */
export function assertLoaded(account: AccountState): void {
  if (!account.lotsLoaded) throw new Error(`the lots of account ${account.id} are not loaded`);
}
