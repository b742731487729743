import { InvalidInputError } from '../errors.ts';
import { CODE } from '../form.ts';

/** How a board's customers play in cohorts of equals, season by season. */
export type LeaguePlan = {
  /** Codes from the lowest level to the highest. */
  levels: readonly string[];
  /** Most customers of a cohort. */
  cohortSize: number;
  /** Who goes up and who goes down after a season. */
  promote: Zone;
  relegate: Zone;
  /** Most levels that seasons in a row without an activity cost, one each; zero costs none. */
  idleDropMax: number;
};

/** So many of a cohort, or a share of it in percent, rounded down. */
export type Zone = { kind: 'COUNT' | 'PERCENT'; value: number };

const LEVELS_MAX = 20;
const COHORT_MAX = 1_000;

/** Checks what a league says of itself. Throws InvalidInputError. */
export function assertLeague({ levels, cohortSize, promote, relegate, idleDropMax }: LeaguePlan): void {
  const areCodes = levels.every((level) => CODE.test(level)) && new Set(levels).size === levels.length;
  if (levels.length < 2 || levels.length > LEVELS_MAX || !areCodes) {
    throw wrong(`A league has 2 to ${LEVELS_MAX} levels, by codes that differ.`, 'levels');
  }
  if (cohortSize < 2 || cohortSize > COHORT_MAX)
    throw wrong(`A cohort has 2 to ${COHORT_MAX} customers.`, 'cohortSize');
  for (const [name, zone] of [['promote', promote] as const, ['relegate', relegate] as const]) {
    if (zone.value < 0 || (zone.kind === 'PERCENT' && zone.value > 100)) throw wrong('A zone is not negative.', name);
  }
  if (zoneSize(promote, cohortSize) + zoneSize(relegate, cohortSize) > cohortSize) {
    throw wrong('The two zones do not fit into a cohort.', 'relegate');
  }
  if (idleDropMax < 0 || idleDropMax >= levels.length)
    throw wrong('Idle customers fall at most to the end.', 'idleDropMax');
}

function wrong(message: string, field: string): InvalidInputError {
  return new InvalidInputError(message, ['league', field]);
}

/** How many of a cohort of so many lie in the zone. */
export function zoneSize({ kind, value }: Zone, size: number): number {
  return Math.min(size, kind === 'COUNT' ? value : Math.floor((size * value) / 100));
}
