import { StateConflictError } from '../errors.ts';
import type { Fulfilment, Money } from '../reward/reward.ts';
import type { LocalTexts } from '../reward/texts.ts';

/** A reward had, or about to be had, by a customer, from wish to end. docs/rewards.md draws the states. */
export const REDEMPTION_STATES = ['RESERVED', 'ISSUED', 'USED', 'FULFILLED', 'CANCELLED', 'EXPIRED'] as const;
export type RedemptionState = (typeof REDEMPTION_STATES)[number];

/** What may follow each state. */
const NEXT: Record<RedemptionState, readonly RedemptionState[]> = {
  RESERVED: ['ISSUED', 'CANCELLED', 'EXPIRED'],
  ISSUED: ['USED', 'FULFILLED', 'CANCELLED', 'EXPIRED'],
  FULFILLED: ['USED', 'CANCELLED'],
  USED: [],
  CANCELLED: [],
  EXPIRED: [],
};

/** What a redemption keeps of the reward as it was: later revisions do not change a promise. */
export type RedemptionTerms = {
  fulfilment: Fulfilment;
  texts: LocalTexts;
  validityDays: number | null;
  byHand: boolean;
};

export type Redemption = {
  id: string;
  customerId: string;
  rewardId: string;
  rewardCode: string;
  /** The rule set's revision that decided. */
  revision: number;
  state: RedemptionState;
  quantity: number;
  /** Points in all. */
  points: number;
  currencyId: string;
  /** Money in all, paid to the tenant. */
  money: Money | null;
  /** What held the points of a reservation. */
  holdId: string | null;
  /** What spent the points; null before, and when it costs none. */
  transactionId: string | null;
  /** What gave spent points back. */
  reversalId: string | null;
  terms: RedemptionTerms;
  requestedAt: Date;
  issuedAt: Date | null;
  /** When USED, FULFILLED, CANCELLED or EXPIRED was reached, the latest of them. */
  closedAt: Date | null;
  /** The first instant at which a reservation, or what was issued, is over; null never comes. */
  expiresAt: Date | null;
  actor: string;
  reason: string | null;
  /** Counts up with every change. */
  version: number;
};

/** The state at an instant, whether or not a job has written that the time is over. */
export function redemptionStateAt(
  { state, expiresAt }: Pick<Redemption, 'state' | 'expiresAt'>,
  now: Date,
): RedemptionState {
  const canEnd = state === 'RESERVED' || state === 'ISSUED';
  return canEnd && expiresAt !== null && expiresAt <= now ? 'EXPIRED' : state;
}

const REFUSALS: Record<RedemptionState, string> = {
  RESERVED: 'This redemption is only reserved: issue it first.',
  ISSUED: 'This redemption is issued already.',
  USED: 'This redemption has been used.',
  FULFILLED: 'This redemption has been fulfilled.',
  CANCELLED: 'This redemption was cancelled.',
  EXPIRED: 'The time of this redemption is over.',
};

/** Throws StateConflictError with the present state when a redemption cannot go there from where it is at `now`. */
export function assertCanBecome(
  redemption: Pick<Redemption, 'state' | 'expiresAt'>,
  next: RedemptionState,
  now: Date,
): void {
  const state = redemptionStateAt(redemption, now);
  if (!NEXT[state].includes(next)) throw new StateConflictError(REFUSALS[state], state, ['redemptionId']);
}
