import { NotFoundError } from '#domain/errors.ts';
import type { AccountState, Hold } from '#domain/ledger/account.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import type { Redemption } from '#domain/redemption/redemption.ts';
import { findRedemptions, lockRedemption } from '#storage/redemption-store.ts';

import { openLedger, type Ledger } from '../ledger/posting.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { openSupply, type Supply } from './supply.ts';

export type RedemptionCommand = {
  /** A malformed id is null and names nothing. */
  redemptionId: string | null;
  reason: string | null;
  /** The customer whose own token asks; null for the team and the tenant's server. */
  byCustomer: string | null;
};

export type RedemptionMoved = { redemptionId: string; balance: Balance };

/** A redemption with all that moves with it, locked. */
export type OpenRedemption = { redemption: Redemption; ledger: Ledger; account: AccountState; supply: Supply };

/**
 * Locks the account of a redemption, the redemption, and the stock of its reward, in that order. What timed out by
 * `tx.now` has done so, also when no job has written it yet. Throws NotFoundError; to a customer, of what is somebody
 * else's too.
 */
export async function openRedemption(
  deps: Pick<AppDeps, 'newId' | 'catalogues'>,
  tx: Tx,
  { redemptionId, byCustomer }: RedemptionCommand,
): Promise<OpenRedemption> {
  const [found] = redemptionId === null ? [] : await findRedemptions(tx, tx.programId, [redemptionId]);
  if (found === undefined || (byCustomer !== null && found.customerId !== byCustomer))
    throw new NotFoundError('redemption', ['redemptionId']);
  const { customerId, currencyId, rewardId, id } = found;
  const { defaultCurrency } = await deps.catalogues.at(tx, tx.programId);
  const ledger = await openLedger(deps, tx, [
    { customerId, currencyId: defaultCurrency.id },
    { customerId, currencyId },
  ]);
  const redemption = await lockRedemption(tx, tx.programId, id);
  if (redemption === null) throw new Error('a redemption vanished under the lock');
  const supply = await openSupply(tx, ledger.posting, [rewardId]);
  return { redemption, ledger, account: ledger.account(customerId, currencyId), supply };
}

/** The open hold of a reservation; null when it costs no points. */
export function holdOf(account: AccountState, { id, holdId }: Redemption): Hold | null {
  if (holdId === null) return null;
  const hold = account.holds.find((one) => one.id === holdId && one.state === 'OPEN');
  if (hold === undefined) throw new Error(`the hold of redemption ${id} is not open while it is reserved`);
  return hold;
}
