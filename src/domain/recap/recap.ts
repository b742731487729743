import { daysBetween } from '../time.ts';

/**
 * A customer's year, season or any stretch of days at a glance, by the local days of the program's zone: [from, to), so that
 * a year ends with the first of January of the next one.
 */
export type RecapWindow = {
  /** The first day. */
  from: string;
  /** The day after the last. */
  to: string;
};

/** Longest stretch of one recap: a year and what a season may hang over it. */
export const RECAP_DAYS_MAX = 400;
/** With fewer active customers than this, nobody is compared with the others. */
export const RECAP_ACTIVE_MIN = 30;

/** What is wrong with a window, for whoever asked; null when nothing is. */
export function windowProblem({ from, to }: RecapWindow): string | null {
  if (from >= to) return 'A recap ends after it begins: `to` is the day after the last.';
  return daysBetween(from, to) > RECAP_DAYS_MAX ? `A recap is of at most ${RECAP_DAYS_MAX} days.` : null;
}

/** How many of the customers with activity earned that many points. */
export type PointsGroup = { points: number; customers: number };

/** Where a customer stands among those who were active. */
export type Percentile = {
  /** Customers with activity, this one included. */
  active: number;
  /** Of them, those who earned less. */
  less: number;
  /** Of them, those who earned the same, this one included. */
  tied: number;
  /** `less` out of `active`, from 0 to below 1: ties count as not less. */
  share: number;
};

/**
 * Places a customer with activity among all of them. Null while too few were active for numbers that say nothing about single
 * ones. Groups are in any order, and have the customer's own points; where they were counted a moment before, perhaps not yet.
 */
export function placeAmong(groups: readonly PointsGroup[], own: number): Percentile | null {
  const active = groups.reduce((sum, { customers }) => sum + customers, 0);
  if (active < RECAP_ACTIVE_MIN) return null;
  const less = groups.reduce((sum, { points, customers }) => sum + (points < own ? customers : 0), 0);
  const same = groups.find(({ points }) => points === own)?.customers ?? 0;
  return { active, less, tied: Math.max(1, same), share: less / active };
}

/** What a customer did on one day or in one month. */
export type Busy = { name: string; activities: number };

/** The day, and the month, with the most activities; of equals the first. Null without any. */
export function busiest(days: readonly Busy[]): { day: Busy; month: Busy } | null {
  const months = new Map<string, number>();
  for (const { name, activities } of days) {
    const month = name.slice(0, 7);
    months.set(month, (months.get(month) ?? 0) + activities);
  }
  const day = most(days);
  const month = most([...months].map(([name, activities]) => ({ name, activities })));
  return day === null || month === null ? null : { day, month };
}

function most(counted: readonly Busy[]): Busy | null {
  const [first = null] = counted.toSorted((a, b) => b.activities - a.activities || (a.name < b.name ? -1 : 1));
  return first;
}
