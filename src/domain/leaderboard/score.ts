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
 * - PROPERTY_LAST keeps what remains of the newest by when it happened, however late it was reported; of two of one instant
 *   the better.
 *
 * A property is turned into whole units of 10^-scoreDecimals an activity, ties away from zero. An activity that adds
 * nothing is not on the board: it neither makes an entry nor moves `reachedAt`. A reversal counts in the season of the
 * activity that it undoes; an entry stays at zero when everything on it was undone, except that a best or last with nothing
 * left leaves the board.
 *
 * The sub-score is a second property of the same activities: added up where the score is, that of the activity that counts
 * where one is kept; of equal scores its better value is the better, by the direction of the board. Bounds look at what the
 * activity was worth when it was recorded; beyond them it is not counted, and neither are its reversals.
 */
export type Contribution =
  | { kind: 'ADD'; amount: number; sub: number }
  /** Competes for best or last. */
  | { kind: 'VALUE'; amount: number; sub: number }
  /** The best or last may be gone: it must be found again among the activities that are left. */
  | { kind: 'RECOMPUTE' };

/**
 * Boards of teams, and those that limit attempts, for which the activity was counted when it was recorded; on boards of
 * teams for which team.
 */
export type Judgement = ReadonlyMap<string, string | null>;
export const NOT_JUDGED: Judgement = new Map();

export type ScoredActivity = {
  activityTypeId: string;
  /** As reported. */
  properties: Readonly<Record<string, unknown>>;
  judged: Judgement;
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
  /** Points that the activity earned when it was recorded, by currency id. */
  earned: ReadonlyMap<string, number>;
  /** Decimal amounts of a property that were returned before this reversal, and by it; absent properties had none. */
  returned: ReadonlyMap<string, { before: string; now: string }>;
};

export type ScoreFact = TrackedFact | ReversedFact;

/** What the fact does to the board's score; null when nothing. Throws PointsOutOfRangeError for a value beyond ±(2^53−1). */
export function contribution(leaderboard: Leaderboard, fact: ScoreFact): Contribution | null {
  if (ownerOf(leaderboard, '', fact) === null || isOutside(leaderboard, fact)) return null;
  if (leaderboard.metric === 'POINTS_EARNED') {
    const points = fact.points.get(leaderboard.currencyId ?? '') ?? 0;
    return add(fact.kind === 'TRACKED' ? points : -points, 0);
  }
  if (fact.activityTypeId !== leaderboard.activityTypeId) return null;
  const sub = remaining(leaderboard.subProperty, leaderboard.subScoreDecimals, fact) ?? NOTHING;
  if (leaderboard.metric === 'ACTIVITY_COUNT') {
    const count = fact.kind === 'TRACKED' ? 1 : fact.whole ? -1 : 0;
    return add(count, sub.after - sub.before);
  }
  const score = remaining(leaderboard.property, leaderboard.scoreDecimals, fact);
  if (score === null) return null;
  if (leaderboard.metric === 'PROPERTY_SUM') return add(score.after - score.before, sub.after - sub.before);
  if (fact.kind === 'TRACKED') return { kind: 'VALUE', amount: score.after, sub: sub.after };
  const isTouched = [leaderboard.property, leaderboard.subProperty].some((name) => fact.returned.has(name ?? ''));
  return fact.whole || isTouched ? { kind: 'RECOMPUTE' } : null;
}

/**
 * Whose entry the fact counts on: the customer's, on a board of teams the team's. Null where it was decided that it does
 * not count.
 */
export function ownerOf(
  { id, scope, attemptsMax }: Pick<Leaderboard, 'id' | 'scope' | 'attemptsMax'>,
  customerId: string,
  { judged }: Pick<ScoredActivity, 'judged'>,
): string | null {
  if (scope === 'TEAM') return judged.get(id) ?? null;
  return attemptsMax === null || judged.has(id) ? customerId : null;
}

/** On which side of a board's bounds a score of one activity lies; null within. */
export function isBeyond(
  { scoreMin, scoreMax }: Pick<Leaderboard, 'scoreMin' | 'scoreMax'>,
  score: number,
): 'BELOW_MIN' | 'ABOVE_MAX' | null {
  if (scoreMin !== null && score < scoreMin) return 'BELOW_MIN';
  return scoreMax !== null && score > scoreMax ? 'ABOVE_MAX' : null;
}

/** Whether what the activity was worth when it was recorded lies outside the bounds. */
function isOutside(board: Leaderboard, fact: ScoreFact): boolean {
  if (board.scoreMin === null && board.scoreMax === null) return false;
  if (board.metric === 'POINTS_EARNED') {
    const earned = (fact.kind === 'TRACKED' ? fact.points : fact.earned).get(board.currencyId ?? '') ?? 0;
    return isBeyond(board, earned) !== null;
  }
  const value = decimalOf(fact.properties[board.property ?? '']);
  return value !== null && isBeyond(board, toUnits(value, board.scoreDecimals)) !== null;
}

function add(amount: number, sub: number): Contribution | null {
  return amount === 0 && sub === 0 ? null : { kind: 'ADD', amount, sub };
}

const NOTHING = { before: 0, after: 0 };

/**
 * Units of a property that count before and after the fact; null where it is absent. The differences over a history add up
 * exactly.
 */
function remaining(
  property: string | null,
  decimals: number,
  fact: ScoreFact,
): { before: number; after: number } | null {
  const value = property === null ? null : decimalOf(fact.properties[property]);
  if (value === null) return null;
  const units = (amount: Big): number => toUnits(amount, decimals);
  if (fact.kind === 'TRACKED') return { before: 0, after: units(value) };
  const returned = fact.returned.get(property ?? '');
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
