import { PointsOutOfRangeError } from '../errors.ts';
import { POINTS_MAX } from '../points.ts';
import { computeNextDueAt, debtOf, earlier, insertLot, lotDueAt } from './account.ts';
import type { AccountState, Bucket, Counterparty, Hold, Lot } from './account.ts';
import type {
  TransactionKind,
  Cause,
  TransactionRow,
  EntryRow,
  HoldLotRow,
  LedgerWrites,
  LotExpiryMove,
} from './writes.ts';

/** Account ids of the program's counterparties, by point currency. */
export type Counterparties = ReadonlyMap<string, Readonly<Record<Counterparty, string>>>;

export type PostingContext = {
  programId: string;
  actor: string;
  /** When all of it is recorded. */
  now: Date;
  newId: () => string;
  counterparties: Counterparties;
};

/**
 * Gathers what a decision does to any number of accounts. Operations (credit, spend, …) change the account states in place
 * and add rows here; each either completes or throws before it has changed anything. Take the rows with `collectWrites`.
 */
export type Posting = {
  readonly context: PostingContext;
  readonly transactions: TransactionRow[];
  readonly entries: EntryRow[];
  readonly accounts: Set<AccountState>;
  readonly newLots: Set<Lot>;
  readonly changedLots: Set<Lot>;
  readonly newHolds: Set<Hold>;
  readonly changedHolds: Set<Hold>;
  readonly expiryMoves: LotExpiryMove[];
};

/** An empty posting. */
export function openPosting(context: PostingContext): Posting {
  return {
    context,
    transactions: [],
    entries: [],
    accounts: new Set(),
    newLots: new Set(),
    changedLots: new Set(),
    newHolds: new Set(),
    changedHolds: new Set(),
    expiryMoves: [],
  };
}

/** One signed step on a customer's account. Without a lot it makes, or pays, a debt. */
export type Movement = { account: AccountState; bucket: Bucket; lot: Lot | null; amount: number };

export type TransactionDraft = {
  kind: TransactionKind;
  account: AccountState;
  amount: number;
  effectiveAt: Date;
  cause: Cause;
  toCustomerId?: string;
  holdId?: string;
  reversesId?: string;
  uncollected?: number;
  /** Takes the opposite of what the movements sum to; null when they sum to zero by themselves. */
  counterparty: Counterparty | null;
};

/**
 * Writes one transaction: the customer's movements and, opposite to their sum, the counterparty's entry. Movements of zero
 * are left out. Throws PointsOutOfRangeError, before anything has changed, when a balance would leave ±(2^53−1).
 */
export function post(posting: Posting, draft: TransactionDraft, movements: readonly Movement[]): TransactionRow {
  assertInRange(draft, movements);
  const { context } = posting;
  const transaction: TransactionRow = {
    id: context.newId(),
    currencyId: draft.account.currencyId,
    kind: draft.kind,
    customerId: draft.account.customerId,
    toCustomerId: draft.toCustomerId ?? null,
    amount: draft.amount,
    uncollected: draft.uncollected ?? 0,
    effectiveAt: draft.effectiveAt,
    recordedAt: context.now,
    activityId: draft.cause.activityId ?? null,
    ruleId: draft.cause.ruleId ?? null,
    ruleRevision: draft.cause.ruleRevision ?? null,
    holdId: draft.holdId ?? null,
    reversesId: draft.reversesId ?? null,
    reason: draft.cause.reason ?? null,
    actor: draft.cause.actor ?? context.actor,
  };
  posting.transactions.push(transaction);
  let sum = 0;
  for (const movement of movements) {
    if (movement.amount === 0) continue;
    sum += movement.amount;
    posting.entries.push(applyMovement(posting, transaction, movement));
  }
  if (sum !== 0) posting.entries.push(counterEntry(posting, draft, transaction, -sum));
  return transaction;
}

/** The lot of a new credit, empty until its transaction is posted. */
export function openLot(
  posting: Posting,
  account: AccountState,
  lot: Omit<Lot, 'id' | 'accountId' | 'remaining' | 'held' | 'transactionId'>,
): Lot {
  return { ...lot, id: posting.context.newId(), accountId: account.id, transactionId: '', remaining: 0, held: 0 };
}

/** Registers a lot under the transaction that brought it. */
export function keepLot(posting: Posting, account: AccountState, lot: Lot, transaction: TransactionRow): void {
  lot.transactionId = transaction.id;
  posting.newLots.add(lot);
  insertLot(account, lot);
  account.nextDueAt = earlier(account.nextDueAt, lotDueAt(lot));
}

