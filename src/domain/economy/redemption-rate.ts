/**
 * The ultimate redemption rate (URR): the share of issued points that will ever be redeemed. One less it is breakage.
 * Estimated from the triangle of issue cohorts by the chain ladder; the range is Mack's (1993), which asks for no
 * distribution. A share is a ratio, so this is the one place of the economy where fractions are floating point.
 */

/** Points issued in one month, and of them redeemed by age: `redeemed[k]` in the k-th month after, for all months seen. */
export type Cohort = { month: string; issued: number; lapsed: number; redeemed: readonly number[] };

export type RateEstimate = {
  /** Σ ultimate redemptions ÷ Σ issued. */
  rate: number;
  /** 95 % range of the estimate, within what is possible. */
  low: number;
  high: number;
  /** Growth of cumulative redemptions from age k to k + 1. */
  factors: number[];
  /** Ultimate redemptions by cohort, at most what was issued and has not lapsed. */
  ultimates: number[];
  /** Redemptions still to come, and their standard error, before any bound. */
  reserve: number;
  standardError: number;
};

const Z95 = 1.959964;

/**
 * Develops the triangle. Cohorts come oldest first, each with one age more than the next; the oldest one's last age counts as
 * the end of development unless `tail` (at least 1) says how much comes after. Null while nothing was issued or redeemed, or
 * with fewer than three cohorts.
 */
export function estimateRate(cohorts: readonly Cohort[], tail = 1): RateEstimate | null {
  const issued = sum(cohorts.map((cohort) => cohort.issued));
  const triangle = cohorts.map((cohort) => cumulate(cohort.redeemed));
  if (cohorts.length < 3 || issued <= 0 || sum(triangle.map((row) => row.at(-1) ?? 0)) <= 0) return null;
  const steps = developmentSteps(triangle);
  const projected = triangle.map((row) => project(row, steps, tail));
  const latest = triangle.map((row) => row.at(-1) ?? 0);
  const raw = projected.map((row) => row.at(-1) ?? 0);
  const reserve = sum(raw) - sum(latest);
  const standardError = Math.sqrt(Math.max(0, totalVariance(triangle, projected, steps)));
  const ultimates = raw.map((ultimate, index) => bounded(ultimate, latest[index] ?? 0, cohorts[index]));
  const floor = sum(latest) / issued;
  const ceiling = sum(cohorts.map((cohort, index) => bounded(Infinity, latest[index] ?? 0, cohort))) / issued;
  const rate = sum(ultimates) / issued;
  const spread = (Z95 * standardError) / issued;
  return {
    rate,
    low: Math.max(floor, rate - spread),
    high: Math.min(ceiling, rate + spread),
    factors: steps.map(({ factor }) => factor),
    ultimates,
    reserve,
    standardError,
  };
}

/** One step of development, from age k to k + 1: its factor, the variance around it, and what it was seen on. */
type Step = { factor: number; variance: number; seenOn: number };

function developmentSteps(triangle: readonly (readonly number[])[]): Step[] {
  const ages = Math.max(...triangle.map((row) => row.length));
  const steps: Step[] = [];
  for (let age = 0; age + 1 < ages; age += 1) {
    const rows = triangle.filter((row) => row.length > age + 1);
    const from = sum(rows.map((row) => row[age] ?? 0));
    const factor = from > 0 ? sum(rows.map((row) => row[age + 1] ?? 0)) / from : 1;
    steps.push({ factor, variance: varianceOf(rows, age, factor, steps), seenOn: from });
  }
  return steps;
}

/** Mack's σ²; with one row left nothing varies, and the smaller of the two before stands in. */
function varianceOf(
  rows: readonly (readonly number[])[],
  age: number,
  factor: number,
  before: readonly Step[],
): number {
  if (rows.length > 1) {
    const squares = rows.map((row) => {
      const base = row[age] ?? 0;
      return base > 0 ? base * ((row[age + 1] ?? 0) / base - factor) ** 2 : 0;
    });
    return sum(squares) / (rows.length - 1);
  }
  const last = before.at(-1)?.variance ?? 0;
  const beforeLast = before.at(-2)?.variance ?? 0;
  return beforeLast > 0 ? Math.min(last ** 2 / beforeLast, last, beforeLast) : last;
}

/** A row with the rest of its development filled in. */
function project(row: readonly number[], steps: readonly Step[], tail: number): number[] {
  const full = [...row];
  for (let age = row.length - 1; age < steps.length; age += 1)
    full.push((full.at(-1) ?? 0) * (steps[age]?.factor ?? 1));
  if (tail !== 1) full.push((full.at(-1) ?? 0) * tail);
  return full;
}

/** Mean squared error of all redemptions to come together: cohorts share their factors, and so their errors. */
function totalVariance(
  triangle: readonly (readonly number[])[],
  projected: readonly (readonly number[])[],
  steps: readonly Step[],
): number {
  let total = 0;
  triangle.forEach((row, index) => {
    const full = projected[index] ?? [];
    const ultimate = full.at(-1) ?? 0;
    const younger = sum(projected.slice(index + 1).map((other) => other.at(-1) ?? 0));
    for (let age = row.length - 1; age < steps.length; age += 1) {
      const step = steps[age];
      if (step === undefined || step.seenOn <= 0 || step.factor <= 0) continue;
      const relative = step.variance / step.factor ** 2;
      const base = full[age] ?? 0;
      if (base > 0) total += ultimate ** 2 * relative * (1 / base + 1 / step.seenOn);
      total += (ultimate * younger * 2 * relative) / step.seenOn;
    }
  });
  return total;
}

/** At least what has been redeemed, at most what is not gone. */
function bounded(ultimate: number, latest: number, cohort: Cohort | undefined): number {
  const most = (cohort?.issued ?? 0) - (cohort?.lapsed ?? 0);
  return Math.max(latest, Math.min(ultimate, most));
}

function cumulate(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => (total += value));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
