import type { AccountState, Bucket } from './account.ts';
import { isDue } from './account.ts';
import { collectWrites, openPosting } from './posting.ts';
import type { EntryRow } from './posting.ts';
import { settleDue } from './settle-due.ts';

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
