import { Big } from 'big.js';

import type { Candidate } from '#domain/next-step/next-step.ts';

import type { StreakNow } from './read.ts';

/** The next length of each streak that a prize is given for; of one that is broken or has not begun, from its beginning. */
export function streakSteps(streaks: readonly StreakNow[]): Candidate[] {
  return streaks.flatMap(({ book }): Candidate[] => {
    const { code, name, prizes } = book.compiled.streak;
    const { length } = book.run;
    const lengths = prizes.map((prize) =>
      prize.repeats ? (Math.floor(length / prize.length) + 1) * prize.length : prize.length,
    );
    const next = Math.min(...lengths.filter((prize) => prize > length));
    if (!Number.isFinite(next)) return [];
    const has = new Big(length);
    return [{ kind: 'STREAK', code, within: null, name, needed: new Big(next), has, unit: 'periods' }];
  });
}
