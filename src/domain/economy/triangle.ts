import { monthsBetween } from './days.ts';
import type { Cohort } from './redemption-rate.ts';

/** Points by the month in which they were issued and the month in which they moved, `YYYY-MM` each. */
export type MonthMovement = {
  issuedIn: string;
  movedIn: string;
  movement: 'ISSUE' | 'REDEEM' | 'LAPSE';
  points: number;
};

/**
 * Issue cohorts from the first month with an issue up to `lastMonth`, oldest first, each with its redemptions by age up to
 * then. A month without an issue is a cohort of nothing, so that ages stay aligned.
 */
export function issueCohorts(movements: readonly MonthMovement[], lastMonth: string): Cohort[] {
  const issues = movements.filter(({ movement, issuedIn }) => movement === 'ISSUE' && issuedIn <= lastMonth);
  const first = issues.map(({ issuedIn }) => issuedIn).reduce((a, b) => (a < b ? a : b), '9999-12');
  if (issues.length === 0) return [];
  const byMonth = Map.groupBy(movements, ({ issuedIn }) => issuedIn);
  return monthsBetween(first, lastMonth).map((month) => {
    const own = byMonth.get(month) ?? [];
    const sumOf = (kind: MonthMovement['movement']): number =>
      own
        .filter(({ movement, movedIn }) => movement === kind && movedIn <= lastMonth)
        .reduce((sum, { points }) => sum + points, 0);
    return {
      month,
      issued: sumOf('ISSUE'),
      lapsed: sumOf('LAPSE'),
      redeemed: monthsBetween(month, lastMonth).map((at) =>
        own
          .filter(({ movement, movedIn }) => movement === 'REDEEM' && movedIn === at)
          .reduce((sum, { points }) => sum + points, 0),
      ),
    };
  });
}
