import DataLoader from 'dataloader';

import { findHolds, findLots, findLotsOfTransactions, type Owned } from '#app/ledger/find-views.ts';
import { answerBalances } from '#app/ledger/read-balances.ts';
import { may, type Caller } from '#domain/caller.ts';
import type { Hold, Lot } from '#domain/ledger/account.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import type { Deps } from '#src/deps.ts';
import { findCustomers } from '#storage/customer-store.ts';
import { findAccountIds } from '#storage/ledger-owner-store.ts';
import { findEntries, findReversals, findTransactions, type EntryView } from '#storage/ledger-transaction-store.ts';
import type { ViewWanted } from '#storage/sql/select-account-views.ts';

import { loaderById } from './by-id.ts';

/** Whether the caller may see a customer's points: whoever holds ledger:read, and the customer. */
export function maySeeLedgerOf(caller: Caller, customerId: string | null): boolean {
  return (
    may(caller, 'ledger:read') ||
    (caller.kind === 'CUSTOMER' && may(caller, 'self:read') && caller.customerId === customerId)
  );
}

/**
 * Balances, all of one request in one statement and so as of one moment. Nothing is remembered: after a mutation in the
 * same request the next read is new.
 */
export function createLedgerBalanceLoader(deps: Deps, programId: string | null): DataLoader<ViewWanted, Balance> {
  return new DataLoader<ViewWanted, Balance>(
    async (wanted) => (programId === null ? [] : answerBalances(deps, programId, wanted)),
    { cache: false },
  );
}

/** Ids of the accounts in which balances rest; null for a balance that never was. */
export function createLedgerAccountIdLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<{ customerId: string; currencyId: string }, string | null, string> {
  return new DataLoader(
    async (keys) => (programId === null ? keys.map(() => null) : findAccountIds(deps.reads, programId, keys)),
    { cacheKeyFn: ({ customerId, currencyId }) => `${customerId} ${currencyId}` },
  );
}

/** Transactions by id that the caller may see: of a transfer, both sides. */
export function createLedgerTransactionLoader(deps: Deps, caller: Caller): DataLoader<string, TransactionRow | null> {
  return loaderById(async (ids) => {
    if (!('programId' in caller)) return [];
    const rows = await findTransactions(deps.reads, caller.programId, ids);
    return rows.filter((row) => maySeeLedgerOf(caller, row.customerId) || maySeeLedgerOf(caller, row.toCustomerId));
  });
}

/** The entries of a transaction that the caller may see: a customer sees their own account and the counterparties. */
export function createEntriesLoader(deps: Deps, caller: Caller): DataLoader<string, readonly EntryView[]> {
  return new DataLoader(async (transactionIds) => {
    if (!('programId' in caller)) return transactionIds.map(() => []);
    const rows = await findEntries(deps.reads, caller.programId, transactionIds);
    const visible = rows.filter((row) => row.customerId === null || maySeeLedgerOf(caller, row.customerId));
    const byTransaction = Map.groupBy(visible, (row) => row.transactionId);
    return transactionIds.map((id) => byTransaction.get(id) ?? []);
  });
}

/** What has reversed a transaction so far. */
export function createReversalsLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly TransactionRow[]> {
  return new DataLoader(async (ids) => {
    const rows = programId === null ? [] : await findReversals(deps.reads, programId, ids);
    const byOriginal = Map.groupBy(rows, (row) => row.reversesId);
    return ids.map((id) => byOriginal.get(id) ?? []);
  });
}

export function createLotLoader(deps: Deps, caller: Caller): DataLoader<string, Owned<Lot> | null> {
  return loaderById(async (ids) =>
    'programId' in caller ? visibleTo(caller, await findLots(deps, caller.programId, ids)) : [],
  );
}

/** The lots that a transaction brought. */
export function createLotsOfTransactionLoader(deps: Deps, caller: Caller): DataLoader<string, readonly Owned<Lot>[]> {
  return new DataLoader(async (ids) => {
    const lots =
      'programId' in caller ? visibleTo(caller, await findLotsOfTransactions(deps, caller.programId, ids)) : [];
    const byTransaction = Map.groupBy(lots, (lot) => lot.transactionId);
    return ids.map((id) => byTransaction.get(id) ?? []);
  });
}

export function createHoldLoader(deps: Deps, caller: Caller): DataLoader<string, Owned<Hold> | null> {
  return loaderById(async (ids) =>
    'programId' in caller ? visibleTo(caller, await findHolds(deps, caller.programId, ids)) : [],
  );
}

function visibleTo<Thing extends Owned<object>>(caller: Caller, things: readonly Thing[]): Thing[] {
  return things.filter((thing) => maySeeLedgerOf(caller, thing.owner.customerId));
}

/** Whether the program has a customer of that id, for callers who may see points but not profiles. */
export function createCustomerExistsLoader(deps: Deps, programId: string | null): DataLoader<string, boolean> {
  return new DataLoader(async (ids) => {
    const found = new Set(
      programId === null ? [] : (await findCustomers(deps.reads, programId, ids)).map((customer) => customer.id),
    );
    return ids.map((id) => found.has(id));
  });
}
