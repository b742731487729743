import type { Big } from 'big.js';

import { pointsKept } from '../activity/reverse.ts';
import type { BoostApplied } from '../earning/boost.ts';
import { boundsOf, recordUse } from '../earning/bound.ts';
import { evaluateRules, type EarningPolicy } from '../earning/evaluate.ts';
import type { ActivityCounters } from '../earning/facts.ts';
import { openUsage } from '../earning/usage.ts';
import type { CompiledMilestone } from '../milestone/compile.ts';
import { addPoints } from '../points.ts';
import type { PointCurrency } from '../program/program.ts';
import type { RuleSet } from '../rule-set/rule-set.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import type { TierClock } from '../tier/review.ts';
import { firstTier } from '../tier/standing.ts';
import { localDay } from '../time.ts';
import type { RecordedAward, ReplayedActivity, ReplayedMovement, ReplayedTierStep } from './facts.ts';
import { ReplayMilestones } from './milestones.ts';
import { ReplayTiers } from './tiers.ts';
import { ReplayUsage } from './usage.ts';

/** What one customer has used and reached under one rule set. */
export type SideState = {
  caps: ReplayUsage;
  tiers: ReplayTiers | null;
  milestones: ReplayMilestones | null;
  /** Pending, available and held points of currencies whose balances are capped; null where none is. */
  balances: Map<string, number> | null;
};

/** What a rule gave in a replay, and how much of it is left after reversals. */
export type ReplayedAward = RecordedAward & {
  left: number;
  boosts: readonly BoostApplied[];
  tiers: Readonly<Record<string, string>>;
  /** A milestone's points go when the whole activity goes, and stay when a part of it does. */
  isMilestone: boolean;
};

/**
 * One rule set at work on replayed activities: the evaluation of the activity path itself, over usage, milestones, tiers and
 * balances of its own. What it does not decide (spending, expiry, prizes) is taken as it was.
 */
export class ReplaySide {
  readonly ruleSet: RuleSet;
  readonly #policy: EarningPolicy;
  readonly #budgets = new ReplayUsage();
  readonly #milestones: readonly CompiledMilestone[];
  readonly #hasCaps: boolean;

  /** `hasCaps` tells whether the program caps balances of any currency. */
  constructor(ruleSet: RuleSet, policy: EarningPolicy, hasCaps: boolean) {
    this.ruleSet = ruleSet;
    this.#policy = policy;
    this.#milestones = ruleSet.milestones.filter(({ milestone }) => !milestone.paused);
    this.#hasCaps = hasCaps;
  }

  open(): SideState {
    const { ladders } = this.ruleSet;
    return {
      caps: new ReplayUsage(),
      tiers: ladders.length === 0 ? null : new ReplayTiers(ladders),
      milestones: this.#milestones.length === 0 ? null : new ReplayMilestones(this.#milestones),
      balances: this.#hasCaps ? new Map<string, number>() : null,
    };
  }

