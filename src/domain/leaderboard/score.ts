import { Big } from 'big.js';

import { PointsOutOfRangeError } from '../errors.ts';
import type { Leaderboard } from '../program/program.ts';

/**
 * What one activity, or the undoing of one, does to a score. The rules, which the back-fill repeats in SQL:
 *
 * - POINTS_EARNED counts the points that activities earned in the board's currency, pending ones too, less what reversals
 *   of those activities took back. Adjustments, transfers, spending and expiry do not count.
 * - ACTIVITY_COUNT counts activities of the board's type, less those reversed as a whole.
 * - PROPERTY_SUM adds up what remains of a property: its value less the returned parts, nothing once reversed as a whole.
 * - PROPERTY_BEST keeps the best of what remains: the highest on a DESCENDING board, the lowest on an ASCENDING one.
 *
 * A property is turned into whole units of 10^-scoreDecimals an activity, ties away from zero. An activity that adds
 * nothing is not on the board: it neither makes an entry nor moves `reachedAt`. A reversal counts in the season of the
 * activity that it undoes; an entry stays at zero when everything on it was undone, except that a best with nothing left
 * leaves the board.
 */
export type Contribution =
  | { kind: 'ADD'; amount: number }
  | { kind: 'BEST'; value: number }
  /** The best may be gone: it must be found again among the activities that are left. */
  | { kind: 'RECOMPUTE' };

export type ScoredActivity = {
  activityTypeId: string;
  /** As reported. */
  properties: Readonly<Record<string, unknown>>;
};

/** An activity that was tracked. */
export type TrackedFact = ScoredActivity & {
  kind: 'TRACKED';
  /** Points earned, by currency id. */
  points: ReadonlyMap<string, number>;
};

/** An activity that was reversed, as a whole or in part; `properties` are those of the activity. */
export type ReversedFact = ScoredActivity & {
  kind: 'REVERSED';
  whole: boolean;
  /** Points taken back by this reversal, by currency id; not negative. */
  points: ReadonlyMap<string, number>;
  /** Decimal amounts of a property that were returned before this reversal, and by it; absent properties had none. */
  returned: ReadonlyMap<string, { before: string; now: string }>;
};

export type ScoreFact = TrackedFact | ReversedFact;

/** What the fact does to the board's score; null when nothing. Throws PointsOutOfRangeError for a value beyond ±(2^53−1). */
export function contribution(leaderboard: Leaderboard, fact: ScoreFact): Contribution | null {
  switch (leaderboard.metric) {
    case 'POINTS_EARNED': {
      const points = fact.points.get(leaderboard.currencyId ?? '') ?? 0;
      return add(fact.kind === 'TRACKED' ? points : -points);
    }
    case 'ACTIVITY_COUNT': {
      if (fact.activityTypeId !== leaderboard.activityTypeId) return null;
      if (fact.kind === 'TRACKED') return add(1);
      return add(fact.whole ? -1 : 0);
    }
    case 'PROPERTY_SUM': {
      if (fact.activityTypeId !== leaderboard.activityTypeId) return null;
      const { before, after } = remaining(leaderboard, fact);
      return add(after - before);
    }
    case 'PROPERTY_BEST':
      return best(leaderboard, fact);
  }
}

function add(amount: number): Contribution | null {
  return amount === 0 ? null : { kind: 'ADD', amount };
}

function best(leaderboard: Leaderboard, fact: ScoreFact): Contribution | null {
  if (fact.activityTypeId !== leaderboard.activityTypeId) return null;
  const value = decimalOf(fact.properties[leaderboard.property ?? '']);
  if (value === null) return null;
  if (fact.kind === 'TRACKED') return { kind: 'BEST', value: toUnits(value, leaderboard.scoreDecimals) };
  return fact.whole || fact.returned.has(leaderboard.property ?? '') ? { kind: 'RECOMPUTE' } : null;
}

/** Units of the board's property that count before and after the fact. The differences over a history add up exactly. */
function remaining(leaderboard: Leaderboard, fact: ScoreFact): { before: number; after: number } {
  const property = leaderboard.property ?? '';
  const value = decimalOf(fact.properties[property]);
  if (value === null) return { before: 0, after: 0 };
  const units = (amount: Big): number => toUnits(amount, leaderboard.scoreDecimals);
  if (fact.kind === 'TRACKED') return { before: 0, after: units(value) };
  const returned = fact.returned.get(property);
  const left = value.minus(returned?.before ?? 0);
  return { before: units(left), after: fact.whole ? 0 : units(left.minus(returned?.now ?? 0)) };
}

const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A property's value as an exact decimal; null when it is absent or no number. */
function decimalOf(value: unknown): Big | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value);
  return DECIMAL.test(text) ? new Big(text) : null;
}

/** A decimal in whole units of 10^-decimals, ties away from zero. Throws PointsOutOfRangeError beyond ±(2^53−1). */
export function toUnits(value: Big | string, decimals: number): number {
  const units = new Big(value).times(new Big(10).pow(decimals)).round(0, Big.roundHalfUp).toNumber();
  if (!Number.isSafeInteger(units)) throw new PointsOutOfRangeError();
  // Rounding a small negative number gives −0, which would print as such.
  return units === 0 ? 0 : units;
}

/** A score in units of 10^-decimals as an exact decimal: 2933 with 2 decimals is "29.33". */
export function scoreText(score: number, decimals: number): string {
  if (decimals === 0) return String(score);
  const digits = String(Math.abs(score)).padStart(decimals + 1, '0');
  return `${score < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
