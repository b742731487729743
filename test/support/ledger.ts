// Customers with points, for tests that start from a balance.
import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { openLedger, saveLedger } from '#app/ledger/posting.ts';
import { readBalances } from '#app/ledger/read-balances.ts';
import { inTransaction } from '#app/transaction.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { credit } from '#domain/ledger/credit.ts';
import type { Credited, PendingTerms } from '#domain/ledger/credit.ts';
import type { Deps } from '#src/deps.ts';

import { checkInvariants } from '../../src/jobs/check-invariants.ts';
import type { TestProgram } from './program.ts';

/** A customer of the program, enrolled unless said otherwise; answers the UUID. */
export async function aCustomer(deps: Deps, program: TestProgram, state = 'ENROLLED'): Promise<string> {
  const id = deps.newId();
  await deps.reads.query(
    'insert into customer (program_id, id, external_id, enrolment_state) values ($1, $2, $3, $4)',
    [program.programId, id, `customer ${id}`, state],
  );
  return id;
}

export type Earning = { expiresAt?: Date; pending?: PendingTerms; effectiveAt?: Date; currencyId?: string };

/** Earns points as an activity would: from issuance, by a published rule. */
export async function earn(
  deps: Deps,
  program: TestProgram,
  customerId: string,
  amount: number,
  terms: Earning = {},
): Promise<Credited> {
  await deps.reads.query(
    `insert into rule_set_revision (program_id, revision, content, diff, published_at, published_by)
     values ($1, 1, '{}', '[]', now(), 'test') on conflict do nothing`,
    [program.programId],
  );
  return inTransaction(deps, program.scope, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const currency = catalogue.currencyById.get(terms.currencyId ?? program.currencyId) ?? catalogue.defaultCurrency;
    const ledger = await openLedger(deps, tx, [{ customerId, currencyId: currency.id }], { lots: 'WHEN_DUE' });
    const credited = credit(ledger.posting, ledger.account(customerId, currency.id), {
      kind: 'EARN',
      currency,
      amount,
      effectiveAt: terms.effectiveAt ?? tx.now,
      pending: terms.pending ?? null,
      expiresAt: terms.expiresAt ?? null,
      beyondCap: 'TRUNCATE',
      cause: { ruleId: randomUUID(), ruleRevision: 1 },
    });
    await saveLedger(tx, ledger.posting);
    return credited;
  });
}

/** The balance as a reader sees it now. */
export async function balanceNow(deps: Deps, program: TestProgram, customerId: string): Promise<Balance> {
  return balanceAt(deps, program, customerId, null, 'EFFECTIVE');
}

export async function balanceAt(
  deps: Deps,
  program: TestProgram,
  customerId: string,
  asOf: Date | null,
  basis: 'EFFECTIVE' | 'RECORDED',
): Promise<Balance> {
  const [balance] = await readBalances(deps, program.programId, [
    { customerId, currencyId: program.currencyId, asOf, basis },
  ]);
  if (balance === undefined) throw new Error('no balance');
  return balance;
}

/** No law of the ledger is broken in any program of this database. */
export async function expectNoOffences(deps: Deps): Promise<void> {
  expect(await checkInvariants(deps.reads)).toEqual([]);
}