/** Movements that make points available: what is owed is paid first, the rest goes into the lot. */
export function makeAvailable(account: AccountState, parts: readonly { lot: Lot; amount: number }[]): Movement[] {
  let debt = debtOf(account);
  const movements: Movement[] = [];
  for (const { lot, amount } of parts) {
    const paid = Math.min(debt, amount);
    debt -= paid;
    movements.push(
      { account, bucket: 'AVAILABLE', lot: null, amount: paid },
      { account, bucket: 'AVAILABLE', lot, amount: amount - paid },
    );
  }
  return movements;
}

/** The rows of a posting, each row once, with every touched account's next due instant brought up to date. */
export function collectWrites(posting: Posting): LedgerWrites {
  const holdLots: HoldLotRow[] = [];
  for (const hold of [...posting.newHolds, ...posting.changedHolds]) {
    for (const lot of hold.lots) holdLots.push({ holdId: hold.id, lotId: lot.lotId, remaining: lot.remaining });
  }
  for (const account of posting.accounts) if (account.lotsLoaded) account.nextDueAt = computeNextDueAt(account);
  return {
    programId: posting.context.programId,
    transactions: posting.transactions,
    entries: posting.entries,
    newLots: [...posting.newLots],
    changedLots: [...posting.changedLots].filter((lot) => !posting.newLots.has(lot)),
    newHolds: [...posting.newHolds],
    changedHolds: [...posting.changedHolds],
    holdLots,
    expiryMoves: posting.expiryMoves,
    accounts: [...posting.accounts],
  };
}

/**
 * No part of a balance may leave the range, and what comes to an account may not take the whole of it above: so releases and
 * time-outs, which only move points within an account, always have room, and settling never fails.
 */
function assertInRange(draft: TransactionDraft, movements: readonly Movement[]): void {
  if (!Number.isSafeInteger(draft.amount)) throw new PointsOutOfRangeError();
  const byBucket = new Map<string, number>();
  const byAccount = new Map<AccountState, number>();
  for (const { account, bucket, amount } of movements) {
    const place = `${account.id} ${bucket}`;
    const balance = (byBucket.get(place) ?? balanceOf(account, bucket)) + amount;
    if (Math.abs(balance) > POINTS_MAX) throw new PointsOutOfRangeError();
    byBucket.set(place, balance);
    byAccount.set(account, (byAccount.get(account) ?? 0) + amount);
  }
  let sum = 0;
  for (const [account, amount] of byAccount) {
    if (amount > 0 && totalOf(account) + amount > POINTS_MAX) throw new PointsOutOfRangeError();
    sum += amount;
  }
  if (draft.counterparty === null && sum !== 0) {
    throw new Error(`a ${draft.kind} transaction moves ${sum} points out of nowhere`);
  }
}

function applyMovement(posting: Posting, transaction: TransactionRow, movement: Movement): EntryRow {
  const { account, bucket, lot, amount } = movement;
  if (bucket === 'PENDING') account.pending += amount;
  else if (bucket === 'AVAILABLE') account.available += amount;
  else account.held += amount;
  if (lot !== null) {
    if (bucket === 'HELD') lot.held += amount;
    else lot.remaining += amount;
    posting.changedLots.add(lot);
  }
  account.seq += 1;
  posting.accounts.add(account);
  return {
    id: posting.context.newId(),
    transactionId: transaction.id,
    accountId: account.id,
    bucket,
    lotId: lot?.id ?? null,
    amount,
    seq: account.seq,
    balanceAfter: balanceOf(account, bucket),
    effectiveAt: transaction.effectiveAt,
    recordedAt: transaction.recordedAt,
  };
}

function counterEntry(
  posting: Posting,
  draft: TransactionDraft,
  transaction: TransactionRow,
  amount: number,
): EntryRow {
  const accounts = posting.context.counterparties.get(transaction.currencyId);
  if (accounts === undefined || draft.counterparty === null)
    throw new Error(`point currency ${transaction.currencyId} has no counterparty accounts`);
  return {
    id: posting.context.newId(),
    transactionId: transaction.id,
    accountId: accounts[draft.counterparty],
    bucket: 'AVAILABLE',
    lotId: null,
    amount,
    seq: null,
    balanceAfter: null,
    effectiveAt: transaction.effectiveAt,
    recordedAt: transaction.recordedAt,
  };
}

/** At most POINTS_MAX, since every credit checks it; so the sum of the parts is exact. */
function totalOf({ pending, available, held }: AccountState): number {
  return pending + available + held;
}

function balanceOf(account: AccountState, bucket: Bucket): number {
  if (bucket === 'PENDING') return account.pending;
  return bucket === 'AVAILABLE' ? account.available : account.held;
}
