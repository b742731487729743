import { Big } from 'big.js';

import type { EarningPolicy } from '../earning/evaluate.ts';
import { NO_COUNTERS } from '../earning/facts.ts';
import { addPoints } from '../points.ts';
import type { RuleSet } from '../rule-set/rule-set.ts';
import { localDay } from '../time.ts';
import { ReplayCounts } from './counts.ts';
import type {
  ReplayedActivity,
  ReplayedCustomer,
  ReplayedMovement,
  ReplayedReversal,
  ReplayedTierStep,
} from './facts.ts';
import { ReplaySide, type ReplayedAward, type SideState } from './side.ts';
import { Tally } from './tally.ts';

const SIDES = ['live', 'draft'] as const;
type Side = (typeof SIDES)[number];

/** What is compared, by the program's policy, and which activities count: those that occurred in [from, to). */
export type ReplayOf = {
  live: RuleSet;
  draft: RuleSet;
  policy: EarningPolicy;
  from: Date;
  to: Date;
  /** Whether balances of any currency are capped: then the caller hands in every movement. */
  hasCaps: boolean;
};

/** What a replay keeps of a customer until its end. */
type CustomerState = Record<Side, SideState> & {
  counts: ReplayCounts;
  joinedOn: string;
  segment: string | null;
  /** Points of the activities that count; null while there is none. */
  points: Record<Side, number> | null;
};

/** An activity whose reversals are still to come. */
type Kept = Record<Side, ReplayedAward[]> & {
  activity: ReplayedActivity;
  returned: Map<string, Big>;
  reversals: number;
};

/** How a customer came out: points of both replays over all currencies, and tiers by ladder code at the end. */
export type CustomerOutcome = {
  customerId: string;
  segment: string | null;
  points: Record<Side, number>;
  tiers: Record<Side, Record<string, string>>;
};

/**
 * Replays activities and reversals, in the order in which they were recorded, under two rule sets at once. Nothing is
 * written and nothing is loaded: the caller hands in one fact after the other and may rest between any two. What does not
 * count by its time is replayed all the same, since it uses up caps, budgets and cool-downs and makes tiers.
 */
export class Replay {
  readonly tally = new Tally();
  readonly #of: ReplayOf;
  readonly #sides: Record<Side, ReplaySide>;
  readonly #customers = new Map<string, CustomerState>();
  readonly #kept = new Map<string, Kept>();
  /** Types of which either rule set counts how often they came before. */
  readonly #counted: ReadonlySet<string>;

  constructor(of: ReplayOf) {
    this.#of = of;
    const sideOf = (ruleSet: RuleSet): ReplaySide => new ReplaySide(ruleSet, of.policy, of.hasCaps);
    this.#sides = { live: sideOf(of.live), draft: sideOf(of.draft) };
    const groups = [...of.live.earning.byActivityType, ...of.draft.earning.byActivityType];
    this.#counted = new Set(groups.flatMap(([code, group]) => (group.readsCounters ? [code] : [])));
  }

  /** Of how many customers it keeps what they used and reached. */
  get customers(): number {
    return this.#customers.size;
  }

