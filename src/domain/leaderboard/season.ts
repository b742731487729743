import type { Leaderboard } from '../program/program.ts';
import { localDay, periodDays, periodKey } from '../time.ts';

/** One dated run of a board, [startsOn, endsOn) in the program's zone; an all-time board has one run without dates. */
export type SeasonSpan = { key: string; startsOn: string | null; endsOn: string | null };

/**
 * The season that an instant counts in: by when it happened, never by when it was reported, so that a late activity
 * lands in the season it belongs to. The first instant of a period belongs to it, the first instant after it does not.
 */
export function seasonOf(leaderboard: Pick<Leaderboard, 'period'>, occurredAt: Date, timeZone: string): SeasonSpan {
  return seasonOfDay(leaderboard, localDay(occurredAt, timeZone));
}

/** The season that a local day of the program lies in. */
export function seasonOfDay({ period }: Pick<Leaderboard, 'period'>, day: string): SeasonSpan {
  const key = periodKey(period, day);
  return period === 'ALL_TIME' ? { key, startsOn: null, endsOn: null } : { key, ...periodDays(period, day) };
}
