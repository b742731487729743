import { Big } from 'big.js';

import type { CompiledDuelKind } from './compile.ts';
import type { DuelPrize, DuelScoring, DuelTie } from './duel-kind.ts';

/**
 * How a duel goes. The laws:
 *
 * - A customer offers a duel to another one, or openly to whoever takes it first. Until it is answered it can be withdrawn;
 *   the one who is challenged can decline; unanswered it lapses.
 * - It runs for its hours from the instant of its acceptance, by the terms of its offer. An activity counts for every running
 *   duel of its customer when it occurred in [start, end), the kind's condition holds and attempts are left. What the kind
 *   counts is what the live rules say; a kind that is gone counts nothing more.
 * - It is decided by the worker, the grace after its end. The higher score wins; a side that never scored loses to one that
 *   did; of two that never did, nobody wins. Equal scores go by the kind's tie rule.
 * - Reversing a whole activity takes its attempt back while the duel runs. A duel that is decided stays decided.
 * - A prize is an adjustment: it can be spent, and does not count as earned. Whoever is not enrolled at the decision, or has had
 *   as many as the month allows, wins without one.
 */

export const DUEL_STATES = ['INVITED', 'OPEN', 'RUNNING', 'DECIDED', 'DECLINED', 'WITHDRAWN', 'LAPSED'] as const;
export type DuelState = (typeof DUEL_STATES)[number];

/** What both sides agreed on, kept with the duel: the kind may change before it is decided. */
export type DuelTerms = {
  scoring: DuelScoring;
  attemptsMax: number | null;
  hours: number;
  graceMinutes: number;
  tie: DuelTie;
  prize: (Omit<DuelPrize, 'currency'> & { currencyId: string }) | null;
};

/** A duel between two customers. */
export type Duel = {
  id: string;
  /** The item of the rule set; duels outlive it. */
  kindId: string;
  kindCode: string;
  state: DuelState;
  terms: DuelTerms;
  createdAt: Date;
  /** From then on it cannot be accepted. */
  answerUntil: Date;
  startedAt: Date | null;
  /** What occurs from then on does not count. */
  endsAt: Date | null;
  decidedAt: Date | null;
};

export const DUEL_ROLES = ['CHALLENGER', 'OPPONENT'] as const;
export type DuelRole = (typeof DUEL_ROLES)[number];

/** What one customer has in a duel. */
export type DuelSide = {
  customerId: string;
  role: DuelRole;
  /** Null before the first attempt. */
  score: Big | null;
  attempts: number;
  /** Null until it is decided. */
  hasWon: boolean | null;
  /** What it won; 0 for nothing. */
  points: number;
  transactionId: string | null;
};

/** The terms that a duel of a kind is offered by now. */
export function termsOf({ kind, currency }: CompiledDuelKind): DuelTerms {
  const { scoring, attemptsMax, hours, graceMinutes, tie, prize } = kind;
  const common = { scoring, attemptsMax, hours, graceMinutes, tie };
  if (prize === null || currency === null) return { ...common, prize: null };
  const { points, expiry, monthlyMax } = prize;
  return { ...common, prize: { points, expiry, monthlyMax, currencyId: currency.id } };
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The instant so many hours later; hours are of 60 minutes, whatever clocks do. */
export function hoursAfter(from: Date, hours: number): Date {
  return new Date(from.getTime() + hours * HOUR_MS);
}

/** When a duel that ends at an instant is decided. */
export function decisionAt(endsAt: Date, { graceMinutes }: Pick<DuelTerms, 'graceMinutes'>): Date {
  return new Date(endsAt.getTime() + graceMinutes * MINUTE_MS);
}

/** A side's score with one more attempt. */
export function scoreWith(score: Big | null, amount: Big, scoring: DuelScoring): Big {
  if (score === null) return amount;
  if (scoring === 'SUM') return score.plus(amount);
  return amount.gt(score) ? amount : score;
}

/** Who has won: one, both, or nobody. */
export function winnersOf(
  sides: readonly Pick<DuelSide, 'customerId' | 'score'>[],
  tie: DuelTie,
): { winners: string[]; isTie: boolean } {
  const scores = sides.flatMap(({ score }) => score ?? []);
  const best = scores.reduce((most, score) => (score.gt(most) ? score : most), scores[0] ?? new Big(0));
  const ahead = sides.filter(({ score }) => score?.eq(best) ?? false).map(({ customerId }) => customerId);
  if (ahead.length === 0) return { winners: [], isTie: true };
  if (ahead.length === 1) return { winners: ahead, isTie: false };
  return { winners: tie === 'BOTH' ? ahead : [], isTie: true };
}
