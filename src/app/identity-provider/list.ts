import { listProviders, type IdentityProviderRecord } from '#storage/identity-provider-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';

/** The identity providers of a program that were not removed, oldest first: at most twenty. */
export async function findIdentityProviders(deps: AppDeps, programId: string): Promise<IdentityProviderRecord[]> {
  return listProviders(statementsOf(deps.postgres), programId);
}
