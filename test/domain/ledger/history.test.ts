import fc from 'fast-check';
import { expect, test } from 'vitest';

import { UserError } from '#domain/errors.ts';
import type { AccountState, Lot } from '#domain/ledger/account.ts';
import { computeNextDueAt } from '#domain/ledger/account.ts';
import { credit } from '#domain/ledger/credit.ts';
import { adjustDown, spend, transfer } from '#domain/ledger/debit.ts';
import { capture, hold, releaseHold } from '#domain/ledger/hold.ts';
import { cancelLot, lotsReleasedBy, releaseLot } from '#domain/ledger/pending.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { reverseCredit, reverseDebit } from '#domain/ledger/reverse.ts';
import { settleDue } from '#domain/ledger/settle-due.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import { CLAWBACK_POLICIES } from '#domain/program/program.ts';

import { expectSound, hour, openBook, POINTS, record } from './book.ts';
import type { Book } from './book.ts';

/** One random step: which operation, by whom, how much, and a number that chooses among what exists. */
type Step = {
  kind: string;
  customer: number;
  amount: number;
  wait: number;
  choice: number;
  expiry: number | null;
  delay: number | null;
};

const KINDS = [
  'earn',
  'earn',
  'earn',
  'spend',
  'hold',
  'capture',
  'giveBack',
  'releaseBy',
  'release',
  'cancel',
  'undoCredit',
  'undoDebit',
  'transfer',
  'adjustUp',
  'adjustDown',
];

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  customer: fc.integer({ min: 0, max: 2 }),
  amount: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 90 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, Number.MAX_SAFE_INTEGER) },
  ),
  wait: fc.integer({ min: 0, max: 8 }),
  choice: fc.nat(1_000),
  expiry: fc.option(fc.integer({ min: 0, max: 150 }), { freq: 2 }),
  delay: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 2 }),
});

test('after every step of any history, entries sum to zero and explain every balance, lot and hold', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }), (steps) => {
      const book = openBook('ann', 'bob', 'cy');
      let now = 0;
      for (const each of steps) {
        now += each.wait;
        take(book, each, now);
        expectSound(book);
        expectSettled(book, hour(now));
      }
    }),
    { numRuns: 300 },
  );
});

