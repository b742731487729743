import { Big } from 'big.js';

import { PointsOutOfRangeError } from '../errors.ts';
import { POINTS_MAX } from '../points.ts';
import type { Rounding } from './rule.ts';

const ROUNDING_MODES = { HALF_UP: Big.roundHalfUp, HALF_EVEN: Big.roundHalfEven } as const;

/**
 * Rounds an exact decimal to whole points: FLOOR towards −∞, CEILING towards +∞, HALF_UP to the nearest with ties away
 * from zero, HALF_EVEN with ties to the even one. The only place where a fraction becomes points.
 */
export function roundToPoints(value: Big, rounding: Rounding): number {
  const down = value.round(0, Big.roundDown);
  let whole: Big;
  if (rounding === 'FLOOR') whole = value.lt(down) ? down.minus(1) : down;
  else if (rounding === 'CEILING') whole = value.gt(down) ? down.plus(1) : down;
  else whole = value.round(0, ROUNDING_MODES[rounding]);
  if (whole.abs().gt(POINTS_MAX)) throw new PointsOutOfRangeError();
  return whole.toNumber();
}

/**
 * Points for an amount at so many points a unit: multiplied in exact decimals, by the boosts' factor too, then rounded
 * once, for the whole activity.
 */
export function pointsPerUnit(
  amount: string | number,
  perUnit: string,
  rounding: Rounding,
  factor: string | null = null,
): number {
  return roundToPoints(boosted(new Big(amount).times(perUnit), factor), rounding);
}

/** A fixed award, times the boosts' factor, rounded downwards. */
export function fixedPoints(points: number, factor: string | null): number {
  return factor === null ? points : roundToPoints(boosted(new Big(points), factor), 'FLOOR');
}

/**
 * Whole points from the value of an award expression, a CEL int or double, times the boosts' factor. A value that is not
 * finite awards nothing.
 */
export function pointsFromValue(value: unknown, rounding: Rounding, factor: string | null = null): number {
  if (typeof value === 'bigint') return roundToPoints(boosted(new Big(value.toString()), factor), rounding);
  return typeof value === 'number' && Number.isFinite(value)
    ? roundToPoints(boosted(new Big(value), factor), rounding)
    : 0;
}

function boosted(value: Big, factor: string | null): Big {
  return factor === null ? value : value.times(factor);
}
