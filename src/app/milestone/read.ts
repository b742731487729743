import { Big } from 'big.js';

import type { CompiledMilestone } from '#domain/milestone/compile.ts';
import type { MilestoneProgress } from '#domain/milestone/progress.ts';
import { milestoneWindow, nextThreshold } from '#domain/milestone/reach.ts';
import { localDay, periodKey } from '#domain/time.ts';
import { readMilestoneCounts, readReached } from '#storage/milestone-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/**
 * How far customers are with all live milestones in the running periods, in the order of the milestones; two statements for
 * any number of customers. Paused milestones are left out.
 */
export async function readMilestones(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, MilestoneProgress[]>> {
  const { program, ruleSet } = await deps.catalogues.current(programId);
  const day = localDay(program.testClock ?? deps.clock(), program.timeZone);
  const wanted = customerIds.flatMap((customerId) =>
    ruleSet.milestones
      .filter(({ milestone }) => !milestone.paused)
      .map((compiled) => ({ compiled, ...keyOf(compiled, customerId, day) })),
  );
  const [counts, reached] = await Promise.all([
    readMilestoneCounts(deps.reads, programId, wanted),
    readReached(deps.reads, programId, wanted),
  ]);
  const progress = wanted.map(({ compiled, customerId, period, from, to }, index): MilestoneProgress => {
    const { sum: value = new Big(0), reachedAbove = [] } = counts[index] ?? {};
    const known = new Set(reachedAbove);
    const next = nextThreshold(compiled, value, (threshold) => known.has(threshold.toFixed()));
    return {
      ...{ customerId, compiled, period, window: { from, to }, value, next },
      missing: next?.minus(value) ?? null,
      reached: reached[index] ?? [],
    };
  });
  return Map.groupBy(progress, ({ customerId }) => customerId);
}

function keyOf({ milestone, counts }: CompiledMilestone, customerId: string, day: string) {
  return {
    customerId,
    milestoneId: milestone.id,
    measure: counts,
    period: periodKey(milestone.period, day),
    ...milestoneWindow(milestone.period, day),
    dip: new Big(0),
  };
}
