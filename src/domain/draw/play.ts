import type { CompiledDraw, CompiledOutcome } from './compile.ts';

/**
 * What comes out of a draw. A ticket is a whole number from 0 to the sum of the weights, exclusive, each equally likely; the
 * outcomes lie side by side in their order, each as wide as its weight, and the ticket falls into one of them. So whoever
 * knows ticket and weights can tell what was drawn, at any later time.
 */

/** Why an outcome cannot be given: as often as its limits allow, its reward has gone, or the budget does not reach for it. */
export const USED_UP_REASONS = ['LIMIT', 'STOCK', 'BUDGET'] as const;
export type UsedUp = (typeof USED_UP_REASONS)[number];

/** What has been given so far, in the running periods. */
export type Given = {
  /** By outcome, then by its limits in their order: how often. */
  timesByLimit: readonly (readonly number[])[];
  /** By outcome: whether a piece of its reward is there; true for what is no reward. */
  inStock: readonly boolean[];
  /** In the budget's period: points given, and what all outcomes cost. */
  points: number;
  money: number;
};

/** By outcome, in their order: why it cannot be given, or null when it can. */
export function whatIsUsedUp({ draw, outcomes }: CompiledDraw, given: Given): (UsedUp | null)[] {
  return outcomes.map(({ outcome }, place) => {
    const times = given.timesByLimit[place] ?? [];
    if (outcome.limits.some((limit, index) => (times[index] ?? 0) >= limit.times)) return 'LIMIT';
    if (given.inStock[place] === false) return 'STOCK';
    const points = outcome.prize.kind === 'POINTS' ? outcome.prize.points : 0;
    const { points: pointsMax = null, money: moneyMax = null } = draw.budget ?? {};
    const isTooMuch =
      (pointsMax !== null && points > 0 && given.points + points > pointsMax) ||
      (moneyMax !== null && outcome.cost > 0 && given.money + outcome.cost > moneyMax);
    return isTooMuch ? 'BUDGET' : null;
  });
}

/** The outcome that a ticket falls into, by its place. Throws RangeError for a ticket that there is not. */
export function outcomeOf(weights: readonly number[], ticket: number): number {
  let end = 0;
  for (const [place, weight] of weights.entries()) {
    end += weight;
    if (ticket >= 0 && ticket < end) return place;
  }
  throw new RangeError(`ticket ${ticket} is none of ${end}`);
}

export type Drawn = {
  /** What the ticket fell into. */
  drawn: CompiledOutcome;
  /** What is given: what was drawn, or the fallback in place of what is used up. */
  given: CompiledOutcome;
  usedUp: UsedUp | null;
  /** False when what was drawn is used up and nothing is given for it: then the play costs no points. */
  isPaid: boolean;
};

/** What a play with a ticket comes to, when these outcomes are used up. */
export function drawOutcome(
  { outcomes, fallback }: CompiledDraw,
  usedUp: readonly (UsedUp | null)[],
  ticket: number,
): Drawn {
  const place = outcomeOf(
    outcomes.map(({ outcome }) => outcome.weight),
    ticket,
  );
  const why = usedUp[place] ?? null;
  const [drawn, given] = [outcomes[place], outcomes[why === null ? place : fallback]];
  if (drawn === undefined || given === undefined) throw new Error('a draw without its fallback');
  return { drawn, given, usedUp: why, isPaid: why === null || isWin(given) };
}

/** Whether an outcome gives anything. */
export function isWin({ outcome }: CompiledOutcome): boolean {
  return outcome.prize.kind !== 'NOTHING';
}

/** Whether any outcome that gives something can still be given. */
export function isAnythingLeft({ outcomes }: CompiledDraw, usedUp: readonly (UsedUp | null)[]): boolean {
  return outcomes.some((one, place) => isWin(one) && usedUp[place] === null);
}

/** The chance of an outcome: so many of so many tickets, as it is stated, and as it is now. */
export type Odds = { outcome: CompiledOutcome; stated: number; now: number; usedUp: UsedUp | null };

/** The chances of all outcomes, in their order: the tickets of what is used up are the fallback's. */
export function oddsOf({ outcomes, fallback }: CompiledDraw, usedUp: readonly (UsedUp | null)[]): Odds[] {
  const lost = outcomes.reduce((sum, { outcome }, place) => sum + (usedUp[place] === null ? 0 : outcome.weight), 0);
  return outcomes.map((one, place) => {
    const why = usedUp[place] ?? null;
    const stated = one.outcome.weight;
    return { outcome: one, stated, usedUp: why, now: (why === null ? stated : 0) + (place === fallback ? lost : 0) };
  });
}
