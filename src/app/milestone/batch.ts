import { Big } from 'big.js';

import type { CheckedReport } from '#domain/activity/activity.ts';
import type { CompiledMilestone } from '#domain/milestone/compile.ts';
import type { MilestoneLedger } from '#domain/milestone/give.ts';
import { milestoneWindow, thresholdsCrossed, type Reached } from '#domain/milestone/reach.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { contributionOf } from '#domain/tier/measure.ts';
import { localDay, periodKey } from '#domain/time.ts';
import { insertReached, readMilestoneCounts, type MilestoneKey, type MilestoneRow } from '#storage/milestone-store.ts';

import type { Tx } from '../transaction.ts';

/** The milestones of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchMilestones = MilestoneLedger & { save(tx: Tx): Promise<void> };

type Acting = Pick<CheckedReport, 'type' | 'occurredAt' | 'properties'> & { customerId: string };

const NO_MILESTONES: BatchMilestones = { count: () => [], save: async () => undefined };
const NOTHING_EARNED: ReadonlyMap<string, number> = new Map();

/**
 * Reads what the customers of a batch have of the milestones that its activities may move, in one statement; none where no
 * milestones are live. The accounts of the default currency must be locked, so that nobody else counts meanwhile. What is
 * counted itself, by day, is written by the tiers of the batch.
 */
export async function openMilestones(
  reading: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<BatchMilestones> {
  const live = catalogue.ruleSet.milestones.filter(({ milestone }) => !milestone.paused);
  if (live.length === 0) return NO_MILESTONES;
  const keys = new Map<string, MilestoneKey & { dip: Big }>();
  for (const { customerId, type, occurredAt, properties } of acting) {
    const day = localDay(occurredAt, catalogue.program.timeZone);
    const fact = { activityTypeId: type.id, properties, points: NOTHING_EARNED };
    for (const compiled of live) {
      if (compiled.measure.kind !== 'POINTS' && compiled.measure.activityTypeId !== type.id) continue;
      const { name, period } = nameOf(compiled, customerId, day);
      const { id: milestoneId, period: length } = compiled.milestone;
      const key = keys.get(name) ?? {
        ...{ customerId, milestoneId, measure: compiled.counts, period, dip: new Big(0) },
        ...milestoneWindow(length, day),
      };
      const amount = contributionOf(compiled.measure, fact);
      keys.set(name, amount?.lt(0) === true ? { ...key, dip: key.dip.plus(amount) } : key);
    }
  }
  const counts = await readMilestoneCounts(reading, reading.programId, [...keys.values()]);
  const states = [...keys.keys()].map((name, index): [string, State] => {
    const { sum = new Big(0), reachedAbove = [] } = counts[index] ?? {};
    return [name, { sum, reached: new Set(reachedAbove) }];
  });
  return new Batch(catalogue, live, new Map(states));
}

function nameOf({ milestone }: CompiledMilestone, customerId: string, day: string): { name: string; period: string } {
  const period = periodKey(milestone.period, day);
  return { name: `${customerId} ${milestone.id} ${period}`, period };
}

/** What is counted so far, and thresholds that are reached, though the sum may lie below them. */
type State = { sum: Big; reached: Set<string> };

class Batch implements BatchMilestones {
  readonly #timeZone: string;
  readonly #live: readonly CompiledMilestone[];
  readonly #states: ReadonlyMap<string, State>;
  readonly #rows: Omit<MilestoneRow, 'recordedAt'>[] = [];

  constructor(catalogue: Catalogue, live: readonly CompiledMilestone[], states: ReadonlyMap<string, State>) {
    this.#timeZone = catalogue.program.timeZone;
    this.#live = live;
    this.#states = states;
  }

  count(
    { customerId, occurredAt, activityId, mayReach }: Parameters<MilestoneLedger['count']>[0],
    fact: Parameters<MilestoneLedger['count']>[1],
  ): Reached[] {
    if (!mayReach) return [];
    const day = localDay(occurredAt, this.#timeZone);
    const reached: Reached[] = [];
    for (const compiled of this.#live) {
      const amount = contributionOf(compiled.measure, fact);
      const { name, period } = nameOf(compiled, customerId, day);
      const state = amount === null ? undefined : this.#states.get(name);
      if (amount === null || state === undefined) continue;
      const before = state.sum;
      state.sum = before.plus(amount);
      const wasReached = (threshold: Big): boolean => state.reached.has(threshold.toFixed());
      for (const threshold of thresholdsCrossed(compiled, before, state.sum, wasReached)) {
        const { id: milestoneId } = compiled.milestone;
        state.reached.add(threshold.toFixed());
        reached.push({ compiled, period, threshold });
        this.#rows.push({
          customerId,
          milestoneId,
          period,
          threshold: threshold.toFixed(),
          activityId,
          reachedAt: occurredAt,
        });
      }
    }
    return reached;
  }

  async save(tx: Tx): Promise<void> {
    await insertReached(
      tx,
      tx.programId,
      this.#rows.map((row) => ({ ...row, recordedAt: tx.now })),
    );
  }
}
