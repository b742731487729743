import { LimitExceededError } from '../errors.ts';
import type { AccountState } from './account.ts';
import { assertAmount } from './amount.ts';
import type { LedgerCurrency } from './amount.ts';
import { enterRun, runOf, stayActive } from './inactivity.ts';
import { keepLot, makeAvailable, openLot, post } from './posting.ts';
import type { Posting } from './posting.ts';
import type { Cause } from './writes.ts';

/** How a credit waits: until an instant, until an activity of a type (with a matching key) comes, or until a call. */
export type PendingTerms = { availableAt: Date | null; activityType: string | null; key: string | null };

export type Credit = {
  kind: 'EARN' | 'ADJUST';
  currency: LedgerCurrency;
  amount: number;
  /** When it counts; for an earning, when the activity occurred. */
  effectiveAt: Date;
  /** Null makes the points available at once. */
  pending: PendingTerms | null;
  /** The first instant at which the points are no longer valid; null never comes, or comes when the customer is inactive. */
  expiresAt: Date | null;
  /** What a balance cap does: TRUNCATE gives what fits, which may be nothing; REFUSE throws LimitExceededError. */
  beyondCap: 'TRUNCATE' | 'REFUSE';
  cause: Cause;
};

/** What was given. Without room under the cap nothing is written and the ids are null. */
export type Credited = {
  granted: number;
  transactionId: string | null;
  lotId: string | null;
  /** When they expire as things stand; null never. */
  expiresAt: Date | null;
};

/**
 * Gives points as a new lot: from issuance for an earning, from adjustment for a manual one. Points that are available at
 * once pay a debt first; the lot keeps the whole amount on record and the rest as remaining. Needs no loaded lots.
 * Throws InvalidInputError, PointsOutOfRangeError or LimitExceededError, all before anything has changed.
 */
export function credit(posting: Posting, account: AccountState, input: Credit): Credited {
  assertAmount(input.amount);
  const granted = underCap(account, input);
  if (granted === 0) return { granted: 0, transactionId: null, lotId: null, expiresAt: null };
  const { pending } = input;
  const isEarned = input.kind === 'EARN';
  const run = input.expiresAt === null ? runOf(posting, account, input.effectiveAt, isEarned) : null;
  const lot = openLot(posting, account, {
    state: pending === null ? 'AVAILABLE' : 'PENDING',
    amount: granted,
    earnedAt: input.effectiveAt,
    availableAt: pending === null ? null : pending.availableAt,
    releaseActivityType: pending === null ? null : pending.activityType,
    releaseKey: pending === null ? null : pending.key,
    expiresAt: run === null ? input.expiresAt : run.until,
    activeRun: run === null ? null : run.number,
  });
  const transaction = post(
    posting,
    {
      kind: input.kind,
      account,
      amount: granted,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: input.kind === 'EARN' ? 'ISSUANCE' : 'ADJUSTMENT',
    },
    pending === null
      ? makeAvailable(account, [{ lot, amount: granted }])
      : [{ account, bucket: 'PENDING', lot, amount: granted }],
  );
  if (run !== null) enterRun(posting, account, run);
  keepLot(posting, account, lot, transaction);
  if (isEarned) stayActive(posting, account, { kind: 'EARNING' }, input.effectiveAt);
  return { granted, transactionId: transaction.id, lotId: lot.id, expiresAt: lot.expiresAt };
}

/** How much of the amount the currency's cap leaves room for. */
function underCap(account: AccountState, input: Credit): number {
  const cap = input.currency.balanceCap;
  if (cap === null) return input.amount;
  const room = Math.max(0, cap - (account.pending + account.available + account.held));
  if (room >= input.amount) return input.amount;
  if (input.beyondCap === 'TRUNCATE') return room;
  throw new LimitExceededError(`The balance may not exceed ${cap} points.`, cap, null, ['amount']);
}
