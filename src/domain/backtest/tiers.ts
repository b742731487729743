import { Big } from 'big.js';

import { advanced, windowsFilled } from '../tier/advance.ts';
import { assigned, released, type Assigned } from '../tier/assign.ts';
import type { CompiledLadder } from '../tier/compile.ts';
import { contributionOf, type Measure, type MeasuredFact } from '../tier/measure.ts';
import type { Window } from '../tier/period.ts';
import type { Progress } from '../tier/progress.ts';
import { recalculated, settleStanding, type TierClock } from '../tier/review.ts';
import { NO_STANDING, tierCodesOf, type Standing } from '../tier/standing.ts';
import type { ReplayedTierStep } from './facts.ts';

type State = { standing: Standing; reviewAt: Date | null };

/**
 * The tiers of one customer under one rule set, in memory: the same pure steps as the record's (rise with an activity, fall
 * at a review, hold what was given by hand), with days instead of rows.
 */
export class ReplayTiers {
  readonly #ladders: readonly CompiledLadder[];
  /** By measure, then by local day. */
  readonly #days = new Map<string, Map<string, Big>>();
  /** By ladder; only where the customer was ever above the base. */
  readonly #states = new Map<string, State>();
  #lookedAt = Number.NaN;

  constructor(ladders: readonly CompiledLadder[]) {
    this.#ladders = ladders;
  }

  /** Tier codes by ladder code, in the order of the ladders. */
  codes(): Record<string, string> {
    return tierCodesOf(this.#ladders, (ladderId) => this.#states.get(ladderId)?.standing.tier ?? null);
  }

  /**
   * Does what is due by the clock: all of it where anything is, and once for what was recorded together, as the record does.
   * What was recorded together has one instant.
   */
  settleDue(clock: TierClock): void {
    if (this.#lookedAt === clock.now.getTime()) return;
    this.#lookedAt = clock.now.getTime();
    for (const { reviewAt } of this.#states.values())
      if (reviewAt !== null && reviewAt <= clock.now) return this.settle(clock);
  }

  /** Reviews, ends and warnings up to the clock, each dated at its own instant. */
  settle(clock: TierClock): void {
    for (const compiled of this.#ladders) {
      const state = this.#states.get(compiled.ladder.id);
      if (state === undefined) continue;
      const { standing, nextAt } = settleStanding(compiled, state.standing, this.#progress(compiled.counts), clock);
      this.#states.set(compiled.ladder.id, { standing, reviewAt: nextAt });
    }
  }

  /** Counts what an activity did, and rises as far as that reaches. */
  advance(fact: MeasuredFact, day: string, occurredAt: Date, mayRise: boolean, clock: TierClock): void {
    const grown = new Set<string>();
    for (const [name, measure] of measuresOf(this.#ladders)) {
      const amount = contributionOf(measure, fact);
      if (amount === null) continue;
      this.#add(name, day, amount);
      grown.add(name);
    }
    if (!mayRise) return;
    for (const compiled of this.#ladders) if (grown.has(compiled.counts)) this.#raise(compiled, occurredAt, clock);
  }

  /** Takes amounts of a day out again, then looks at the reviews. */
  takeBack(fact: MeasuredFact, { whole, day, clock }: { whole: boolean; day: string; clock: TierClock }): void {
    let isTouched = false;
    for (const [name, measure] of measuresOf(this.#ladders)) {
      // A part that comes back is no activity less.
      const amount = measure.kind === 'COUNT' && !whole ? null : contributionOf(measure, fact);
      if (amount === null) continue;
      this.#add(name, day, amount.times(-1));
      isTouched = true;
    }
    if (isTouched) this.settle(clock);
  }

  /** Counts points that came without an activity, on a day; nobody rises by them before a review. */
  countLater(fact: MeasuredFact, day: string, clock: TierClock): void {
    for (const [name, measure] of measuresOf(this.#ladders)) {
      const amount = contributionOf(measure, fact);
      if (amount !== null) this.#add(name, day, amount);
    }
    this.settle(clock);
  }

  /** Does what a person did: on the ladders that are there, and where it makes sense on this side. */
  follow({ step }: Pick<ReplayedTierStep, 'step'>, clock: TierClock): void {
    this.settle(clock);
    for (const compiled of this.#ladders) {
      const outcome = this.#outcomeOf(compiled, step, clock);
      if (outcome === null || 'refused' in outcome) continue;
      const { standing, nextAt } = settleStanding(compiled, outcome.standing, this.#progress(compiled.counts), clock);
      this.#states.set(compiled.ladder.id, { standing, reviewAt: nextAt });
    }
  }

  #outcomeOf(compiled: CompiledLadder, step: ReplayedTierStep['step'], clock: TierClock): Assigned | null {
    const { id, code } = compiled.ladder;
    const standing = this.#states.get(id)?.standing ?? NO_STANDING;
    if (step.kind === 'REVIEWED')
      return step.ladders.includes(code)
        ? recalculated(compiled, standing, this.#progress(compiled.counts), clock)
        : null;
    if (step.ladder !== code) return null;
    if (step.kind === 'RELEASED') return released(compiled, standing, clock.now);
    return compiled.indexOf.has(step.assignment.tier) ? assigned(compiled, standing, step.assignment, clock.now) : null;
  }

  #add(measure: string, day: string, amount: Big): void {
    let days = this.#days.get(measure);
    if (days === undefined) this.#days.set(measure, (days = new Map<string, Big>()));
    const sum = (days.get(day) ?? new Big(0)).plus(amount);
    if (sum.eq(0)) days.delete(day);
    else days.set(day, sum);
  }

  #raise(compiled: CompiledLadder, occurredAt: Date, clock: TierClock): void {
    const { id } = compiled.ladder;
    const amount = windowsFilled(compiled, occurredAt, clock)
      .map((window) => this.#sum(compiled.counts, window))
      .reduce((largest, sum) => (sum.gt(largest) ? sum : largest), new Big(0));
    const risen = advanced(compiled, this.#states.get(id)?.standing ?? NO_STANDING, amount, occurredAt, clock);
    if (risen !== null) this.#states.set(id, { standing: risen.standing, reviewAt: risen.nextAt });
  }

  #sum(measure: string, { from, to }: Window): Big {
    let sum = new Big(0);
    for (const [day, amount] of this.#days.get(measure) ?? [])
      if ((from === null || day >= from) && (to === null || day < to)) sum = sum.plus(amount);
    return sum;
  }

  #progress(measure: string): Progress {
    const days = [...(this.#days.get(measure) ?? [])].map(([day, amount]) => ({ day, amount }));
    return { before: new Big(0), days: days.toSorted((a, b) => (a.day < b.day ? -1 : 1)) };
  }
}

const measures = new WeakMap<readonly CompiledLadder[], ReadonlyMap<string, Measure>>();

/** What ladders count, once for all customers of a rule set. */
function measuresOf(ladders: readonly CompiledLadder[]): ReadonlyMap<string, Measure> {
  let known = measures.get(ladders);
  if (known === undefined)
    measures.set(ladders, (known = new Map(ladders.map(({ counts, measure }) => [counts, measure]))));
  return known;
}
