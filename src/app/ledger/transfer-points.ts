import { InvalidInputError } from '#domain/errors.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { transfer } from '#domain/ledger/debit.ts';
import { readReason } from '#domain/ledger/policy.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { findCurrency, requireUsers, turnOf } from './parties.ts';
import type { CustomerName } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';

export type TransferPoints = {
  from: CustomerName;
  to: CustomerName;
  currency: string | null;
  amount: number;
  reason: string | null;
};
export type PointsTransferred = { transactionId: string; from: Balance; to: Balance };

/** Moves available points to another customer; lots keep their expiry. Both sides must be free to use points. */
export async function transferPoints(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TransferPoints,
): Promise<PointsTransferred & { replayed: boolean }> {
  return deps.turns.take([turnOf(input.from), turnOf(input.to)], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      const currency = findCurrency(await deps.catalogues.at(tx, tx.programId), input.currency);
      const [fromId = '', toId = ''] = await requireUsers(tx, [
        { ...input.from, path: ['fromCustomerId'] },
        { ...input.to, path: ['toCustomerId'] },
      ]);
      if (fromId === toId)
        throw new InvalidInputError('Points cannot be transferred to the same customer.', ['toCustomerId']);
      const ledger = await openLedger(deps, tx, [
        { customerId: fromId, currencyId: currency.id },
        { customerId: toId, currencyId: currency.id },
      ]);
      const from = ledger.account(fromId, currency.id);
      const to = ledger.account(toId, currency.id);
      const transaction = transfer(ledger.posting, from, to, {
        currency,
        amount: input.amount,
        effectiveAt: tx.now,
        cause: { reason },
      });
      await saveLedger(tx, ledger.posting);
      return { transactionId: transaction.id, from: balanceOf(from, tx.now), to: balanceOf(to, tx.now) };
    }),
  );
}
