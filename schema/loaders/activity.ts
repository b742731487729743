import type DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { findActivities, type ActivityRow } from '#storage/activity-store.ts';

import { loaderById } from './by-id.ts';

/** Activities by id within the caller's program. */
export function createActivityLoader(deps: Deps, programId: string | null): DataLoader<string, ActivityRow | null> {
  return loaderById(async (ids) => (programId === null ? [] : findActivities(deps.reads, programId, ids)));
}
