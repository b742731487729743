import { NotFoundError } from '#domain/errors.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import { cancelLot as cancel, releaseLot as release } from '#domain/ledger/pending.ts';
import { assertWithinLimit, readReason } from '#domain/ledger/policy.ts';
import { findAccountOf } from '#storage/ledger-owner-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { selectLots } from '#storage/sql/select-lots.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import { recountEarning } from '../tier/recount.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openLedger, saveLedger } from './posting.ts';
import type { PointsMoved } from './spend-points.ts';

export type SettleLot = { lotId: string | null; reason: string | null; adjustmentMax: number | null };
export type LotSettled = PointsMoved & { lotId: string };

/** Makes the points of a pending lot available before their time. */
export function releaseLot(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: SettleLot,
): Promise<LotSettled & { replayed: boolean }> {
  return settleLot(deps, scope, command, input, release);
}

/** Takes the points of a pending lot back, as if they had not been issued. */
export function cancelLot(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: SettleLot,
): Promise<LotSettled & { replayed: boolean }> {
  return settleLot(deps, scope, command, input, cancel);
}

/** Throws NotFoundError, StateConflictError when the lot is not pending, and LimitExceededError beyond what the actor may move by hand. */
async function settleLot(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: SettleLot,
  operate: typeof release | typeof cancel,
): Promise<LotSettled & { replayed: boolean }> {
  return deps.turns.take([input.lotId], () =>
    mutate(deps, scope, command, async (tx) => {
      const cause = { reason: readReason(input.reason) };
      const { lotId } = input;
      await shareLeaderboards(tx, tx.programId);
      const catalogue = await deps.catalogues.at(tx, tx.programId);
      const owner = lotId === null ? null : await findAccountOf(tx, tx.programId, 'lot', lotId);
      if (lotId === null || owner === null) throw new NotFoundError('lot', ['lotId']);
      const tierKey = { customerId: owner.customerId, currencyId: catalogue.defaultCurrency.id };
      const ledger = await openLedger(deps, tx, [owner, tierKey]);
      const account = ledger.account(owner.customerId, owner.currencyId);
      const [empty] = account.lots.some((each) => each.id === lotId) ? [] : await selectLots(tx, tx.programId, [lotId]);
      const lot = account.lots.find((each) => each.id === lotId) ?? empty;
      if (lot === undefined) throw new NotFoundError('lot', ['lotId']);
      assertWithinLimit(lot.remaining, input.adjustmentMax);
      const transaction = operate(ledger.posting, account, lot, { effectiveAt: tx.now, cause });
      await saveLedger(tx, ledger.posting);
      if (operate === cancel) await recountEarning(deps, tx, catalogue, lot.transactionId);
      return { lotId, transactionId: transaction.id, balance: balanceOf(account, tx.now) };
    }),
  );
}
