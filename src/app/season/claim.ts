import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { onlyRow } from '#storage/postgres.ts';
import { lockSeasonPrize } from '#storage/season-prize-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { givePrizes } from './settle.ts';

export type PrizeClaimInput = {
  /** A malformed id is null and names nothing. */
  prizeId: string | null;
  /** The customer whose own token claims; null for the team and the tenant's server. */
  byCustomer: string | null;
};

/**
 * Gives a prize that waits for its winner. Once, whoever claims how often; not after its time, whether or not the worker has
 * written that yet. Throws NotFoundError, to a customer of what is somebody else's too, and StateConflictError.
 */
export function claimPrize(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { prizeId, byCustomer }: PrizeClaimInput,
): Promise<{ prizeId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const prize = prizeId === null ? null : await lockSeasonPrize(tx, tx.programId, prizeId);
    if (prize === null || (byCustomer !== null && prize.customerId !== byCustomer)) {
      throw new NotFoundError('prize', ['prizeId']);
    }
    const isOver = prize.claimUntil !== null && prize.claimUntil <= tx.now;
    if (prize.state !== 'CLAIMABLE' || isOver) {
      const state = prize.state === 'CLAIMABLE' ? 'EXPIRED' : prize.state;
      throw new StateConflictError(`This prize cannot be claimed: it is ${state}.`, state, ['prizeId']);
    }
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const given = onlyRow(await givePrizes(deps, tx, catalogue, [prize]));
    if (given.state === 'WITHHELD') {
      throw new StateConflictError('A customer who is blocked or has left is given no prize.', 'WITHHELD', ['prizeId']);
    }
    return { prizeId: prize.id };
  });
}
