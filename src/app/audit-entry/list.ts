import type { PageRequest } from '#domain/page.ts';
import { listAuditEntries, type AuditEntryRecord, type AuditFilter } from '#storage/audit-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';

/** Administrative changes of a program, newest first, a page at a time (`limit + 1` rows in the direction of travel). */
export async function findAuditPage(
  deps: AppDeps,
  programId: string,
  filter: AuditFilter,
  page: PageRequest,
): Promise<AuditEntryRecord[]> {
  return listAuditEntries(statementsOf(deps.postgres), programId, filter, page);
}
