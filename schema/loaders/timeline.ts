import type DataLoader from 'dataloader';

import { findTimelinePages } from '#app/customer/timeline.ts';
import type { TimelineEntry, TimelineKind } from '#domain/customer/timeline.ts';
import type { Deps } from '#src/deps.ts';

import { pageLoader, type PageKey } from './page.ts';

/** Timelines of customers, a page each. Whoever holds a customer of the customer loader may see its timeline. */
export function createTimelineLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<PageKey<readonly TimelineKind[]>, TimelineEntry[], string> {
  return pageLoader(async (customerIds, page, kinds) =>
    programId === null ? new Map() : findTimelinePages(deps, programId, customerIds, kinds, page),
  );
}