/** Settles, then does the step; a refusal must leave no trace, which the check after the step shows. */
function take(book: Book, each: Step, now: number): void {
  const at = hour(now);
  record(book, at, (posting) => {
    for (const account of book.accounts) settleDue(posting, account, at);
    try {
      operate(book, posting, each, now);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  });
}

function operate(book: Book, posting: Posting, each: Step, now: number): void {
  const account = book.accounts[each.customer];
  if (account === undefined) return;
  const at = hour(now);
  const base = { currency: POINTS, amount: each.amount, effectiveAt: at, cause: {} };
  const chosen = <Thing>(things: readonly Thing[]): Thing | undefined =>
    things[each.choice % Math.max(1, things.length)];
  const open = account.holds.filter(({ state }) => state === 'OPEN');
  const held = chosen(open.length > 0 && each.choice % 5 > 0 ? open : account.holds);
  const lot = chosen(account.lots);
  const pending =
    each.delay === null
      ? null
      : { availableAt: each.delay > 30 ? null : hour(now + each.delay), activityType: 'purchase', key: null };
  const terms = {
    ...base,
    pending,
    expiresAt: each.expiry === null ? null : hour(now + each.expiry),
    beyondCap: 'TRUNCATE' as const,
  };
  const operations: Record<string, () => unknown> = {
    earn: () => credit(posting, account, { ...terms, kind: 'EARN', currency: { ...POINTS, balanceCap: 500 } }),
    adjustUp: () => credit(posting, account, { ...terms, kind: 'ADJUST', pending: null }),
    adjustDown: () => adjustDown(posting, account, base),
    spend: () => spend(posting, account, base),
    hold: () => hold(posting, account, { ...base, expiresAt: hour(now + (each.delay ?? 50)) }),
    capture: () => held && capture(posting, account, held, base),
    giveBack: () => held && releaseHold(posting, account, held, { as: 'RELEASED', effectiveAt: at, cause: {} }),
    releaseBy: () =>
      lotsReleasedBy(account, 'purchase', null).map((found) => releaseLot(posting, account, found, base)),
    release: () => lot && releaseLot(posting, account, lot, base),
    cancel: () => lot && cancelLot(posting, account, lot, base),
    transfer: () => transfer(posting, account, other(book, account), base),
    undoCredit: () => undoCredit(book, posting, account, each, at),
    undoDebit: () => undoDebit(book, posting, account, each, at),
  };
  operations[each.kind]?.();
}

function other(book: Book, account: AccountState): AccountState {
  const found = book.accounts.find((candidate) => candidate !== account);
  if (found === undefined) throw new Error('no other account');
  return found;
}

function undoCredit(book: Book, posting: Posting, account: AccountState, each: Step, at: Date): void {
  const earned = book.transactions.filter(
    (row) => row.customerId === account.customerId && row.kind === 'EARN' && leftOf(book, row) > 0,
  );
  const original = earned[each.choice % Math.max(1, earned.length)];
  if (original === undefined) return;
  const lots = book.lots.filter((lot) => lot.transactionId === original.id);
  const before = account.available;
  const { reversed, uncollected } = reverseCredit(posting, account, {
    transactionId: original.id,
    counterparty: 'ISSUANCE',
    lots,
    amount: Math.min(each.amount * 3, leftOf(book, original)),
    lapsed: lapsedOf(book, original, lots),
    policy: CLAWBACK_POLICIES[each.choice % 3] ?? 'UNLIMITED',
    effectiveAt: at,
    cause: {},
  });
  expect(reversed + uncollected).toBe(Math.min(each.amount * 3, leftOf(book, original)));
  if (each.choice % 3 === 1) expect(account.available).toBeGreaterThanOrEqual(Math.min(0, before));
}

function leftOf(book: Book, original: TransactionRow): number {
  const reversals = book.transactions.filter((row) => row.reversesId === original.id);
  return original.amount - reversals.reduce((sum, row) => sum + row.amount + row.uncollected, 0);
}

function lapsedOf(book: Book, original: TransactionRow, lots: readonly Lot[]): number {
  const ending = new Set(
    book.transactions.filter((row) => row.kind === 'EXPIRE' || row.kind === 'CANCEL').map((row) => row.id),
  );
  const gone = book.entries.filter(
    (entry) => ending.has(entry.transactionId) && lots.some((lot) => lot.id === entry.lotId),
  );
  const uncollected = book.transactions
    .filter((row) => row.reversesId === original.id)
    .reduce((sum, row) => sum + row.uncollected, 0);
  return gone.reduce((sum, entry) => sum - entry.amount, 0) - uncollected;
}

function undoDebit(book: Book, posting: Posting, account: AccountState, each: Step, at: Date): void {
  const spent = book.transactions.filter(
    (row) =>
      row.customerId === account.customerId &&
      (row.kind === 'SPEND' || row.kind === 'CAPTURE') &&
      leftOf(book, row) > 0,
  );
  const original = spent[each.choice % Math.max(1, spent.length)];
  if (original === undefined) return;
  const entries = book.entries.filter((entry) => entry.transactionId === original.id && entry.lotId !== null);
  const parts = entries.map((entry) => ({ lot: lotOf(book, entry.lotId), amount: -entry.amount }));
  reverseDebit(posting, account, {
    transactionId: original.id,
    counterparty: 'REDEMPTION',
    parts,
    effectiveAt: at,
    cause: {},
  });
}

function lotOf(book: Book, id: string | null): Lot {
  const lot = book.lots.find((candidate) => candidate.id === id);
  if (lot === undefined) throw new Error(`no lot ${id}`);
  return lot;
}

/** After settling, nothing expired remains, and nothing waits for an instant that has passed. */
function expectSettled(book: Book, now: Date): void {
  for (const account of book.accounts) {
    const next = computeNextDueAt(account)?.getTime() ?? null;
    if ((account.nextDueAt?.getTime() ?? null) !== next) throw new Error('the next due instant is not up to date');
    const expired = account.lots.find((lot) => lot.remaining > 0 && lot.expiresAt !== null && lot.expiresAt < now);
    if (expired !== undefined) throw new Error('an expired lot still has points');
  }
}
