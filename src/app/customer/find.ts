import type { Customer } from '#domain/customer/customer.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import { findCustomerByExternalId } from '#storage/customer-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';

/** The customer of an external id in any spelling of it, or null. */
export async function findCustomer(deps: AppDeps, programId: string, externalId: string): Promise<Customer | null> {
  const kept = normaliseExternalId(externalId);
  return kept === null ? null : findCustomerByExternalId(statementsOf(deps.postgres), programId, kept);
}
