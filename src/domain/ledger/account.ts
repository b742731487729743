import type { InactivityExpiry } from '../earning/expiry-style.ts';

/**
 * A customer's points of one currency, as the ledger's pure operations see them: loaded under lock, changed in memory,
 * written back as rows.
 *
 * Points rest in lots. A PENDING lot waits to be released; an AVAILABLE lot can be spent until it expires. A hold sets
 * points of available lots aside (`held`) until it is captured, released or times out. Held points do not expire while
 * they are held; they expire when they come back. Below zero, `available` is a debt: every available lot is empty then, and
 * whatever becomes available next pays the debt first.
 */

/** The parts of a balance. */
export type Bucket = 'PENDING' | 'AVAILABLE' | 'HELD';

/** Where points come from and go to: the program's own accounts, one of each a currency. Their balance is never cached. */
export type Counterparty = 'ISSUANCE' | 'REDEMPTION' | 'EXPIRY' | 'ADJUSTMENT';

export type LotState = 'PENDING' | 'AVAILABLE';

/**
 * Points earned together. `remaining` and `held` are what the lot's entries sum to; `expiresAt` changes with the customer's
 * activity where the points last with it, and by hand.
 */
export type Lot = {
  id: string;
  accountId: string;
  /** The transaction that brought it. */
  transactionId: string;
  state: LotState;
  amount: number;
  remaining: number;
  held: number;
  earnedAt: Date;
  /** When a pending lot is released by itself; null waits for an activity or a call. */
  availableAt: Date | null;
  releaseActivityType: string | null;
  releaseKey: string | null;
  /** The first instant at which the points are no longer valid; null never comes. */
  expiresAt: Date | null;
  /** The run of activity with which the points last (inactivity.ts); null has a date of its own. */
  activeRun: number | null;
};

/** OPEN until nothing of it is held; CAPTURED, RELEASED and EXPIRED tell what closed it. */
export type HoldState = 'OPEN' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';

export type Hold = {
  id: string;
  accountId: string;
  state: HoldState;
  amount: number;
  remaining: number;
  captured: number;
  reason: string | null;
  actor: string;
  createdAt: Date;
  expiresAt: Date;
  closedAt: Date | null;
  /** How much of each lot is still held. */
  lots: { lotId: string; remaining: number }[];
};

export type AccountState = {
  id: string;
  programId: string;
  customerId: string;
  currencyId: string;
  pending: number;
  available: number;
  held: number;
  /** Number of the account's last entry. */
  seq: number;
  /**
   * The earliest instant at which something happens by itself; null when nothing waits. Where points last with activity it may
   * have moved on since: settling finds nothing then and computes it anew.
   */
  nextDueAt: Date | null;
  /** Lots with anything remaining or held, soonest-expiring first, and lots added for a reversal. */
  lots: Lot[];
  /** Open holds, and those that an operation closed. */
  holds: Hold[];
  /** False when `lots` and `holds` were not read: good enough for a credit while nothing is due. */
  lotsLoaded: boolean;
  /** The run of activity that the customer is in, or was in last, and the instant at which it ends; null before the first. */
  activeRun: number;
  activeUntil: Date | null;
  /** How points of the currency last with activity; null where they do not. */
  inactivity: Inactivity | null;
};

/** How points last with activity, and the program's zone, in whose days it is reckoned. */
export type Inactivity = InactivityExpiry & { timeZone: string };

/** Soonest-expiring first, never-expiring last, then the older lot: the order in which points are spent. */
export function compareLots(a: Lot, b: Lot): number {
  const left = a.expiresAt?.getTime() ?? Infinity;
  const right = b.expiresAt?.getTime() ?? Infinity;
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Puts a lot at its place in spending order. */
export function insertLot(state: AccountState, lot: Lot): void {
  let low = 0;
  let high = state.lots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = state.lots[middle];
    if (other !== undefined && compareLots(other, lot) <= 0) low = middle + 1;
    else high = middle;
  }
  state.lots.splice(low, 0, lot);
}

/** Adds lots that a reversal needs and that the usual load leaves out because they are empty. */
export function addLots(state: AccountState, lots: readonly Lot[]): void {
  const known = new Set(state.lots.map((lot) => lot.id));
  for (const lot of lots) if (lot.accountId === state.id && !known.has(lot.id)) insertLot(state, lot);
}

/** What is owed: how far `available` lies below zero. */
export function debtOf(state: AccountState): number {
  return Math.max(0, -state.available);
}

/** When the lot changes by itself: its release or, with points left in it, its expiry. Null when it never does. */
export function lotDueAt(lot: Lot): Date | null {
  if (lot.remaining === 0) return null;
  return earlier(lot.state === 'PENDING' ? lot.availableAt : null, lot.expiresAt);
}

/** The earliest due instant of an account whose lots and holds are loaded. */
export function computeNextDueAt(state: AccountState): Date | null {
  let next: Date | null = null;
  for (const lot of state.lots) next = earlier(next, lotDueAt(lot));
  for (const hold of state.holds) if (hold.state === 'OPEN') next = earlier(next, hold.expiresAt);
  return next;
}

/** Whether something should have happened by now that is not written yet. */
export function isDue(state: AccountState, now: Date): boolean {
  return state.nextDueAt !== null && state.nextDueAt.getTime() <= now.getTime();
}

/** The earlier of two instants, where null never comes. */
export function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null) return b;
  if (b === null) return a;
  return b.getTime() < a.getTime() ? b : a;
}
