// Streaks for tests, each with what the test does not care about filled in.
import type { ItemInput } from '#domain/rule-set/content.ts';
import { compileStreaks } from '#domain/streak/compile.ts';
import { StreakSchema } from '#domain/streak/streak.ts';

import { SURROUNDINGS } from './earning.ts';

/** One purchase a day, without freezes and prizes, unless told otherwise. */
export function aStreak(overrides: Partial<ItemInput<'streaks'>> = {}): ItemInput<'streaks'> {
  return {
    code: 'daily',
    name: 'Daily',
    cadence: 'DAY',
    conditions: [{ measure: { kind: 'COUNT', activityType: 'purchase' } }],
    ...overrides,
  };
}

/** What is wrong with streaks that must not compile. */
export function streakProblems(...streaks: Partial<ItemInput<'streaks'>>[]): string[] {
  const compiled = compileStreaks(
    streaks.map((streak, place) =>
      StreakSchema.parse({ ...aStreak(streak), id: `00000000-0000-7000-b000-${String(place).padStart(12, '0')}` }),
    ),
    SURROUNDINGS,
  );
  return 'problems' in compiled ? compiled.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}
