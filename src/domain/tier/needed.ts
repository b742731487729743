import { addDays, localDay } from '../time.ts';
import type { CompiledLadder } from './compile.ts';
import { windowBefore, windowOf } from './period.ts';
import type { TierClock } from './review.ts';
import type { Standing } from './standing.ts';

/** The first day that settling a standing, recalculating it or telling its outlook looks at on its own; what lies before is needed as a sum. */
export function firstDayNeeded({ ladder }: CompiledLadder, standing: Standing, clock: TierClock): string {
  const { period } = ladder;
  const today = localDay(clock.now, clock.timeZone);
  const since = standing.periodFrom !== null && standing.periodFrom < today ? standing.periodFrom : today;
  if (period.kind === 'LIFETIME') return today;
  if (period.kind === 'ROLLING') return addDays(windowBefore(period, since).from ?? since, -1);
  const present = windowOf(period, today, clock.joinedOn).from ?? today;
  const before = windowOf(period, addDays(present, -1), clock.joinedOn).from ?? present;
  const stake = windowOf(period, since, clock.joinedOn).from ?? since;
  return stake < before ? stake : before;
}
