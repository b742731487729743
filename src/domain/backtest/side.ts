import type { Big } from 'big.js';

import { pointsKept } from '../activity/reverse.ts';
import type { BoostApplied } from '../earning/boost.ts';
import { boundsOf, recordUse } from '../earning/bound.ts';
import { evaluateRules, type EarningPolicy } from '../earning/evaluate.ts';
import type { ActivityCounters } from '../earning/facts.ts';
import { openUsage } from '../earning/usage.ts';
import { addPoints } from '../points.ts';
import type { RuleSet } from '../rule-set/rule-set.ts';
import type { TierClock } from '../tier/review.ts';
import { firstTier } from '../tier/standing.ts';
import { localDay } from '../time.ts';
import type { RecordedAward, ReplayedActivity } from './facts.ts';
import { ReplayTiers } from './tiers.ts';
import { ReplayUsage } from './usage.ts';

/** What one customer has used and reached under one rule set. */
export type SideState = { caps: ReplayUsage; tiers: ReplayTiers | null };

/** What a rule gave in a replay, and how much of it is left after reversals. */
export type ReplayedAward = RecordedAward & {
  left: number;
  boosts: readonly BoostApplied[];
  tiers: Readonly<Record<string, string>>;
};

/**
 * One rule set at work on replayed activities: the evaluation of the activity path itself, over usage and tiers of its own.
 * What rests on the ledger (balance caps, when points become available or expire) is not part of it.
 */
export class ReplaySide {
  readonly ruleSet: RuleSet;
  readonly #policy: EarningPolicy;
  readonly #budgets = new ReplayUsage();

  constructor(ruleSet: RuleSet, policy: EarningPolicy) {
    this.ruleSet = ruleSet;
    this.#policy = policy;
  }

  open(): SideState {
    const { ladders } = this.ruleSet;
    return { caps: new ReplayUsage(), tiers: ladders.length === 0 ? null : new ReplayTiers(ladders) };
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
    for (const award of awards)
      points.set(award.currency.id, addPoints(points.get(award.currency.id) ?? 0, award.points));
    const day = localDay(occurredAt, this.#policy.timeZone);
    const mayRise = customer.enrolmentState === 'ENROLLED';
    state.tiers?.advance({ activityTypeId: type.id, properties, points }, day, occurredAt, mayRise, clock);
    return awards.map(({ rule, currency, points: given, boosts }) => ({
      ruleId: rule.id,
      ruleCode: rule.code,
      ruleName: rule.name,
      currencyId: currency.id,
      points: given,
      left: given,
      boosts,
      tiers,
    }));
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
      const kept = whole ? 0 : pointsKept(award, this.ruleSet, subject, activity.customer, returned);
      const gone = Math.max(0, award.left - kept);
      award.left -= gone;
      points.set(award.currencyId, addPoints(points.get(award.currencyId) ?? 0, gone));
      return gone;
    });
    if (whole) this.#giveBack(state, activity, awards);
    state.tiers?.takeBack(
      {
        activityTypeId: activity.type.id,
        properties: Object.fromEntries([...now].map(([property, amount]) => [property, amount.toFixed()])),
        points,
      },
      {
        whole,
        day: localDay(activity.occurredAt, this.#policy.timeZone),
        clock: this.clockOf(recordedAt, activity.customer.joinedOn),
      },
    );
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
