import { InvalidInputError } from '../errors.ts';

/** How long activities of a season that come late still count, unless a board says otherwise: all zones are done by then. */
export const GRACE_MINUTES_DEFAULT = 720;
const GRACE_MINUTES_MAX = 43_200;
const BANDS_MAX = 50;
const CLAIM_DAYS_MAX = 366;
/** A percentage counts in hundredths of a percent. */
export const PERCENT_ALL = 10_000;

/** What seasons of a board promise. Each season keeps the plan that was in force when it opened. */
export type SeasonPlan = {
  graceMinutes: number;
  prizes: PrizePlan | null;
};

/**
 * What equal ranks get. BETTER_BAND: each of them the band of the best of their places. SPLIT: the points of all their
 * places are added up and shared equally, rounded down, and what does not divide is not paid; what cannot be divided,
 * rewards and badges, goes to each of them as in BETTER_BAND.
 */
export const PRIZE_TIES = ['BETTER_BAND', 'SPLIT'] as const;
export type PrizeTies = (typeof PRIZE_TIES)[number];

export type PrizePlan = {
  /** Of all points in the bands. */
  currencyId: string | null;
  bands: readonly PrizeBand[];
  ties: PrizeTies;
  /** In the board's units; who did worse wins nothing. Null asks for nothing. */
  minimumScore: number | null;
  /** With fewer customers on the board nobody wins anything. */
  minimumEntrants: number;
  /** Most points of a season; paid from the first place on until they are used up. Null is without limit. */
  budget: number | null;
  /** Days in which the winner has to claim; null gives at once. */
  claimDays: number | null;
};

/** Places that win the same. A customer gets the first band of the list that holds the place. */
export type PrizeBand = {
  name: string;
  /** Places from one to another; or a share of all entrants in hundredths of a percent, (from, to]. */
  kind: 'RANK' | 'PERCENT';
  from: number;
  to: number;
  points: number;
  rewardId: string | null;
  badge: string | null;
};

export const DEFAULT_PLAN: SeasonPlan = { graceMinutes: GRACE_MINUTES_DEFAULT, prizes: null };

/** Checks what a plan says of itself; ids and codes are the caller's to look up. Throws InvalidInputError. */
export function assertPlan({ graceMinutes, prizes }: SeasonPlan): void {
  if (graceMinutes < 0 || graceMinutes > GRACE_MINUTES_MAX) {
    throw new InvalidInputError(`The grace is 0 to ${GRACE_MINUTES_MAX} minutes.`, ['graceMinutes']);
  }
  if (prizes !== null) assertPrizes(prizes);
}

function assertPrizes(prizes: PrizePlan): void {
  const { bands, budget, claimDays, minimumEntrants } = prizes;
  if (bands.length === 0 || bands.length > BANDS_MAX) throw wrong(`There are 1 to ${BANDS_MAX} bands.`, 'bands');
  for (const [index, band] of bands.entries()) assertBand(band, index);
  if (budget !== null && (!Number.isSafeInteger(budget) || budget < 1))
    throw wrong('A budget is above zero.', 'budget');
  if (minimumEntrants < 0) throw wrong('Entrants are counted from zero.', 'minimumEntrants');
  if (claimDays !== null && (claimDays < 1 || claimDays > CLAIM_DAYS_MAX)) {
    throw wrong(`Claims stay open for 1 to ${CLAIM_DAYS_MAX} days.`, 'claimDays');
  }
  if (budget === null && !isBounded(prizes)) {
    throw wrong('These points have no upper limit by themselves: state a budget.', 'budget');
  }
}

/** Whether the points of a season have a limit without a budget: shares of places whose number is known. */
function isBounded({ bands, ties }: PrizePlan): boolean {
  const paying = bands.filter((band) => band.points > 0);
  const sum = paying.reduce((total, band) => total + band.points * (band.to - band.from + 1), 0);
  return (
    paying.length === 0 ||
    (ties === 'SPLIT' && paying.every((band) => band.kind === 'RANK') && Number.isSafeInteger(sum))
  );
}

function assertBand({ name, kind, from, to, points, rewardId, badge }: PrizeBand, index: number): void {
  const path = ['bands', String(index)];
  if (name.trim() === '' || name.length > 100)
    throw wrong('A band has a name of 1 to 100 characters.', ...path, 'name');
  const isPlace = kind === 'RANK' ? from >= 1 && to >= from : from >= 0 && to > from && to <= PERCENT_ALL;
  if (!isPlace || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw wrong('A band goes from a place to the same or a later one, or over a part of 100 percent.', ...path);
  }
  if (!Number.isSafeInteger(points) || points < 0) throw wrong('Points are not negative.', ...path, 'points');
  if (points === 0 && rewardId === null && badge === null) throw wrong('A band gives something.', ...path);
}

function wrong(message: string, ...path: string[]): InvalidInputError {
  return new InvalidInputError(message, ['prizes', ...path]);
}

/** A plan as it was stored; what is absent stands as by default. */
export function planOf(stored: unknown): SeasonPlan {
  return { ...DEFAULT_PLAN, ...(stored as Partial<SeasonPlan>) };
}
