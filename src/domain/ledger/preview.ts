import type { AccountState, Bucket, Hold, Lot } from './account.ts';
import { isDue } from './account.ts';
import { hasExpired } from './expire.ts';
import { collectWrites, openPosting } from './posting.ts';
import { settleDue } from './settle-due.ts';
import type { EntryRow } from './writes.ts';

export type Buckets = Record<Bucket, number>;

/**
 * Settles what is due by now on a copy that nobody will write, so that a read is right before the job has run. Changes
 * `account`, which must have been read for this alone, and gives the customer's entries that settling would append.
 */
export function previewSettled(account: AccountState, now: Date): readonly EntryRow[] {
  if (!isDue(account, now)) return [];
  let unwritten = 0;
  const posting = openPosting({
    programId: account.programId,
    actor: 'preview',
    now,
    newId: () => `unwritten-${(unwritten += 1)}`,
    counterparties: new Map([[account.currencyId, { ISSUANCE: '', REDEMPTION: '', EXPIRY: '', ADJUSTMENT: '' }]]),
  });
  settleDue(posting, account, now);
  return collectWrites(posting).entries.filter((entry) => entry.accountId === account.id);
}

/** Adds what settling would append and what counts by the instant to sums over the entries on record. */
export function sumUntil(recorded: Buckets, unwritten: readonly EntryRow[], asOf: Date): Buckets {
  const sums = { ...recorded };
  for (const entry of unwritten) if (entry.effectiveAt <= asOf) sums[entry.bucket] += entry.amount;
  return sums;
}

/** A lot as it stands at an instant, whether or not a job has written what came due: released, or expired but for what is held. */
export function lotAt(lot: Lot, now: Date): Lot {
  const remaining = hasExpired(lot, now) ? 0 : lot.remaining;
  const isReleased = lot.state === 'PENDING' && lot.availableAt !== null && lot.availableAt <= now;
  return { ...lot, remaining, state: isReleased ? 'AVAILABLE' : lot.state };
}

/** A hold as it stands at an instant, whether or not a job has written that it timed out. */
export function holdAt(hold: Hold, now: Date): Hold {
  if (hold.state !== 'OPEN' || hold.expiresAt > now) return hold;
  return {
    ...hold,
    state: 'EXPIRED',
    remaining: 0,
    closedAt: hold.expiresAt,
    lots: hold.lots.map(({ lotId }) => ({ lotId, remaining: 0 })),
  };
}
