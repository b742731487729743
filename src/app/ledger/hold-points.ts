import { balanceOf } from '#domain/ledger/balance.ts';
import { hold } from '#domain/ledger/hold.ts';
import { holdExpiry, readReason } from '#domain/ledger/policy.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { findCurrency, requireUsers, turnOf } from './parties.ts';
import type { CustomerName } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';
import type { PointsMoved } from './spend-points.ts';

export type HoldPoints = {
  customer: CustomerName;
  currency: string | null;
  amount: number;
  /** At most one of the two; neither holds for a day. */
  expiresAt: Date | null;
  ttlSeconds: number | null;
  reason: string | null;
};
export type PointsHeld = PointsMoved & { holdId: string };

/** Sets available points aside until they are captured, released, or the hold times out. */
export async function holdPoints(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: HoldPoints,
): Promise<PointsHeld & { replayed: boolean }> {
  return deps.turns.take([turnOf(input.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      const expiresAt = holdExpiry(tx.now, input);
      const currency = findCurrency(await deps.catalogues.at(tx, tx.programId), input.currency);
      const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
      const ledger = await openLedger(deps, tx, [{ customerId, currencyId: currency.id }]);
      const account = ledger.account(customerId, currency.id);
      const opened = hold(ledger.posting, account, {
        currency,
        amount: input.amount,
        effectiveAt: tx.now,
        expiresAt,
        cause: { reason },
      });
      await saveLedger(tx, ledger.posting);
      return { holdId: opened.hold.id, transactionId: opened.transaction.id, balance: balanceOf(account, tx.now) };
    }),
  );
}
