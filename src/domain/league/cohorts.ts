import type { LeaguePlan } from './plan.ts';

/** Where the next newcomer of a level goes: the newest cohort and how many are in it. */
export type CohortFill = { level: number; cohort: number; size: number };

/** Who comes into which cohort. */
export type CohortSeat = { customerId: string; level: number; cohort: number };

/** The name of a cohort among the parts of its board, such as `gold:3`. */
export function cohortPart({ levels }: LeaguePlan, { level, cohort }: Pick<CohortSeat, 'level' | 'cohort'>): string {
  return `${levels[level] ?? levels[0] ?? ''}:${cohort}`;
}

/**
 * Seats newcomers in their order: each in the newest cohort of the level while that has room, else in a new one. The same
 * newcomers in the same order are seated alike.
 */
export function seatNewcomers(
  { cohortSize, levels }: LeaguePlan,
  fills: readonly CohortFill[],
  newcomers: readonly { customerId: string; level: number }[],
): CohortSeat[] {
  const open = new Map(fills.map(({ level, cohort, size }) => [level, { cohort, size }]));
  return newcomers.map(({ customerId, level: wanted }) => {
    // A league may have had more levels once.
    const level = Math.min(wanted, levels.length - 1);
    let fill = open.get(level);
    if (fill === undefined || fill.size >= cohortSize) {
      fill = { cohort: (fill?.cohort ?? 0) + 1, size: 0 };
      open.set(level, fill);
    }
    fill.size += 1;
    return { customerId, level, cohort: fill.cohort };
  });
}
