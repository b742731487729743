import { PointsOutOfRangeError } from './errors.ts';

/** The largest amount or balance, 2^53 − 1: every integer up to it is exact in JavaScript, in JSON and in a sorted set. */
export const POINTS_MAX = Number.MAX_SAFE_INTEGER;

/** Adds two amounts of points. Throws PointsOutOfRangeError beyond ±POINTS_MAX instead of losing a digit. */
export function addPoints(a: number, b: number): number {
  const sum = a + b;
  if (!Number.isSafeInteger(sum)) throw new PointsOutOfRangeError();
  return sum;
}
