import type { Account } from '#domain/customer/customer.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import type { PageRequest } from '#domain/page.ts';
import { findAccountByExternalId, listAccounts } from '#storage/account-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';

/** The account of an external id in any spelling of it, or null. */
export async function findAccount(deps: AppDeps, programId: string, externalId: string): Promise<Account | null> {
  const kept = normaliseExternalId(externalId);
  return kept === null ? null : findAccountByExternalId(statementsOf(deps.postgres), programId, kept);
}

/** Accounts in the order of their external ids, a page at a time (`limit + 1` rows in the direction of travel). */
export async function findAccountPage(deps: AppDeps, programId: string, page: PageRequest): Promise<Account[]> {
  return listAccounts(statementsOf(deps.postgres), programId, page);
}
