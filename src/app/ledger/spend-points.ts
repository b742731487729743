import { balanceOf } from '#domain/ledger/balance.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { spend } from '#domain/ledger/debit.ts';
import { readReason } from '#domain/ledger/policy.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { findCurrency, requireUsers, turnOf } from './parties.ts';
import type { CustomerName } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';

export type SpendPoints = { customer: CustomerName; currency: string | null; amount: number; reason: string | null };
export type PointsMoved = { transactionId: string; balance: Balance };

/** Takes available points for good, soonest-expiring first. Refused when there are fewer, and for status points. */
export async function spendPoints(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: SpendPoints,
): Promise<PointsMoved & { replayed: boolean }> {
  return deps.turns.take([turnOf(input.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      const currency = findCurrency(await deps.catalogues.at(tx, tx.programId), input.currency);
      const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
      const ledger = await openLedger(deps, tx, [{ customerId, currencyId: currency.id }]);
      const account = ledger.account(customerId, currency.id);
      const transaction = spend(ledger.posting, account, {
        currency,
        amount: input.amount,
        effectiveAt: tx.now,
        cause: { reason },
      });
      await saveLedger(tx, ledger.posting);
      return { transactionId: transaction.id, balance: balanceOf(account, tx.now) };
    }),
  );
}
