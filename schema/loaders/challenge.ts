import DataLoader from 'dataloader';

import { readChallenges, type ChallengeProgress } from '#app/challenge/read.ts';
import type { Deps } from '#src/deps.ts';

/** How far customers are with all live challenges. Nothing is remembered: after a mutation the next read is new. */
export function createChallengesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly ChallengeProgress[]> {
  return new DataLoader(
    async (customerIds) => {
      const progress =
        programId === null
          ? new Map<string, ChallengeProgress[]>()
          : await readChallenges(deps, programId, customerIds);
      return customerIds.map((id) => progress.get(id) ?? []);
    },
    { cache: false },
  );
}
