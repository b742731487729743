import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { settleStanding } from '#domain/tier/review.ts';
import type { moved } from '#domain/tier/standing.ts';
import { lockAccounts } from '#storage/ledger-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { writeTiers } from '#storage/tier-membership-store.ts';

import { placeCustomers } from '../leaderboard/place.ts';
import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { loadTierViews, type TierView } from './load.ts';
import { settledState } from './settle.ts';
import { collectTierWrites, type TierState } from './write.ts';

const REASON_LENGTH_MAX = 500;

/** One state and the view that it came from, settled up to now. */
export type TierNow = { view: TierView; state: TierState };

/**
 * Locks a customer's tiers and brings them up to now; `ladderCode` names one ladder, null takes all live ones; `resolve`
 * says who may be meant. Throws NotFoundError for an unknown customer or ladder. Nothing is written before `saveChanged`.
 */
export async function openCustomerTiers(
  deps: AppDeps,
  tx: Tx,
  customer: CustomerName,
  ladderCode: string | null,
  resolve: typeof requireCustomers = requireCustomers,
): Promise<{ customerId: string; revision: number; tiers: TierNow[] }> {
  await shareLeaderboards(tx, tx.programId);
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const [customerId = ''] = await resolve(tx, [{ ...customer, path: ['customerId'] }]);
  const ladders = catalogue.ruleSet.ladders.filter(({ ladder }) => ladderCode === null || ladder.code === ladderCode);
  if (ladderCode !== null && ladders.length === 0) throw new NotFoundError('ladder', ['ladder']);
  await lockAccounts(tx, deps.newId, tx.programId, [{ customerId, currencyId: catalogue.defaultCurrency.id }]);
  const views = await loadTierViews(tx, catalogue, tx.now, [customerId], { ladders });
  return {
    customerId,
    revision: catalogue.ruleSet.revision,
    tiers: views.map((view) => ({ view, state: settledState(view) })),
  };
}

/** The state after a step that a person takes, with its next review found anew. */
export function stepped(
  { view, state }: TierNow,
  { standing, change }: ReturnType<typeof moved>,
  note: string | null,
): TierState {
  const after = settleStanding(view.compiled, standing, view.progress, view.clock);
  const steps = change === null ? state.steps : [...state.steps, { ...change, activityId: null, note }];
  return {
    ...state,
    standing: after.standing,
    reviewAt: after.nextAt,
    steps: [...steps, ...after.changes.map((later) => ({ ...later, activityId: null, note: null }))],
    warnings: [...state.warnings, ...after.warnings],
  };
}

/** Writes changed states, with their events. */
export async function saveChanged(
  deps: Pick<AppDeps, 'newId' | 'catalogues'>,
  tx: Tx,
  revision: number,
  states: readonly TierState[],
): Promise<void> {
  await writeTiers(tx, tx.programId, { days: [], ...collectTierWrites(deps, tx, revision, states) });
  await placeCustomers(
    tx,
    await deps.catalogues.at(tx, tx.programId),
    states.map(({ customerId }) => customerId),
  );
}

/** A reason of 1 to 500 characters. Throws InvalidInputError. */
export function requireTierReason(reason: string): string {
  const text = reason.trim();
  if (text === '' || [...text].length > REASON_LENGTH_MAX || !text.isWellFormed() || text.includes('\0'))
    throw new InvalidInputError(`A reason has 1 to ${REASON_LENGTH_MAX} characters.`, ['reason']);
  return text;
}
