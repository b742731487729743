import { Big } from 'big.js';

import {
  allocate,
  deferredLiability,
  expectedRemaining,
  liabilityAt,
  revenueToDate,
  SENSITIVITY_RATES,
  standAlonePoints,
  type PointsOut,
} from '#domain/economy/liability.ts';
import { estimateRate, type RateEstimate } from '#domain/economy/redemption-rate.ts';
import { closingOf, issuedNet, redeemedNet } from '#domain/economy/roll-forward.ts';
import { issueCohorts } from '#domain/economy/triangle.ts';
import { InvalidInputError, StateConflictError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { addDays } from '#domain/time.ts';
import { readMonthSums, type MonthSum } from '#storage/ledger-day-store.ts';
import { findPointValue, type PointValue, type PointValueReason } from '#storage/point-value-store.ts';
import type { BalanceBasis } from '#storage/sql/select-account-views.ts';

import { readEconomy, type Economy, type EconomyReads } from './read-economy.ts';

/** Against what redemptions are set: TOTALS against issued points, all of them; LOTS each against the points it used. */
export type Attribution = 'TOTALS' | 'LOTS';

export type LiabilityWanted = {
  currencyId: string;
  /** The end of this day in the program's zone. */
  asOf: string;
  basis: BalanceBasis;
  value: PointValueReason;
  attribution: Attribution;
  /** A share 0 to 1 as decimal text; null estimates it. */
  redemptionRate: string | null;
  /** Minor units of the sales with which the issued points were sold; null leaves the deferral out. */
  sales: number | null;
};

export type Liability = {
  wanted: LiabilityWanted;
  economy: Economy;
  value: PointValue;
  points: PointsOut;
  /** Points given without a sale, by lots: a cost, never deferred revenue. */
  given: PointsOut;
  estimate: RateEstimate | null;
  /** The rate that was used. */
  redemptionRate: string;
  expected: Big;
  amount: number;
  provision: number;
  sensitivity: { redemptionRate: string; amount: number; provision: number }[];
  deferral: { goods: number; share: number; revenueToDate: number; liability: number } | null;
};

/**
 * What the program owes for points at the end of a day. Throws InvalidInputError for a day ahead or a rate outside 0 to 1,
 * StateConflictError when no value is set for that day, or no rate is given and none can be estimated yet.
 */
export async function readLiability(
  deps: EconomyReads,
  catalogue: Catalogue,
  wanted: LiabilityWanted,
): Promise<Liability> {
  const { currencyId, asOf, basis } = wanted;
  if (wanted.sales !== null && wanted.sales < 0) throw new InvalidInputError('sales is 0 or above.', ['sales']);
  const given = readRate(wanted.redemptionRate);
  const { id: programId, timeZone } = catalogue.program;
  const economy = await readEconomy(deps, catalogue, { currencyId, from: asOf, to: asOf, basis });
  const [value, { rows: sums }] = await Promise.all([
    findPointValue(deps.reads, { programId, currencyId, reason: wanted.value, on: asOf }),
    readMonthSums(deps.reads, { programId, currencyId, timeZone, to: asOf }),
  ]);
  if (value === null)
    throw new StateConflictError(
      `No ${wanted.value} of a point is set for ${asOf}: set one with pointValueSet.`,
      'NO_VALUE',
      ['asOf'],
    );
  const estimate = estimateRate(
    issueCohorts(
      sums.filter(({ origin }) => origin === 'ISSUED'),
      lastFullMonth(asOf),
    ),
  );
  const rate = given ?? (estimate === null ? null : rateText(estimate.rate));
  if (rate === null)
    throw new StateConflictError('Too little was redeemed to estimate a rate: give redemptionRate.', 'NO_ESTIMATE', [
      'redemptionRate',
    ]);
  const points = wanted.attribution === 'LOTS' ? pointsOfLots(sums, 'ISSUED') : pointsOfTotals(economy);
  const gifts = pointsOfLots(sums, 'GIVEN');
  const at = (redemptionRate: string) => ({
    redemptionRate,
    amount: liabilityAt(points, redemptionRate, value.minorPerThousand),
    provision: liabilityAt(gifts, redemptionRate, value.minorPerThousand),
  });
  return {
    wanted,
    economy,
    value,
    points,
    given: gifts,
    estimate,
    expected: expectedRemaining(points, rate),
    ...at(rate),
    sensitivity: SENSITIVITY_RATES.map((each) => at(each)),
    deferral: wanted.sales === null ? null : deferralOf(wanted.sales, points, rate, value),
  };
}

function pointsOfTotals({ toDate }: Economy): PointsOut {
  const { adjustedUp, adjustedDown } = toDate;
  const outstanding = closingOf(0, toDate) - (adjustedUp - adjustedDown);
  return { issued: issuedNet(toDate), redeemed: redeemedNet(toDate), outstanding };
}

function pointsOfLots(sums: readonly MonthSum[], origin: MonthSum['origin']): PointsOut {
  const own = sums.filter((sum) => sum.origin === origin);
  const of = (kind: MonthSum['movement']): number =>
    own.filter(({ movement }) => movement === kind).reduce((total, { points }) => total + points, 0);
  const issued = of('ISSUE');
  const redeemed = of('REDEEM');
  return { issued, redeemed, outstanding: issued - redeemed - of('LAPSE') };
}

/** The share of the sales that falls to the points, and how much of it is earned: by relative stand-alone selling prices. */
function deferralOf(sales: number, points: PointsOut, rate: string, value: PointValue): Liability['deferral'] {
  const { goods, points: share } = allocate(sales, {
    goods: sales,
    points: standAlonePoints(points.issued, value.minorPerThousand, rate),
  });
  const deferral = { share, redeemed: points.redeemed, expected: new Big(points.issued).times(rate) };
  return { goods, share, revenueToDate: revenueToDate(deferral), liability: deferredLiability(deferral) };
}

function readRate(text: string | null): string | null {
  if (text === null) return null;
  const rate = new Big(text);
  if (rate.lt(0) || rate.gt(1))
    throw new InvalidInputError('redemptionRate is a share from 0 to 1.', ['redemptionRate']);
  return rate.toFixed();
}

const RATE_DIGITS = 6;

function rateText(rate: number): string {
  return new Big(rate).round(RATE_DIGITS, Big.roundHalfEven).toFixed();
}

/** A month that is not over has redemptions still to come: the triangle ends with the last whole one. */
function lastFullMonth(asOf: string): string {
  const next = addDays(asOf, 1);
  if (next.endsWith('-01')) return asOf.slice(0, 7);
  const [year = 0, month = 0] = asOf.split('-').map(Number);
  return month === 1
    ? `${String(year - 1).padStart(4, '0')}-12`
    : `${String(year).padStart(4, '0')}-${String(month - 1).padStart(2, '0')}`;
}
