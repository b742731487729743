import type { AccountState, Hold, Lot } from './account.ts';
import { assertLoaded } from './amount.ts';
import { expireLot, hasExpired, SYSTEM_ACTOR } from './expire.ts';
import { releaseHold } from './hold.ts';
import { releaseLot } from './pending.ts';
import type { Posting } from './posting.ts';

type Due = { at: number; order: number; settle: () => void };

/**
 * Writes everything that happened by itself up to and including `now`: pending lots whose time has come are released,
 * holds time out, lots expire. In time order, and at one instant in that order; each is a transaction of its own and
 * effective at its due instant, however late it is written. Every use case calls this under lock before it decides.
 */
export function settleDue(posting: Posting, account: AccountState, now: Date): void {
  assertLoaded(account);
  const due: Due[] = [];
  for (const lot of account.lots) due.push(...dueOfLot(posting, account, lot, now));
  for (const held of account.holds) due.push(...dueOfHold(posting, account, held, now));
  due.sort((a, b) => a.at - b.at || a.order - b.order);
  for (const { settle } of due) settle();
  // Also when nothing moved, so that the next due instant is computed anew.
  posting.accounts.add(account);
}

function dueOfLot(posting: Posting, account: AccountState, lot: Lot, now: Date): Due[] {
  const due: Due[] = [];
  const { availableAt, expiresAt } = lot;
  if (lot.state === 'PENDING' && availableAt !== null && availableAt <= now) {
    due.push({
      at: availableAt.getTime(),
      order: 0,
      settle: () => {
        if (lot.remaining > 0)
          releaseLot(posting, account, lot, { effectiveAt: availableAt, cause: { actor: SYSTEM_ACTOR } });
      },
    });
  }
  if (expiresAt !== null && hasExpired(lot, now)) {
    // A back-dated credit may arrive after its own expiry: it cannot expire before it was earned.
    const at = new Date(Math.max(expiresAt.getTime(), lot.earnedAt.getTime()));
    due.push({
      at: at.getTime(),
      order: 2,
      settle: () => {
        if (lot.remaining > 0) expireLot(posting, account, lot, at);
      },
    });
  }
  return due;
}

function dueOfHold(posting: Posting, account: AccountState, held: Hold, now: Date): Due[] {
  if (held.state !== 'OPEN' || held.expiresAt > now) return [];
  const settle = (): void => {
    releaseHold(posting, account, held, { as: 'EXPIRED', effectiveAt: held.expiresAt, cause: { actor: SYSTEM_ACTOR } });
  };
  return [{ at: held.expiresAt.getTime(), order: 1, settle }];
}
