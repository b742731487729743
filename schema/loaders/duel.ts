import DataLoader from 'dataloader';

import { readDuelsShown } from '#app/duel/read.ts';
import type { Deps } from '#src/deps.ts';
import type { DuelView } from '#storage/duel-store.ts';

/** The duels that customers are shown. Nothing is remembered: after a mutation the next read is new. */
export function createDuelsLoader(deps: Deps, programId: string | null): DataLoader<string, readonly DuelView[]> {
  return new DataLoader(
    async (customerIds) => {
      const duels =
        programId === null ? new Map<string, DuelView[]>() : await readDuelsShown(deps, programId, customerIds);
      return customerIds.map((id) => duels.get(id) ?? []);
    },
    { cache: false },
  );
}
