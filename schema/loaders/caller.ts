import type DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { findApiKeys, type ApiKeyRecord } from '#storage/api-key-store.ts';
import { findProviders, type IdentityProviderRecord } from '#storage/identity-provider-store.ts';

import { loaderById } from './by-id.ts';

/** Keys by id, within the caller's program. Who may see them is decided by the fields. */
export function createApiKeyLoader(deps: Deps, programId: string | null): DataLoader<string, ApiKeyRecord | null> {
  return loaderById(async (ids) => (programId === null ? [] : findApiKeys(deps.reads, programId, ids)));
}

/** Identity providers by id, within the caller's program. */
export function createIdentityProviderLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, IdentityProviderRecord | null> {
  return loaderById(async (ids) => (programId === null ? [] : findProviders(deps.reads, programId, ids)));
}
