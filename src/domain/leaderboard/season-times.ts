import { InvalidInputError } from '../errors.ts';
import { parseName } from '../name.ts';
import { parseCron } from './season-cron.ts';
import type { DatedSeason, SeasonPeriod } from './season.ts';

const DATES_MAX = 100;
const DAYS_MAX = 3_660;
const DAY_MS = 86_400_000;
const KEY = /^[a-z0-9][a-z0-9_-]{0,19}$/;

/**
 * Checks when the seasons of a board are: the schedule of CRON, the list of DATES, nothing else for the other periods.
 * Throws InvalidInputError.
 */
export function defineSeasons(definition: {
  period: SeasonPeriod;
  cron?: string | null;
  dates?: readonly DatedSeason[] | null;
}): { cron: string | null; dates: readonly DatedSeason[] } {
  const { period, cron = null, dates = null } = definition;
  if ((period === 'CRON') !== (cron !== null))
    throw new InvalidInputError('CRON, and only CRON, has a schedule.', ['cron']);
  if (period !== 'DATES' && dates !== null && dates.length > 0) {
    throw new InvalidInputError('Only DATES has a list of seasons.', ['dates']);
  }
  if (cron !== null) parseCron(cron);
  return { cron: cron === null ? null : cron.trim(), dates: defineDates(dates ?? []) };
}

/** Checks a list of dated seasons and gives it in their order. Throws InvalidInputError. */
export function defineDates(dates: readonly DatedSeason[]): readonly DatedSeason[] {
  if (dates.length > DATES_MAX) throw new InvalidInputError(`A board lists at most ${DATES_MAX} seasons.`, ['dates']);
  const sorted = dates
    .map((dated) => ({ ...dated, name: parseName(dated.name) }))
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  for (const [index, { key, startsAt, endsAt }] of sorted.entries()) {
    const path = ['dates', key];
    if (!KEY.test(key)) {
      throw new InvalidInputError('A key is lower-case letters, digits, _ and -, at most 20.', path);
    }
    const days = (endsAt.getTime() - startsAt.getTime()) / DAY_MS;
    if (days <= 0 || days > DAYS_MAX) {
      throw new InvalidInputError(`A season ends after it starts, and within ${DAYS_MAX} days.`, path);
    }
    const next = sorted[index + 1];
    if (next !== undefined && next.startsAt < endsAt) {
      throw new InvalidInputError('Two seasons of a board do not overlap.', path);
    }
  }
  if (new Set(sorted.map(({ key }) => key)).size < sorted.length) {
    throw new InvalidInputError('Two seasons of a board have different keys.', ['dates']);
  }
  return sorted;
}
