import type { AccountState, Bucket, Lot } from '#domain/ledger/account.ts';
import { collectWrites, openPosting } from '#domain/ledger/posting.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import type { EntryRow, TransactionRow } from '#domain/ledger/writes.ts';

export const POINTS = { id: 'currency', kind: 'SPENDABLE' as const, balanceCap: null };
export const STATUS = { ...POINTS, kind: 'STATUS' as const };
const COUNTERPARTIES = { ISSUANCE: 'issuance', REDEMPTION: 'redemption', EXPIRY: 'expiry', ADJUSTMENT: 'adjustment' };
const START = Date.UTC(2026, 0, 1);

/** The instant a number of hours after the start of the tests' time. */
export const hour = (hours: number): Date => new Date(START + hours * 3_600_000);

/** Everything ever posted on a few accounts, kept in memory, so that balances can be recomputed from entries alone. */
export type Book = {
  accounts: AccountState[];
  transactions: TransactionRow[];
  entries: EntryRow[];
  lots: Lot[];
  nextId: number;
};

/** A book with fresh accounts, one a customer name. */
export function openBook(...customers: string[]): Book {
  const accounts = customers.map((customerId) => ({
    id: `account of ${customerId}`,
    programId: 'program',
    customerId,
    currencyId: POINTS.id,
    pending: 0,
    available: 0,
    held: 0,
    seq: 0,
    nextDueAt: null,
    lots: [],
    holds: [],
    lotsLoaded: true,
    activeRun: 0,
    activeUntil: null,
    inactivity: null,
  }));
  return { accounts, transactions: [], entries: [], lots: [], nextId: 1 };
}

/** Runs operations in one posting at an instant and keeps what they wrote, also when the last of them throws. */
export function record<Result>(book: Book, now: Date, work: (posting: Posting) => Result): Result {
  const posting = openPosting({
    programId: 'program',
    actor: 'tester',
    now,
    newId: () => String(book.nextId++).padStart(8, '0'),
    counterparties: new Map([[POINTS.id, COUNTERPARTIES]]),
  });
  try {
    return work(posting);
  } finally {
    const writes = collectWrites(posting);
    book.transactions.push(...writes.transactions);
    book.entries.push(...writes.entries);
    book.lots.push(...writes.newLots);
  }
}

/** The one account of a book. */
export function accountOf(book: Book, index = 0): AccountState {
  const account = book.accounts[index];
  if (account === undefined) throw new Error('no such account');
  return account;
}

/** Every law of the ledger, recomputed from the entries. Throws with the broken law's name. */
export function expectSound(book: Book): void {
  const ofTransaction = Map.groupBy(book.entries, (entry) => entry.transactionId);
  for (const { id, kind } of book.transactions) same(total(ofTransaction.get(id) ?? []), 0, `${kind} sums to zero`);
  const ofAccount = Map.groupBy(book.entries, (entry) => entry.accountId);
  for (const account of book.accounts) expectSoundAccount(book, account, ofAccount.get(account.id) ?? []);
  const ofLot = Map.groupBy(book.entries, (entry) => entry.lotId);
  const held = heldByLot(book);
  for (const lot of book.lots) expectSoundLot(lot, ofLot.get(lot.id) ?? [], held.get(lot.id) ?? 0);
}

function expectSoundAccount(book: Book, account: AccountState, own: readonly EntryRow[]): void {
  const balance: Record<Bucket, number> = { PENDING: 0, AVAILABLE: 0, HELD: 0 };
  for (const [index, entry] of own.entries()) {
    balance[entry.bucket] += entry.amount;
    same(entry.seq, index + 1, 'entries are numbered without a gap');
    same(entry.balanceAfter, balance[entry.bucket], 'the balance after an entry');
  }
  same(account.seq, own.length, 'the number of the last entry');
  same(account.pending, balance.PENDING, 'pending is what its entries sum to');
  same(account.available, balance.AVAILABLE, 'available is what its entries sum to');
  same(account.held, balance.HELD, 'held is what its entries sum to');
  atLeastZero(account.pending, 'pending');
  atLeastZero(account.held, 'held');
  const lots = book.lots.filter((lot) => lot.accountId === account.id);
  const remaining = { PENDING: 0, AVAILABLE: 0 };
  for (const lot of lots) remaining[lot.state] += lot.remaining;
  same(remaining.PENDING, account.pending, 'pending lots');
  same(remaining.AVAILABLE, Math.max(0, account.available), 'available lots, all empty under a debt');
  let held = 0;
  for (const hold of account.holds) {
    same(
      hold.lots.reduce((sum, part) => sum + part.remaining, 0),
      hold.remaining,
      'shares of a hold',
    );
    if (hold.state === 'OPEN') held += hold.remaining;
    else same(hold.remaining, 0, 'a closed hold is empty');
  }
  same(held, account.held, 'open holds');
}

function expectSoundLot(lot: Lot, own: readonly EntryRow[], held: number): void {
  same(total(own.filter((entry) => entry.bucket !== 'HELD')), lot.remaining, 'a lot remains what its entries sum to');
  same(total(own.filter((entry) => entry.bucket === 'HELD')), lot.held, 'a lot holds what its entries sum to');
  same(held, lot.held, 'a lot holds what holds have of it');
  atLeastZero(lot.remaining, 'remaining of a lot');
  atLeastZero(lot.held, 'held of a lot');
  atLeastZero(lot.amount - lot.remaining - lot.held, 'what a lot has given');
}

function heldByLot(book: Book): Map<string, number> {
  const held = new Map<string, number>();
  for (const account of book.accounts) {
    for (const hold of account.holds) {
      for (const part of hold.lots) held.set(part.lotId, (held.get(part.lotId) ?? 0) + part.remaining);
    }
  }
  return held;
}

function total(entries: readonly EntryRow[]): number {
  return entries.reduce((sum, entry) => sum + entry.amount, 0);
}

/** Plain comparison: `expect` would take most of the time of a property test. */
function same(actual: number | null, expected: number, law: string): void {
  if (actual !== expected) throw new Error(`${law}: ${actual} instead of ${expected}`);
}

function atLeastZero(actual: number, law: string): void {
  if (actual < 0) throw new Error(`${law} must not be negative: ${actual}`);
}
