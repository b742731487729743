import type { Catalogue } from '#domain/program/catalogue.ts';
import { settleStanding } from '#domain/tier/review.ts';
import { writeTiers } from '#storage/tier-membership-store.ts';

import { placeCustomers } from '../leaderboard/place.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { loadTierViews, type TierView } from './load.ts';
import { collectTierWrites, openState, type TierState } from './write.ts';

/**
 * Does all reviews, ends and warnings of these customers that are due at `tx.now`. The accounts of the default currency must
 * be locked, since their lock keeps tiers still. Doing it again changes nothing. Gives the states as they are then.
 */
export async function settleTiers(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  customerIds: readonly string[],
): Promise<TierState[]> {
  const views = await loadTierViews(tx, catalogue, tx.now, customerIds, { onRecord: true });
  const states = views.map((view) => settledState(view));
  await writeTiers(tx, tx.programId, {
    days: [],
    ...collectTierWrites(deps, tx, catalogue.ruleSet.revision, states),
  });
  await placeCustomers(tx, catalogue, customerIds);
  return states;
}

/** What is due of one view, in memory. Reads take it, too: they are right before the job has run. */
export function settledState({ customerId, compiled, recorded, progress, clock }: TierView): TierState {
  const state = openState(customerId, compiled, recorded);
  const { standing, changes, warnings, nextAt } = settleStanding(compiled, state.standing, progress, clock);
  const steps = changes.map((change) => ({ ...change, activityId: null, note: null }));
  return { ...state, standing, reviewAt: nextAt, steps, warnings };
}
