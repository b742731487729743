import type { PageRequest } from '#domain/page.ts';
import { listApiKeys, type ApiKeyFilter, type ApiKeyRecord } from '#storage/api-key-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';

/** Keys of a program, newest first, a page at a time (`limit + 1` rows in the direction of travel). */
export async function findApiKeyPage(
  deps: AppDeps,
  programId: string,
  filter: Omit<ApiKeyFilter, 'now'>,
  page: PageRequest,
): Promise<ApiKeyRecord[]> {
  return listApiKeys(statementsOf(deps.postgres), programId, { ...filter, now: deps.clock() }, page);
}
