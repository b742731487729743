import { addPoints } from '../points.ts';
import type { CustomerOutcome } from './replay.ts';

/** How customers came out: how many would have got more, less or the same, and how many points that makes. */
export type Outcomes = { customers: number; more: number; less: number; equal: number; gained: number; lost: number };
/** The same for those of one tier, or of one value of an attribute; null has none. `isRest` gathers values beyond the bound. */
export type GroupOutcomes = Outcomes & { value: string | null; isRest: boolean };
/** One customer by what they would have got more (or, negative, less). */
export type TopCustomer = { customerId: string; live: number; draft: number; difference: number };

export type CustomersReport = Outcomes & {
  winners: TopCustomer[];
  losers: TopCustomer[];
  /** By tier on the first live ladder, at the end, under the live rules. */
  byTier: GroupOutcomes[];
  /** By the attribute that was asked for; empty when none was. */
  bySegment: GroupOutcomes[];
};

/** Customers of one ladder by the tiers on which both replays leave them. */
export type TierMove = { live: string | null; draft: string | null; customers: number };
export type LadderMoves = { ladder: string; moved: number; moves: TierMove[] };

export const TOP_CUSTOMERS = 20;
/** Values of an attribute that are told apart; those that come later are gathered. */
export const SEGMENTS_MAX = 200;

/** Gathers customers one by one, in memory that does not grow with them. */
export class CustomerTally {
  readonly #all = nobody();
  readonly #winners: TopCustomer[] = [];
  readonly #losers: TopCustomer[] = [];
  readonly #byTier = new Map<string | null, Outcomes>();
  readonly #bySegment = new Map<string | null, Outcomes>();
  readonly #rest = nobody();
  readonly #moves = new Map<string, Map<string, TierMove>>();
  readonly #firstLadder: string | null;

  /** The code of the ladder that groups by tier; null groups nobody. */
  constructor(firstLadder: string | null) {
    this.#firstLadder = firstLadder;
  }

  add({ customerId, segment, points, tiers }: CustomerOutcome, isSegmented: boolean): void {
    const difference = points.draft - points.live;
    const counted = [this.#all];
    if (this.#firstLadder !== null) counted.push(groupOf(this.#byTier, tiers.live[this.#firstLadder] ?? null));
    if (isSegmented) {
      const isKnown = this.#bySegment.has(segment) || this.#bySegment.size < SEGMENTS_MAX;
      counted.push(isKnown ? groupOf(this.#bySegment, segment) : this.#rest);
    }
    for (const outcomes of counted) count(outcomes, difference);
    const top = { customerId, live: points.live, draft: points.draft, difference };
    if (difference > 0) keepTop(this.#winners, top, -1);
    if (difference < 0) keepTop(this.#losers, top, 1);
    for (const ladder of new Set([...Object.keys(tiers.live), ...Object.keys(tiers.draft)]))
      this.#move(ladder, tiers.live[ladder] ?? null, tiers.draft[ladder] ?? null);
  }

  report(): CustomersReport {
    const bySegment = groupsOf(this.#bySegment);
    if (this.#rest.customers > 0) bySegment.push({ value: null, isRest: true, ...this.#rest });
    return {
      ...this.#all,
      winners: this.#winners,
      losers: this.#losers,
      byTier: groupsOf(this.#byTier),
      bySegment,
    };
  }

  /** Ladders in the order of their codes, the most frequent moves first. */
  moves(): LadderMoves[] {
    return [...this.#moves]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([ladder, byName]) => {
        const moves = [...byName.values()].toSorted((a, b) => b.customers - a.customers);
        const moved = moves.reduce((sum, move) => (move.live === move.draft ? sum : sum + move.customers), 0);
        return { ladder, moved, moves };
      });
  }

  #move(ladder: string, live: string | null, draft: string | null): void {
    let moves = this.#moves.get(ladder);
    if (moves === undefined) this.#moves.set(ladder, (moves = new Map<string, TierMove>()));
    const name = `${live} ${draft}`;
    const move = moves.get(name) ?? { live, draft, customers: 0 };
    move.customers += 1;
    moves.set(name, move);
  }
}

function nobody(): Outcomes {
  return { customers: 0, more: 0, less: 0, equal: 0, gained: 0, lost: 0 };
}

function groupOf(groups: Map<string | null, Outcomes>, value: string | null): Outcomes {
  let group = groups.get(value);
  if (group === undefined) groups.set(value, (group = nobody()));
  return group;
}

function groupsOf(groups: ReadonlyMap<string | null, Outcomes>): GroupOutcomes[] {
  return [...groups]
    .map(([value, outcomes]) => ({ value, isRest: false, ...outcomes }))
    .toSorted((a, b) => b.customers - a.customers || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
}

function count(outcomes: Outcomes, difference: number): void {
  outcomes.customers += 1;
  if (difference > 0) {
    outcomes.more += 1;
    outcomes.gained = addPoints(outcomes.gained, difference);
  } else if (difference < 0) {
    outcomes.less += 1;
    outcomes.lost = addPoints(outcomes.lost, -difference);
  } else outcomes.equal += 1;
}

/** The furthest in one direction, of equal ones by id. */
function keepTop(top: TopCustomer[], one: TopCustomer, direction: 1 | -1): void {
  const isBefore = (other: TopCustomer): boolean =>
    (other.difference - one.difference) * direction > 0 ||
    (other.difference === one.difference && other.customerId > one.customerId);
  const place = top.findIndex(isBefore);
  if (place === -1 && top.length >= TOP_CUSTOMERS) return;
  top.splice(place === -1 ? top.length : place, 0, one);
  if (top.length > TOP_CUSTOMERS) top.pop();
}
