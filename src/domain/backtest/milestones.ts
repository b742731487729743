import { Big } from 'big.js';

import type { CompiledMilestone } from '../milestone/compile.ts';
import { thresholdsCrossed } from '../milestone/reach.ts';
import { contributionOf, type MeasuredFact } from '../tier/measure.ts';
import { periodKey } from '../time.ts';

/** A threshold that an activity reaches in a replay. */
export type ReachedInReplay = { compiled: CompiledMilestone };

/** What is counted in a period, and the thresholds that are reached; made when the first one is. */
type State = { sum: Big; reached: Set<string> | null };

const NOTHING = new Big(0);

/**
 * The milestones of one customer under one rule set, in memory: the same law as the record's (domain/milestone/reach.ts),
 * as if the rule set had been live from the first activity on record.
 */
export class ReplayMilestones {
  readonly #live: readonly CompiledMilestone[];
  readonly #states = new Map<string, State>();

  constructor(live: readonly CompiledMilestone[]) {
    this.#live = live;
  }

  /** Adds what a fact of a local day comes to. Gives what it reaches, each threshold once; nothing to whom nothing is given. */
  count(fact: MeasuredFact, day: string, mayReach: boolean): ReachedInReplay[] {
    const gained: ReachedInReplay[] = [];
    for (const compiled of this.#live) {
      const amount = contributionOf(compiled.measure, fact);
      if (amount === null) continue;
      const state = this.#stateOf(compiled, day);
      const before = state.sum;
      state.sum = before.plus(amount);
      if (!mayReach) continue;
      const { reached } = state;
      const crossed = thresholdsCrossed(compiled, before, state.sum, (one) => reached?.has(one.toFixed()) === true);
      for (const threshold of crossed) {
        state.reached ??= new Set<string>();
        state.reached.add(threshold.toFixed());
        gained.push({ compiled });
      }
    }
    return gained;
  }

  /** Takes amounts of a day out again. What was reached stays reached. */
  takeBack(fact: MeasuredFact, { whole, day }: { whole: boolean; day: string }): void {
    for (const compiled of this.#live) {
      // A part that comes back is no activity less.
      const amount = compiled.measure.kind === 'COUNT' && !whole ? null : contributionOf(compiled.measure, fact);
      if (amount === null) continue;
      const state = this.#stateOf(compiled, day);
      state.sum = state.sum.minus(amount);
    }
  }

  #stateOf({ milestone }: CompiledMilestone, day: string): State {
    const name = `${milestone.id} ${periodKey(milestone.period, day)}`;
    let state = this.#states.get(name);
    if (state === undefined) this.#states.set(name, (state = { sum: NOTHING, reached: null }));
    return state;
  }
}