  /** What the activity earns here. Moves the state on. */
  decide(state: SideState, activity: ReplayedActivity, counters: ActivityCounters): ReplayedAward[] {
    const { type, channel, occurredAt, properties, customer } = activity;
    const clock = this.clockOf(activity.recordedAt, customer.joinedOn);
    state.tiers?.settleDue(clock);
    const tiers = state.tiers?.codes() ?? {};
    const { awards } = evaluateRules(
      this.ruleSet.earning,
      {
        activity: { type: type.code, channel, occurredAt, properties },
        customer,
        account: customer.account,
        tier: firstTier(this.ruleSet.ladders, tiers),
        tiers,
        counters,
      },
      this.#policy,
      { caps: state.caps, budgets: this.#budgets },
    );
    const points = new Map<string, number>();
    const given = awards.flatMap(({ rule, currency, points: wanted, boosts }) =>
      give(state, points, rule, currency, wanted, { boosts, tiers }),
    );
    for (const { currencyId, points: prize } of activity.prizes) {
      add(points, currencyId, prize);
      if (state.balances !== null) add(state.balances, currencyId, prize);
    }
    const day = localDay(occurredAt, this.#policy.timeZone);
    const isEnrolled = customer.enrolmentState === 'ENROLLED';
    const fact = { activityTypeId: type.id, properties, points };
    const reached = reachMilestones(state, fact, day, isEnrolled);
    state.tiers?.advance(fact, day, occurredAt, isEnrolled, clock);
    return [...given, ...reached];
  }

  /** What the ledger did beside, as it was: it fills or empties the balance, and counts where it is an earning. */
  move(state: SideState, { currencyId, balance, earned, effectiveAt, recordedAt, customer }: ReplayedMovement): void {
    if (state.balances !== null) add(state.balances, currencyId, balance);
    if (earned === 0) return;
    const fact = { activityTypeId: '', properties: {}, points: new Map([[currencyId, earned]]) };
    const day = localDay(effectiveAt, this.#policy.timeZone);
    state.milestones?.count(fact, day, false);
    state.tiers?.countLater(fact, day, this.clockOf(recordedAt, customer.joinedOn));
  }

  /** What a person did to the customer's tiers. */
  follow(state: SideState, step: ReplayedTierStep): void {
    state.tiers?.follow(step, this.clockOf(step.recordedAt, step.customer.joinedOn));
  }

  /**
   * Takes back what a reversal takes: everything, with the room that it took of caps and budgets, or what the rules would
   * not have given for what is left of the activity. Gives how much of each award goes; the awards are moved on.
   */
  takeBack(
    state: SideState,
    activity: ReplayedActivity,
    awards: readonly ReplayedAward[],
    reversal: { whole: boolean; returned: ReadonlyMap<string, Big>; now: ReadonlyMap<string, Big>; recordedAt: Date },
  ): number[] {
    const { whole, returned, now, recordedAt } = reversal;
    const subject = { ...activity, type: activity.type.code, lines: [] };
    const points = new Map<string, number>();
    const taken = awards.map((award) => {
      const kept = whole
        ? 0
        : award.isMilestone
          ? award.left
          : pointsKept(award, this.ruleSet, subject, activity.customer, returned);
      const gone = Math.max(0, award.left - kept);
      award.left -= gone;
      add(points, award.currencyId, gone);
      if (state.balances !== null) add(state.balances, award.currencyId, -gone);
      return gone;
    });
    if (whole) {
      this.#giveBack(state, activity, awards);
      for (const { currencyId, takenBack } of activity.prizes) add(points, currencyId, takenBack);
    }
    const fact = {
      activityTypeId: activity.type.id,
      properties: Object.fromEntries([...now].map(([property, amount]) => [property, amount.toFixed()])),
      points,
    };
    const day = localDay(activity.occurredAt, this.#policy.timeZone);
    state.milestones?.takeBack(fact, { whole, day });
    state.tiers?.takeBack(fact, { whole, day, clock: this.clockOf(recordedAt, activity.customer.joinedOn) });
    return taken;
  }

  clockOf(now: Date, joinedOn: string): TierClock {
    return { now, timeZone: this.#policy.timeZone, joinedOn };
  }

  #giveBack(state: SideState, activity: ReplayedActivity, awards: readonly ReplayedAward[]): void {
    const { timeZone, dailyPointsCap } = this.#policy;
    const day = localDay(activity.occurredAt, timeZone);
    const [caps, budgets] = [openUsage([]), openUsage([])];
    const rules = this.ruleSet.earning.byActivityType.get(activity.type.code)?.rules ?? [];
    for (const { ruleId, points } of awards) {
      const compiled = rules.find(({ rule }) => rule.id === ruleId);
      if (compiled === undefined) continue;
      const bounds = boundsOf(compiled.rule, compiled.budgets, day, dailyPointsCap, { caps, budgets });
      recordUse(bounds, points, activity.occurredAt);
    }
    for (const { subject, period, usage } of caps.added()) state.caps.giveBack(subject, period, usage);
    for (const { subject, period, usage } of budgets.added()) this.#budgets.giveBack(subject, period, usage);
  }
}

type Given = Pick<ReplayedAward, 'boosts' | 'tiers'> & { isMilestone?: boolean };

/** Gives what fits under the cap on the balance, as a credit does; nothing where nothing does. Adds it to `earned`. */
function give(
  { balances }: SideState,
  earned: Map<string, number>,
  { id, code, name }: { id: string; code: string; name: string },
  currency: PointCurrency,
  wanted: number,
  { boosts, tiers, isMilestone = false }: Given,
): ReplayedAward[] {
  const held = balances?.get(currency.id) ?? 0;
  const room = currency.balanceCap === null ? wanted : Math.max(0, currency.balanceCap - held);
  const points = Math.min(wanted, room);
  if (points === 0) return [];
  add(earned, currency.id, points);
  if (balances !== null) add(balances, currency.id, points);
  const named = { ruleId: id, ruleCode: code, ruleName: name, currencyId: currency.id };
  return [{ ...named, points, left: points, boosts, tiers, isMilestone }];
}

/** Gives the points of the milestones that a fact reaches, and of those that such points reach in turn. Adds them to the fact. */
function reachMilestones(state: SideState, fact: SideFact, day: string, mayReach: boolean): ReplayedAward[] {
  const awards: ReplayedAward[] = [];
  let next: MeasuredFact = { ...fact, points: new Map(fact.points) };
  for (;;) {
    const gained = new Map<string, number>();
    for (const { compiled } of state.milestones?.count(next, day, mayReach) ?? []) {
      const { milestone, currency } = compiled;
      const terms = { boosts: [], tiers: {}, isMilestone: true };
      const given = give(state, fact.points, milestone, currency, milestone.points, terms);
      for (const { currencyId, points } of given) add(gained, currencyId, points);
      awards.push(...given);
    }
    if (gained.size === 0) return awards;
    next = { activityTypeId: '', properties: {}, points: gained };
  }
}

type SideFact = MeasuredFact & { points: Map<string, number> };

function add(sums: Map<string, number>, currencyId: string, points: number): void {
  sums.set(currencyId, addPoints(sums.get(currencyId) ?? 0, points));
}
