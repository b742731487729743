import { levelAt, type LevelReached } from '#domain/level/level.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { outlookOf, type Outlook } from '#domain/tier/project.ts';
import type { TierReason } from '#domain/tier/standing.ts';
import type { Statements } from '#storage/postgres.ts';
import { findOpenMemberships } from '#storage/tier-membership-store.ts';
import { readProgress } from '#storage/tier-store.ts';

import type { Catalogues } from '../program/catalogues.ts';
import { loadTierViews, type TierView } from './load.ts';
import { settledState } from './settle.ts';
import type { TierState } from './write.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** A customer on one ladder, as of now, also when no job has yet done what came due. */
export type TierNow = {
  customerId: string;
  view: TierView;
  state: TierState;
  outlook: Outlook;
  /** Since when the tier counts, and why: null where the customer was never above the base. */
  since: Date;
  reason: TierReason | null;
};

/**
 * Where customers who take part stand on all live ladders, in the order of those; four statements for any number of
 * customers. Others have no tiers and are left out.
 */
export async function readTiers(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, TierNow[]>> {
  const catalogue = await deps.catalogues.at(deps.reads, programId);
  if (catalogue.ruleSet.ladders.length === 0) return new Map();
  const loaded = await loadTierViews(deps.reads, catalogue, nowOf(deps, catalogue), customerIds);
  const views = loaded.filter(({ takesPart }) => takesPart);
  const open = await findOpenMemberships(deps.reads, programId, customerIds);
  const reasons = new Map(open.map((row) => [`${row.customerId} ${row.ladderId}`, row.reason]));
  const tiers = views.map((view): TierNow => {
    const state = settledState(view);
    const { customerId, compiled, clock, progress, joinedAt } = view;
    return {
      customerId,
      view,
      state,
      outlook: outlookOf(compiled, state.standing, progress, clock),
      since: state.standing.since ?? joinedAt,
      reason: state.steps.at(-1)?.reason ?? reasons.get(`${customerId} ${compiled.ladder.id}`) ?? null,
    };
  });
  return Map.groupBy(tiers, ({ customerId }) => customerId);
}

/** The levels of customers by the points of their lifetime; null while no levels are live. */
export async function readLevels(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<(LevelReached | null)[]> {
  const { ruleSet } = await deps.catalogues.at(deps.reads, programId);
  const { counts } = ruleSet.levels;
  if (counts === null) return customerIds.map(() => null);
  const progress = await readProgress(
    deps.reads,
    programId,
    customerIds.map((customerId) => ({ customerId, measure: counts, from: '9999-12-31' })),
  );
  return progress.map(({ before }) => levelAt(ruleSet.levels, before));
}

/** The program's time. */
export function nowOf(deps: Pick<Reading, 'clock'>, { program }: Catalogue): Date {
  return program.testClock ?? deps.clock();
}
