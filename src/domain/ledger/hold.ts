import { InsufficientPointsError, StateConflictError } from '../errors.ts';
import type { AccountState, Hold, HoldState } from './account.ts';
import { assertAmount, assertLoaded, assertSpendable, outOf, takeAvailable } from './amount.ts';
import type { LedgerCurrency, LotPart } from './amount.ts';
import { expireReturned } from './expire.ts';
import { stayActive } from './inactivity.ts';
import { makeAvailable, post } from './posting.ts';
import type { Posting } from './posting.ts';
import type { Cause, TransactionRow } from './writes.ts';

export type HoldTerms = { currency: LedgerCurrency; amount: number; effectiveAt: Date; expiresAt: Date; cause: Cause };

/** Sets available points aside, soonest-expiring first. Throws InsufficientPointsError, and StateConflictError for status points. */
export function hold(
  posting: Posting,
  account: AccountState,
  input: HoldTerms,
): { hold: Hold; transaction: TransactionRow } {
  assertAmount(input.amount);
  assertSpendable(input.currency);
  const parts = takeAvailable(account, input.amount);
  const opened: Hold = {
    id: posting.context.newId(),
    accountId: account.id,
    state: 'OPEN',
    amount: input.amount,
    remaining: input.amount,
    captured: 0,
    reason: input.cause.reason ?? null,
    actor: input.cause.actor ?? posting.context.actor,
    createdAt: input.effectiveAt,
    expiresAt: input.expiresAt,
    closedAt: null,
    lots: parts.map(({ lot, amount }) => ({ lotId: lot.id, remaining: amount })),
  };
  const transaction = post(
    posting,
    {
      kind: 'HOLD',
      account,
      amount: input.amount,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      holdId: opened.id,
      counterparty: null,
    },
    parts.flatMap(({ lot, amount }) => [
      { account, bucket: 'AVAILABLE' as const, lot, amount: -amount },
      { account, bucket: 'HELD' as const, lot, amount },
    ]),
  );
  account.holds.push(opened);
  posting.newHolds.add(opened);
  return { hold: opened, transaction };
}

/**
 * Turns held points into spent ones, those of the soonest-expiring lots first. A hold of which nothing is left closes as
 * CAPTURED. Throws StateConflictError when the hold is closed, InsufficientPointsError beyond what it still holds.
 */
export function capture(
  posting: Posting,
  account: AccountState,
  held: Hold,
  input: { amount: number; effectiveAt: Date; cause: Cause },
): TransactionRow {
  assertAmount(input.amount);
  assertOpen(held);
  if (held.remaining < input.amount) throw new InsufficientPointsError(input.amount, held.remaining, ['amount']);
  const parts = heldParts(account, held, input.amount);
  const transaction = post(
    posting,
    {
      kind: 'CAPTURE',
      account,
      amount: input.amount,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      holdId: held.id,
      counterparty: 'REDEMPTION',
    },
    outOf(account, 'HELD', parts),
  );
  takeOffHold(posting, held, parts);
  held.captured += input.amount;
  if (held.remaining === 0) closeHold(held, 'CAPTURED', input.effectiveAt);
  stayActive(posting, account, { kind: 'SPENDING' }, input.effectiveAt);
  return transaction;
}

/**
 * Gives back all that a hold still has, into the lots that it came from, and closes the hold. A debt is paid first. Points
 * whose lot has passed its expiry meanwhile expire at that same instant, in transactions of their own.
 */
export function releaseHold(
  posting: Posting,
  account: AccountState,
  held: Hold,
  input: { as: Exclude<HoldState, 'OPEN'>; effectiveAt: Date; cause: Cause },
): TransactionRow {
  assertOpen(held);
  const parts = heldParts(account, held, held.remaining);
  const transaction = post(
    posting,
    {
      kind: input.as === 'EXPIRED' ? 'HOLD_EXPIRE' : 'HOLD_RELEASE',
      account,
      amount: held.remaining,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      holdId: held.id,
      counterparty: null,
    },
    [...outOf(account, 'HELD', parts), ...makeAvailable(account, parts)],
  );
  takeOffHold(posting, held, parts);
  closeHold(held, input.as, input.effectiveAt);
  expireReturned(posting, account, parts, input.effectiveAt);
  return transaction;
}

function assertOpen(held: Hold): void {
  if (held.state !== 'OPEN') throw new StateConflictError('This hold is closed.', held.state, ['holdId']);
}

/** Chooses what of a hold to move, soonest-expiring lot first. */
function heldParts(account: AccountState, held: Hold, amount: number): LotPart[] {
  assertLoaded(account);
  const inHold = new Map(held.lots.map((part) => [part.lotId, part.remaining]));
  const parts: LotPart[] = [];
  let wanted = amount;
  for (const lot of account.lots) {
    const taken = Math.min(wanted, inHold.get(lot.id) ?? 0);
    if (taken > 0) parts.push({ lot, amount: taken });
    wanted -= taken;
  }
  if (wanted !== 0) throw new Error(`hold ${held.id} holds points of lots that are not loaded`);
  return parts;
}

function takeOffHold(posting: Posting, held: Hold, parts: readonly LotPart[]): void {
  for (const { lot, amount } of parts) {
    const share = held.lots.find((part) => part.lotId === lot.id);
    if (share !== undefined) share.remaining -= amount;
    held.remaining -= amount;
  }
  if (!posting.newHolds.has(held)) posting.changedHolds.add(held);
}

function closeHold(held: Hold, state: HoldState, at: Date): void {
  held.state = state;
  held.closedAt = at;
}
