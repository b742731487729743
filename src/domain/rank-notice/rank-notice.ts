import { InvalidInputError } from '../errors.ts';

/** Who of a board is told when their rank changes, and how often at most. */
export type RankNoticePlan = {
  /** Those at the first so many positions. */
  first: number;
  /** Once in so many minutes a customer and board. */
  everyMinutes: number;
};

export const RANKS_FIRST_MAX = 1_000;
export const RANKS_EVERY_DEFAULT = 15;
const EVERY_MAX = 10_080;
const MINUTE_MS = 60_000;

/** Checks a plan. Throws InvalidInputError. */
export function assertRankNoticePlan({ first, everyMinutes }: RankNoticePlan): void {
  if (first < 1 || first > RANKS_FIRST_MAX)
    throw new InvalidInputError(`Those at the first 1 to ${RANKS_FIRST_MAX} positions can be told.`, ['first']);
  if (everyMinutes < 1 || everyMinutes > EVERY_MAX)
    throw new InvalidInputError(`Notices are 1 to ${EVERY_MAX} minutes apart.`, ['everyMinutes']);
}

/** What a customer knows of its rank; a null rank is behind the first. */
export type ToldRank = { customerId: string; rank: number | null; toldAt: Date | null };
/** From one rank to another; null is behind the first. */
export type RankStep = { customerId: string; from: number | null; to: number | null };

export type RankDecision = {
  steps: RankStep[];
  /** What is to be remembered from now on, of those for whom it changes. */
  known: ToldRank[];
  /** Of whom nothing needs to be remembered any more. */
  forgotten: string[];
};

/**
 * Whom to tell of what, from what they were told last and the ranks of the first. The first look at a season tells nobody.
 * Who was told within `everyMinutes` waits; what has come to the same rank again by then is not told. Who is on the board
 * no more, or not listed, is told nothing.
 */
export function decideRankNotices(
  told: readonly ToldRank[],
  ranks: ReadonlyMap<string, number>,
  isListed: (customerId: string) => boolean,
  { everyMinutes }: RankNoticePlan,
  now: Date,
): RankDecision {
  const decision: RankDecision = { steps: [], known: [], forgotten: [] };
  if (told.length === 0) {
    for (const [customerId, rank] of ranks) decision.known.push({ customerId, rank, toldAt: null });
    return decision;
  }
  const before = new Map(told.map((one) => [one.customerId, one]));
  for (const customerId of new Set([...before.keys(), ...ranks.keys()])) {
    const { rank: from, toldAt } = before.get(customerId) ?? { rank: null, toldAt: null };
    const to = ranks.get(customerId) ?? null;
    const mayTell = toldAt === null || now.getTime() - toldAt.getTime() >= everyMinutes * MINUTE_MS;
    if (to === null && (!isListed(customerId) || (from === null && mayTell))) decision.forgotten.push(customerId);
    else if (from !== to && mayTell) {
      decision.steps.push({ customerId, from, to });
      decision.known.push({ customerId, rank: to, toldAt: now });
    }
  }
  return decision;
}
