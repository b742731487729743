import { Big } from 'big.js';

import { addPoints } from '../points.ts';
import type { PointCurrency } from '../program/program.ts';
import type { CustomersReport, CustomerTally, LadderMoves } from './customers.ts';
import type { Issued, Tally } from './tally.ts';

/**
 * Points on record and in both replays. `difference` is draft − live, of two replays made the same way: equal rules differ
 * by nothing. `recordedDifference` is live − recorded: how far the replay of today's rules is from what was done then.
 */
export type Comparison = Issued & { difference: number; recordedDifference: number };

/** What customers hold of a currency, were these the points issued; and the money, in minor units, where a value was given. */
export type Outstanding = { recorded: number; live: number; draft: number; difference: number };
export type LiabilityLine = { currencyId: string; code: string; points: Outstanding; money: Outstanding | null };

/** What a replay takes as it was instead of deciding it anew, where the program has any of it. */
export const LEFT_OUT = ['PRIZES'] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** The value of points: minor units of money for 1,000 of them. */
export type BacktestValue = { minorPerThousand: string; moneyCurrency: string };

export type BacktestReport = {
  /** Replayed in all, warming up included. */
  activities: number;
  reversals: number;
  total: Comparison;
  byCurrency: (Comparison & { currencyId: string; code: string })[];
  byRule: (Comparison & { ruleId: string; ruleCode: string; ruleName: string; currencyId: string; code: string })[];
  byDay: (Comparison & { day: string })[];
  value: BacktestValue | null;
  liability: LiabilityLine[];
  tierMoves: LadderMoves[];
  customers: CustomersReport;
  leftOut: LeftOut[];
};

export type ReportParts = {
  tally: Tally;
  customers: CustomerTally;
  currencies: readonly PointCurrency[];
  /** What customers hold by currency, on record. */
  outstanding: ReadonlyMap<string, number>;
  value: BacktestValue | null;
  replayed: { activities: number; reversals: number };
  leftOut: readonly LeftOut[];
};

/** Puts the report together. Lists come in a fixed order, so that equal replays give equal reports. */
export function buildReport(parts: ReportParts): BacktestReport {
  const { tally, currencies } = parts;
  const codes = new Map(currencies.map(({ id, code }) => [id, code]));
  const codeOf = (currencyId: string): string => codes.get(currencyId) ?? '';
  return {
    ...parts.replayed,
    total: compared(tally.total),
    byCurrency: [...tally.byCurrency]
      .map(([currencyId, issued]) => ({ currencyId, code: codeOf(currencyId), ...compared(issued) }))
      .toSorted((a, b) => ordered(a.code, b.code)),
    byRule: [...tally.byRule.values()]
      .map(({ ruleId, ruleCode, ruleName, currencyId, ...issued }) => ({
        ruleId,
        ruleCode,
        ruleName,
        currencyId,
        code: codeOf(currencyId),
        ...compared(issued),
      }))
      .toSorted((a, b) => ordered(a.ruleCode, b.ruleCode) || ordered(a.code, b.code) || ordered(a.ruleId, b.ruleId)),
    byDay: [...tally.byDay]
      .map(([day, issued]) => ({ day, ...compared(issued) }))
      .toSorted((a, b) => ordered(a.day, b.day)),
    value: parts.value,
    liability: liabilityOf(parts),
    tierMoves: parts.customers.moves(),
    customers: parts.customers.report(),
    leftOut: [...parts.leftOut],
  };
}

function compared({ recorded, live, draft }: Issued): Comparison {
  return { recorded, live, draft, difference: draft - live, recordedDifference: live - recorded };
}

function ordered(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Nothing else is taken to change: what was redeemed, expired or adjusted stays so. Points of standing are owed to nobody. */
function liabilityOf({ tally, currencies, outstanding, value }: ReportParts): LiabilityLine[] {
  return currencies
    .filter(({ kind }) => kind === 'SPENDABLE')
    .map(({ id, code }) => {
      const issued = tally.byCurrency.get(id) ?? { recorded: 0, live: 0, draft: 0 };
      const recorded = outstanding.get(id) ?? 0;
      const live = addPoints(recorded, issued.live - issued.recorded);
      const draft = addPoints(recorded, issued.draft - issued.recorded);
      const points = { recorded, live, draft, difference: draft - live };
      return { currencyId: id, code, points, money: value === null ? null : moneyOf(points, value.minorPerThousand) };
    })
    .toSorted((a, b) => ordered(a.code, b.code));
}

/** Each amount is rounded once, halves away from zero; the difference is that of the rounded amounts. */
function moneyOf({ recorded, live, draft }: Outstanding, minorPerThousand: string): Outstanding {
  const worth = (points: number): number =>
    addPoints(0, new Big(points).times(minorPerThousand).div(1_000).round(0, Big.roundHalfUp).toNumber());
  const [before, after] = [worth(live), worth(draft)];
  return { recorded: worth(recorded), live: before, draft: after, difference: addPoints(after, -before) };
}
