import type DataLoader from 'dataloader';

import { findAccountCustomerPages, type CustomerOfPage } from '#app/customer/list.ts';
import type { Account } from '#domain/customer/customer.ts';
import type { Deps } from '#src/deps.ts';
import { findAccounts } from '#storage/account-store.ts';

import { loaderById } from './by-id.ts';
import { pageLoader, type PageKey } from './page.ts';

/** Accounts by id, within the caller's program. Who may see them is decided by the fields. */
export function createAccountLoader(deps: Deps, programId: string | null): DataLoader<string, Account | null> {
  return loaderById(async (ids) => (programId === null ? [] : findAccounts(deps.reads, programId, ids)));
}

/** The customers of accounts, a page each. */
export function createAccountCustomersLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<PageKey<null>, CustomerOfPage[], string> {
  return pageLoader(async (accountIds, page) =>
    programId === null ? new Map() : findAccountCustomerPages(deps, programId, accountIds, page),
  );
}
