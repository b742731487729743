import DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { selectLaterActivities } from '#storage/sql/select-later-activities.ts';

/** Which activities a stream has not told yet. */
export type LaterActivities = { customerId: string; since: Date; known: readonly string[]; limit: number };

/** Ids of activities that were recorded since; never remembered, because streams ask again and again. */
export function createLaterActivitiesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<LaterActivities, readonly string[]> {
  return new DataLoader<LaterActivities, readonly string[]>(
    (wanted) =>
      Promise.all(
        wanted.map(({ customerId, since, known, limit }) =>
          programId === null
            ? Promise.resolve([])
            : selectLaterActivities(deps.reads, programId, customerId, since, known, limit),
        ),
      ),
    { cache: false },
  );
}