  /** Decides an activity on both sides. */
  activity(activity: ReplayedActivity): void {
    const { id, type, occurredAt, customer } = activity;
    const state = this.#stateOf(activity.customer);
    const day = localDay(occurredAt, this.#of.policy.timeZone);
    const isCounted = this.#counted.has(type.code);
    const before = isCounted ? state.counts.before(type.id, day) : NO_COUNTERS;
    const counts = this.#counts(occurredAt);
    if (counts) {
      state.points ??= { live: 0, draft: 0 };
      state.segment = customer.segment;
      for (const award of activity.recorded) this.tally.add('recorded', award, day, award.points);
    }
    const awards: Record<Side, ReplayedAward[]> = { live: [], draft: [] };
    for (const side of SIDES) {
      // A rule set that counts nothing of this type is shown nothing, as on the activity path.
      const group = this.#sides[side].ruleSet.earning.byActivityType.get(type.code);
      const counters = group?.readsCounters === true ? before : NO_COUNTERS;
      awards[side] = this.#sides[side].decide(state[side], activity, counters);
      if (!counts) continue;
      for (const award of awards[side]) this.#count(state, side, award, day, award.points);
    }
    if (isCounted) state.counts.add(type.id, day, 1);
    const { reversals } = activity;
    if (reversals > 0) this.#kept.set(id, { ...awards, activity, returned: new Map(), reversals });
  }

  /** Undoes an activity, or a part of it, on both sides. One whose activity was not replayed does nothing. */
  reversal({ activityId, whole, returned, recordedAt }: ReplayedReversal): void {
    const kept = this.#kept.get(activityId);
    if (kept === undefined) return;
    const { activity } = kept;
    const state = this.#stateOf(activity.customer);
    const now = whole ? leftOf(activity, kept.returned) : returned;
    for (const [property, amount] of returned)
      kept.returned.set(property, amount.plus(kept.returned.get(property) ?? 0));
    const day = localDay(activity.occurredAt, this.#of.policy.timeZone);
    for (const side of SIDES) {
      const reversal = { whole, returned: kept.returned, now, recordedAt };
      const taken = this.#sides[side].takeBack(state[side], activity, kept[side], reversal);
      if (!this.#counts(activity.occurredAt)) continue;
      for (const [index, award] of kept[side].entries()) this.#count(state, side, award, day, -(taken[index] ?? 0));
    }
    if (whole && this.#counted.has(activity.type.code)) state.counts.add(activity.type.id, day, -1);
    kept.reversals -= 1;
    if (whole || kept.reversals === 0) this.#kept.delete(activityId);
  }

  /** Takes what the ledger did beside, on both sides alike. */
  movement(movement: ReplayedMovement): void {
    const state = this.#stateOf(movement.customer);
    for (const side of SIDES) this.#sides[side].move(state[side], movement);
  }

  /** Does what a person did to a customer's tiers, on both sides. */
  tierStep(step: ReplayedTierStep): void {
    const state = this.#stateOf(step.customer);
    for (const side of SIDES) this.#sides[side].follow(state[side], step);
  }

  /** Everybody of whom something counted, as they stand at an instant. May be walked with rests. */
  *outcomes(at: Date): Generator<CustomerOutcome> {
    for (const [customerId, state] of this.#customers) {
      const { points, segment, joinedOn } = state;
      if (points === null) continue;
      const tiers: CustomerOutcome['tiers'] = { live: {}, draft: {} };
      for (const side of SIDES) {
        state[side].tiers?.settle(this.#sides[side].clockOf(at, joinedOn));
        tiers[side] = state[side].tiers?.codes() ?? {};
      }
      yield { customerId, segment, points, tiers };
    }
  }

  #counts(occurredAt: Date): boolean {
    return occurredAt >= this.#of.from && occurredAt < this.#of.to;
  }

  #count(state: CustomerState, side: Side, award: ReplayedAward, day: string, points: number): void {
    this.tally.add(side, award, day, points);
    if (state.points !== null) state.points[side] = addPoints(state.points[side], points);
  }

  #stateOf(customer: ReplayedCustomer): CustomerState {
    let state = this.#customers.get(customer.id);
    if (state === undefined) {
      state = {
        live: this.#sides.live.open(),
        draft: this.#sides.draft.open(),
        counts: new ReplayCounts(),
        joinedOn: customer.joinedOn,
        segment: customer.segment,
        points: null,
      };
      this.#customers.set(customer.id, state);
    }
    return state;
  }
}

/** What is left of an activity's number properties when parts of it have come back. */
function leftOf({ properties }: ReplayedActivity, returned: ReadonlyMap<string, Big>): Map<string, Big> {
  const left = new Map<string, Big>();
  for (const [property, value] of Object.entries(properties)) {
    if (typeof value !== 'number' && typeof value !== 'string') continue;
    if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(String(value))) continue;
    left.set(property, new Big(value).minus(returned.get(property) ?? 0));
  }
  return left;
}
