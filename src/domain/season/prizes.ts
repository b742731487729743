import type { TieRule } from '../leaderboard/standing.ts';
import { PERCENT_ALL, type PrizeBand, type PrizePlan } from './plan.ts';
import type { SealedRow } from './sealed.ts';

/** What one customer wins. */
export type PrizeAward = {
  customerId: string;
  /** The place of the band in the plan. */
  band: number;
  rank: number;
  tied: number;
  points: number;
  rewardId: string | null;
  badge: string | null;
};

/** How the board ranks. */
export type Ranking = { direction: 'DESCENDING' | 'ASCENDING'; tieRule: TieRule };

/** A place on the board: its rank, which ranked bands go by, and its position, which shares go by. */
type Place = { rank: number; position: number };

/** Customers who share a rank. */
type Group = { members: readonly SealedRow[]; places: readonly Place[]; entrants: number };

/**
 * Who wins what, from sealed standings alone, in the order of places. Each part of a board is ranked by itself and has its
 * own winners; the budget is for all together. Points are paid from the first place on; the group for which the rest of the
 * budget is too little shares it equally, rounded down, and nobody after it wins points.
 */
export function decidePrizes(plan: PrizePlan, rows: readonly SealedRow[], ranking: Ranking): PrizeAward[] {
  const listed = rows.filter((row) => row.position !== null);
  const groups = [...Map.groupBy(listed, ({ part }) => part ?? '').values()]
    .filter((members) => members.length >= plan.minimumEntrants)
    .flatMap((members) => groupsOf(members, ranking.tieRule))
    .toSorted((a, b) => positionOf(a) - positionOf(b));
  let left = plan.budget ?? Infinity;
  const awards: PrizeAward[] = [];
  for (const group of groups) {
    const band = group.places.map((place) => bandOf(plan.bands, place, group.entrants)).find((index) => index !== -1);
    // Who did too badly wins nothing, and leaves the places as they are.
    const [first] = group.members;
    if (band === undefined || first === undefined || !isGoodEnough(plan, first.score, ranking)) continue;
    const size = group.members.length;
    const wanted = pointsEach(plan, group);
    const isCut = wanted * size > left;
    const points = isCut ? Math.floor(left / size) : wanted;
    left = isCut ? 0 : left - points * size;
    awards.push(...group.members.flatMap((row) => awardOf(plan, group, row, band, points)));
  }
  return awards;
}

function awardOf(plan: PrizePlan, group: Group, row: SealedRow, band: number, points: number): PrizeAward[] {
  const best = plan.bands[bandOf(plan.bands, group.places[0] ?? { rank: 0, position: 0 }, group.entrants)];
  const { rewardId = null, badge = null } = best ?? {};
  if (points === 0 && rewardId === null && badge === null) return [];
  return [{ customerId: row.customerId, band, rank: row.rank ?? 0, tied: row.tied ?? 1, points, rewardId, badge }];
}

const positionOf = ({ places }: Group): number => places[0]?.position ?? 0;

function groupsOf(members: readonly SealedRow[], tieRule: TieRule): Group[] {
  return [...Map.groupBy(members, ({ rank }) => rank ?? 0)].map(([rank, group]) => {
    const position = Math.min(...group.map((row) => row.position ?? 0));
    // Without gaps in the ranks a group has the one place of its rank, however many are in it.
    const places = tieRule === 'DENSE' ? 1 : group.length;
    return {
      members: group.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0)),
      places: Array.from({ length: places }, (_place, index) => ({ rank: rank + index, position: position + index })),
      entrants: members.length,
    };
  });
}

/** The band of a place, by its place in the list; −1 when it wins nothing. */
function bandOf(bands: readonly PrizeBand[], { rank, position }: Place, entrants: number): number {
  return bands.findIndex(({ kind, from, to }) =>
    kind === 'RANK'
      ? from <= rank && rank <= to
      : shareOf(entrants, from) < position && position <= shareOf(entrants, to),
  );
}

/** So many of the entrants lie within a share of them; a started place counts as whole. */
function shareOf(entrants: number, share: number): number {
  return Math.ceil((entrants * share) / PERCENT_ALL);
}

function pointsEach({ bands, ties }: PrizePlan, { members, places, entrants }: Group): number {
  const pointsAt = (place: Place | undefined): number =>
    place === undefined ? 0 : (bands[bandOf(bands, place, entrants)]?.points ?? 0);
  if (ties === 'BETTER_BAND') return pointsAt(places[0]);
  return Math.floor(places.reduce((pool, place) => pool + pointsAt(place), 0) / members.length);
}

function isGoodEnough({ minimumScore }: PrizePlan, score: number, { direction }: Ranking): boolean {
  if (minimumScore === null) return true;
  return direction === 'DESCENDING' ? score >= minimumScore : score <= minimumScore;
}

/** What prizes cost with so many entrants in each of so many parts. */
export type PrizeCost = {
  /** Points when no two customers tie. */
  withoutTies: number;
  /** Most points that any standings can come to. */
  worstCase: number;
  /** The worst case without the budget; more than the worst case where the budget cuts it. */
  uncapped: number;
  /** Places of each band when no two tie, over all parts. */
  places: readonly number[];
};

/** Reckons what prizes cost before anybody has won. */
export function prizeCost(plan: PrizePlan, entrants: number, parts: number, tieRule: TieRule): PrizeCost {
  const places = plan.bands.map(() => 0);
  let [withoutTies, worst, best] = [0, 0, 0];
  for (let position = 1; position <= entrants && entrants >= plan.minimumEntrants; position += 1) {
    const band = bandOf(plan.bands, { rank: position, position }, entrants);
    const points = plan.bands[band]?.points ?? 0;
    if (band !== -1) places[band] = (places[band] ?? 0) + parts;
    withoutTies += points;
    // Who ties with the best place before gets what that one gets; a share of a pool never comes to more than the pool.
    best = Math.max(best, points);
    worst += plan.ties === 'BETTER_BAND' && tieRule !== 'FIRST_TO_REACH' ? best : points;
  }
  const limit = plan.budget ?? Infinity;
  return {
    withoutTies: Math.min(withoutTies * parts, limit),
    worstCase: Math.min(worst * parts, limit),
    uncapped: worst * parts,
    places,
  };
}
