import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import type { AccountState } from '#domain/ledger/account.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import { credit } from '#domain/ledger/credit.ts';
import { adjustDown } from '#domain/ledger/debit.ts';
import { assertWithinLimit, readReason } from '#domain/ledger/policy.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { findCurrency, requireCustomers, turnOf } from './parties.ts';
import type { CustomerName } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';
import type { PointsMoved } from './spend-points.ts';

export type AdjustPoints = {
  customer: CustomerName;
  currency: string | null;
  /** Above zero gives points, below zero takes them. */
  amount: number;
  reason: string;
  /** Only when giving; null never expires, or lasts with activity where the currency's points do. */
  expiresAt: Date | null;
  /** Most points that the actor may move at once; null is without limit. */
  adjustmentMax: number | null;
};

/**
 * A manual correction with a reason and an actor. Giving makes a lot and is refused beyond the balance cap; taking draws on
 * the soonest-expiring lots and never makes a debt. Open for customers in any enrolment state.
 */
export async function adjustPoints(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: AdjustPoints,
): Promise<PointsMoved & { replayed: boolean }> {
  return deps.turns.take([turnOf(input.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      assertWithinLimit(Math.abs(input.amount), input.adjustmentMax);
      if (input.expiresAt !== null && (input.amount < 0 || input.expiresAt <= tx.now)) {
        throw new InvalidInputError('expiresAt lies in the future and belongs to points that are given.', [
          'expiresAt',
        ]);
      }
      const currency = findCurrency(await deps.catalogues.at(tx, tx.programId), input.currency);
      const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
      const ledger = await openLedger(deps, tx, [{ customerId, currencyId: currency.id }]);
      const account = ledger.account(customerId, currency.id);
      const transactionId = adjust(ledger.posting, account, { ...input, reason, currency, now: tx.now });
      await saveLedger(tx, ledger.posting);
      tx.audit({
        action: 'points.adjusted',
        subject: publicId('LedgerTransaction', transactionId),
        after: { amount: input.amount, reason },
      });
      return { transactionId, balance: balanceOf(account, tx.now) };
    }),
  );
}

type Adjustment = { amount: number; expiresAt: Date | null; reason: string | null; currency: PointCurrency; now: Date };

function adjust(posting: Posting, account: AccountState, input: Adjustment): string {
  const { currency, expiresAt, now } = input;
  const cause = { reason: input.reason };
  if (input.amount < 0)
    return adjustDown(posting, account, { currency, amount: -input.amount, effectiveAt: now, cause }).id;
  const { transactionId } = credit(posting, account, {
    kind: 'ADJUST',
    currency,
    amount: input.amount,
    effectiveAt: now,
    pending: null,
    expiresAt,
    beyondCap: 'REFUSE',
    cause,
  });
  if (transactionId === null) throw new Error('an adjustment is given whole or refused');
  return transactionId;
}
