import { Big } from 'big.js';

/**
 * What a program owes for points that were sold with something else (IFRS 15 B39 to B43, ASC 606-10-55-41 to 45): a share of
 * the price, by relative stand-alone selling prices, deferred until the points are redeemed. Money is in minor units, exact
 * until a figure is shown; what is shown is rounded half to even, once.
 */

/** Rounds money to whole minor units, half to even. */
export function toMinor(amount: Big): number {
  return Number(amount.round(0, Big.roundHalfEven));
}

/** What one point is worth, of a price for a thousand of them. */
export function worth(points: Big | number, minorPerThousand: Big | string): Big {
  return new Big(points).times(minorPerThousand).div(1_000);
}

/** What points would sell for by themselves: their value times the probability that they are redeemed. */
export function standAlonePoints(points: number, minorPerThousand: Big | string, redemptionRate: Big | string): Big {
  return worth(points, minorPerThousand).times(redemptionRate);
}

/** The parts of a price that fall to the goods and to the points; together they are the price, to the minor unit. */
export type Allocation = { goods: number; points: number };

/** Allocates a price by relative stand-alone selling prices. Done once, when the points are issued: estimates may change later, this never does. */
export function allocate(price: number, standAlone: { goods: Big | number; points: Big | number }): Allocation {
  const sum = new Big(standAlone.goods).plus(standAlone.points);
  const points = sum.eq(0) ? 0 : toMinor(new Big(price).times(standAlone.points).div(sum));
  return { goods: price - points, points };
}

/** A share that was deferred for points of one cohort, and how far they are used. */
export type Deferral = {
  /** Minor units first allocated to the points. */
  share: number;
  /** Points redeemed to date. */
  redeemed: number;
  /** Points expected to be redeemed at all, by the newest estimate. */
  expected: Big | number;
};

/**
 * Revenue earned to date: of the share, what has been redeemed of what will ever be. A new estimate changes this from now on
 * (the difference to what was shown before is the period's revenue) and never the share. Nothing more expected: all of it.
 */
export function revenueToDate({ share, redeemed, expected }: Deferral): number {
  const rest = new Big(expected);
  if (rest.lte(redeemed)) return share;
  return toMinor(new Big(share).times(redeemed).div(rest));
}

/** What is still owed of the share. */
export function deferredLiability(deferral: Deferral): number {
  return deferral.share - revenueToDate(deferral);
}

/** Points that went out, came back used, and are still with customers. */
export type PointsOut = { issued: number; redeemed: number; outstanding: number };

/**
 * Points that are still expected to be redeemed: the ultimate share of what was issued, less what has been. Never more than
 * customers still have, for what has expired cannot come back, and never below zero.
 */
export function expectedRemaining({ issued, redeemed, outstanding }: PointsOut, redemptionRate: Big | string): Big {
  const remaining = new Big(issued).times(redemptionRate).minus(redeemed);
  if (remaining.lt(0)) return new Big(0);
  return remaining.gt(outstanding) ? new Big(Math.max(0, outstanding)) : remaining;
}

/** Money for the points still expected to be redeemed, at the price of a thousand, in minor units. */
export function liabilityAt(points: PointsOut, redemptionRate: Big | string, minorPerThousand: Big | string): number {
  return toMinor(worth(expectedRemaining(points, redemptionRate), minorPerThousand));
}

/** Rates at which a liability is shown beside the chosen one, so that everybody sees what the estimate is worth. */
export const SENSITIVITY_RATES = ['0.7', '0.8', '0.9', '1'] as const;
