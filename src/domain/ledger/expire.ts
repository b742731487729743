import type { AccountState, Lot } from './account.ts';
import type { LotPart } from './amount.ts';
import { post } from './posting.ts';
import type { Posting } from './posting.ts';

/** Written as the actor of what happens by itself. */
export const SYSTEM_ACTOR = 'system';

/** Moves all that remains of a lot to the expiry account. Held points stay held. */
export function expireLot(posting: Posting, account: AccountState, lot: Lot, effectiveAt: Date): void {
  const amount = lot.remaining;
  post(
    posting,
    { kind: 'EXPIRE', account, amount, effectiveAt, cause: { actor: SYSTEM_ACTOR }, counterparty: 'EXPIRY' },
    [{ account, bucket: lot.state, lot, amount: -amount }],
  );
}

/** Points that come back into a lot past its expiry expire at the instant of their return. */
export function expireReturned(
  posting: Posting,
  account: AccountState,
  parts: readonly LotPart[],
  effectiveAt: Date,
): void {
  for (const { lot } of parts) {
    if (lot.remaining > 0 && hasExpired(lot, effectiveAt)) expireLot(posting, account, lot, effectiveAt);
  }
}

/** A lot is valid before `expiresAt` and no longer at it. */
export function hasExpired(lot: Lot, at: Date): boolean {
  return lot.expiresAt !== null && lot.expiresAt.getTime() <= at.getTime();
}
