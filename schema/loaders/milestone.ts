import DataLoader from 'dataloader';

import { readMilestones } from '#app/milestone/read.ts';
import type { MilestoneProgress } from '#domain/milestone/progress.ts';
import type { Deps } from '#src/deps.ts';

/** How far customers are with all live milestones. Nothing is remembered: after a mutation the next read is new. */
export function createMilestonesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly MilestoneProgress[]> {
  return new DataLoader(
    async (customerIds) => {
      const progress =
        programId === null
          ? new Map<string, MilestoneProgress[]>()
          : await readMilestones(deps, programId, customerIds);
      return customerIds.map((id) => progress.get(id) ?? []);
    },
    { cache: false },
  );
}
