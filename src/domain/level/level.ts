import type { Big } from 'big.js';
import { z } from 'zod';

import { code } from '../form.ts';
import type { PointCurrency } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { measureName } from '../tier/measure.ts';

/** A level: reached for good by points earned over a lifetime, of the program's default currency. Apart from tiers. */
export const LevelSchema = z.strictObject({
  id: z.uuid(),
  code,
  name: z.string().min(1).max(200),
  /** Reached at this many points or more. */
  points: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});
export type Level = z.infer<typeof LevelSchema>;

/** Most levels of one program. */
export const LEVELS_MAX = 500;

export type CompiledLevels = {
  /** By points, from the lowest; a level's number is its place from 1. */
  levels: readonly Level[];
  /** The measure that they count by; null when there are none. */
  counts: string | null;
  currencyId: string | null;
};

export const NO_LEVELS: CompiledLevels = { levels: [], counts: null, currencyId: null };

/** Sorts levels by their points and refuses two that begin at the same. Returns every problem found. */
export function compileLevels(
  levels: readonly Level[],
  currencies: readonly PointCurrency[],
): { levels: CompiledLevels } | { problems: RuleProblem[] } {
  if (levels.length === 0) return { levels: NO_LEVELS };
  const sorted = levels.toSorted((a, b) => a.points - b.points);
  const problems = sorted.flatMap((level, index): RuleProblem[] => {
    const before = sorted[index - 1];
    return before?.points === level.points
      ? [{ path: [level.code, 'points'], message: `${level.code} and ${before.code} both begin at ${level.points}.` }]
      : [];
  });
  const currency = currencies.find((known) => known.isDefault);
  if (currency === undefined) return { problems: [{ path: [], message: 'There is no default point currency.' }] };
  if (problems.length > 0) return { problems };
  const counts = measureName({ kind: 'POINTS', currencyId: currency.id });
  return { levels: { levels: sorted, counts, currencyId: currency.id } };
}

/** Where lifetime points lead: the level, its number from 1 (0 and null below the first), the next, and what is missing. */
export type LevelReached = {
  level: Level | null;
  number: number;
  points: number;
  next: Level | null;
  toNext: number | null;
};

/** The level of a customer who has earned so many points. Reaching a level's points exactly counts. */
export function levelAt({ levels }: CompiledLevels, points: number | Big): LevelReached {
  const earned = typeof points === 'number' ? points : points.toNumber();
  const index = levels.findLastIndex((level) => earned >= level.points);
  const next = levels[index + 1] ?? null;
  return {
    level: levels[index] ?? null,
    number: index + 1,
    points: earned,
    next,
    toNext: next === null ? null : next.points - earned,
  };
}
