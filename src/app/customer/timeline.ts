import type { TimelineEntry, TimelineKind } from '#domain/customer/timeline.ts';
import type { PageRequest } from '#domain/page.ts';
import { statementsOf } from '#storage/postgres.ts';
import { readTimelines } from '#storage/sql/read-timelines.ts';

import type { AppDeps } from '../transaction.ts';

/** What happened to several customers, newest first, the same page of each, in one statement; by customer. */
export async function findTimelinePages(
  deps: AppDeps,
  programId: string,
  customerIds: readonly string[],
  kinds: readonly TimelineKind[],
  page: PageRequest,
): Promise<Map<string, TimelineEntry[]>> {
  if (kinds.length === 0) return new Map();
  const entries = await readTimelines(statementsOf(deps.postgres), programId, customerIds, kinds, page);
  return Map.groupBy(entries, ({ customerId }) => customerId);
}
