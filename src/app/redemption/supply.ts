import type { Posting } from '#domain/ledger/posting.ts';
import type { EndedRedemption } from '#storage/redemption-expiry-store.ts';
import { endReservationsOf } from '#storage/redemption-expiry-store.ts';
import { freeKeptCodes } from '#storage/reward-code-store.ts';
import { changeStock, lockStock, type Stock } from '#storage/reward-stock-store.ts';

import type { Tx } from '../transaction.ts';

/** The stock of the rewards that a decision touches, locked. Changes are gathered and written once. */
export type Supply = {
  stockOf(rewardId: string): Stock;
  change(rewardId: string, reserved: number, issued: number): void;
  save(): Promise<void>;
};

/**
 * Ends the reservations whose holds have timed out in the posting, and locks their rewards together with those wanted: one
 * statement, so that the order of locks is kept. The customers' accounts are locked, and the redemptions at hand too.
 */
export async function openSupply(tx: Tx, posting: Posting, wanted: readonly string[]): Promise<Supply> {
  const ended = await endTimedOut(tx, posting);
  const locked = await lockStock(tx, tx.programId, [...wanted, ...ended.map(({ rewardId }) => rewardId)]);
  const changes: Stock[] = [];
  const supply: Supply = {
    stockOf(rewardId) {
      const stock = locked.get(rewardId);
      if (stock === undefined) throw new Error(`the stock of reward ${rewardId} is not locked`);
      return stock;
    },
    change(rewardId, reserved, issued) {
      const stock = supply.stockOf(rewardId);
      stock.reserved += reserved;
      stock.issued += issued;
      changes.push({ rewardId, reserved, issued });
    },
    save: () => changeStock(tx, tx.programId, changes),
  };
  await giveBack(tx, supply, ended);
  return supply;
}

/**
 * Ends reservations whose holds have timed out in a posting that is being saved: so the points, the piece and the code of a
 * reservation come back in one transaction, whoever is the first to notice that its time is over.
 */
export async function endReservations(tx: Tx, posting: Posting): Promise<void> {
  const ended = await endTimedOut(tx, posting);
  await returnEnded(tx, ended);
}

/** Puts what ended redemptions had only reserved back into stock, and tells of them. */
export async function returnEnded(tx: Tx, ended: readonly EndedRedemption[]): Promise<void> {
  const reserved = ended.filter(({ wasReserved }) => wasReserved);
  if (reserved.length > 0) {
    await lockStock(
      tx,
      tx.programId,
      reserved.map(({ rewardId }) => rewardId),
    );
    const changes = reserved.map(({ rewardId, quantity }) => ({ rewardId, reserved: -quantity, issued: 0 }));
    await changeStock(tx, tx.programId, changes);
    await freeCodes(tx, reserved);
  }
  tell(tx, ended);
}

async function giveBack(tx: Tx, supply: Supply, ended: readonly EndedRedemption[]): Promise<void> {
  if (ended.length === 0) return;
  for (const { rewardId, quantity } of ended) supply.change(rewardId, -quantity, 0);
  await freeCodes(tx, ended);
  tell(tx, ended);
}

async function endTimedOut(tx: Tx, posting: Posting): Promise<EndedRedemption[]> {
  const timedOut = [...posting.changedHolds].filter((hold) => hold.state === 'EXPIRED').map((hold) => hold.id);
  return timedOut.length === 0 ? [] : endReservationsOf(tx, tx.programId, tx.now, timedOut);
}

async function freeCodes(tx: Tx, ended: readonly EndedRedemption[]): Promise<void> {
  await freeKeptCodes(
    tx,
    tx.programId,
    ended.map(({ id }) => id),
  );
}

function tell(tx: Tx, ended: readonly EndedRedemption[]): void {
  for (const { customerId, id } of ended)
    tx.emit({ type: 'redemption.changed', customerId, redemptionId: id, state: 'EXPIRED' });
}
