import { normaliseExternalId } from '#domain/customer/identity.ts';
import { UserError } from '#domain/errors.ts';
import type { AccountState } from '#domain/ledger/account.ts';
import { credit } from '#domain/ledger/credit.ts';
import { spend } from '#domain/ledger/debit.ts';
import { assertMayUsePoints, readReason } from '#domain/ledger/policy.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import { findKnownReasons } from '#storage/ledger-transaction-store.ts';

import { inTransaction, type AppDeps, type Scope } from '../transaction.ts';
import { openLedger, saveLedger } from './posting.ts';

/** Something that happened to a customer's points before the program knew of it, in the default currency. */
export type PastMovement = {
  /** OPENING gives what the customer had already, as an adjustment; SPEND redeems. */
  kind: 'OPENING' | 'SPEND';
  customerExternalId: string;
  amount: number;
  effectiveAt: Date;
  /** Names this movement among all of the customer for ever: one that is on record is not booked again. */
  reason: string;
};

/** A movement that was on record before counts as booked. */
export type PastOutcome = { kind: 'BOOKED' } | { kind: 'REFUSED'; reason: string };

/**
 * Books movements of the past of any number of customers in one transaction, in the order given: by the same operations as
 * single calls, with a number of statements that does not grow. Repeatable for ever, since the reason is the key. A refused
 * movement is told in its place and leaves the others alone.
 */
export async function bookPast(
  deps: AppDeps,
  scope: Scope,
  movements: readonly PastMovement[],
): Promise<PastOutcome[]> {
  return inTransaction(deps, scope, async (tx) => {
    const { defaultCurrency: currency } = await deps.catalogues.at(tx, tx.programId);
    const names = [...new Set(movements.flatMap((one) => normaliseExternalId(one.customerExternalId) ?? []))];
    const customers = new Map(
      (await findCustomerFacts(tx, tx.programId, [], names)).map((customer) => [customer.externalId, customer]),
    );
    const ids = [...customers.values()].map(({ id }) => id);
    const ledger = await openLedger(
      deps,
      tx,
      ids.map((customerId) => ({ customerId, currencyId: currency.id })),
    );
    const known = await findKnownReasons(tx, tx.programId, ids, [...new Set(movements.map(({ reason }) => reason))]);
    const outcomes = movements.map((movement): PastOutcome => {
      const customer = customers.get(normaliseExternalId(movement.customerExternalId) ?? '');
      if (customer === undefined) return { kind: 'REFUSED', reason: 'There is no such customer.' };
      if (known.has(`${customer.id} ${movement.reason}`)) return { kind: 'BOOKED' };
      try {
        assertMayUsePoints(customer.enrolmentState, []);
        post(ledger.posting, ledger.account(customer.id, currency.id), currency, movement);
        return { kind: 'BOOKED' };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { kind: 'REFUSED', reason: error.message };
      }
    });
    await saveLedger(tx, ledger.posting);
    return outcomes;
  });
}

function post(posting: Posting, account: AccountState, currency: PointCurrency, movement: PastMovement): void {
  const { amount, effectiveAt } = movement;
  const cause = { reason: readReason(movement.reason) };
  if (movement.kind === 'SPEND') spend(posting, account, { currency, amount, effectiveAt, cause });
  else
    credit(posting, account, {
      kind: 'ADJUST',
      currency,
      amount,
      effectiveAt,
      pending: null,
      expiresAt: null,
      beyondCap: 'REFUSE',
      cause,
    });
}
