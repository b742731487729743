import DataLoader from 'dataloader';

import { readCustomerStreaks, type StreakNow } from '#app/streak/read.ts';
import type { Deps } from '#src/deps.ts';

/** Where customers stand with all live streaks. Nothing is remembered: after a mutation the next read is new. */
export function createStreaksLoader(deps: Deps, programId: string | null): DataLoader<string, readonly StreakNow[]> {
  return new DataLoader(
    async (customerIds) => {
      const streaks =
        programId === null ? new Map<string, StreakNow[]>() : await readCustomerStreaks(deps, programId, customerIds);
      return customerIds.map((id) => streaks.get(id) ?? []);
    },
    { cache: false },
  );
}
