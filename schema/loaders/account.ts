import DataLoader from 'dataloader';

import { findAccountCustomerPages, type CustomerOfPage } from '#app/customer/list.ts';
import type { Account } from '#domain/customer/customer.ts';
import type { PageRequest } from '#domain/page.ts';
import type { Deps } from '#src/deps.ts';
import { findAccounts } from '#storage/account-store.ts';

import { loaderById } from './by-id.ts';

/** Accounts by id, within the caller's program. Who may see them is decided by the fields. */
export function createAccountLoader(deps: Deps, programId: string | null): DataLoader<string, Account | null> {
  return loaderById(async (ids) => (programId === null ? [] : findAccounts(deps.reads, programId, ids)));
}

export type PageOf = { parentId: string; page: PageRequest };

/** The customers of accounts, a page each; accounts of one list that ask for the same page share one statement. */
export function createAccountCustomersLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<PageOf, CustomerOfPage[], string> {
  return new DataLoader<PageOf, CustomerOfPage[], string>(
    async (keys) => {
      if (programId === null) return keys.map(() => []);
      const pages = new Map<string, Map<string, CustomerOfPage[]>>();
      for (const [name, same] of Map.groupBy(keys, ({ page }) => pageName(page))) {
        const [first] = same;
        if (first === undefined) continue;
        const ids = same.map(({ parentId }) => parentId);
        pages.set(name, await findAccountCustomerPages(deps, programId, ids, first.page));
      }
      return keys.map(({ parentId, page }) => pages.get(pageName(page))?.get(parentId) ?? []);
    },
    { cacheKeyFn: ({ parentId, page }) => `${parentId} ${pageName(page)}` },
  );
}

/** A name for what makes two pages the same request. */
export function pageName({ limit, backwards, after, before }: PageRequest): string {
  return JSON.stringify([limit, backwards, after, before]);
}
