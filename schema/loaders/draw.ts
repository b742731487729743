import DataLoader from 'dataloader';

import { readDrawsOf, type DrawForCustomer } from '#app/draw/read.ts';
import type { Deps } from '#src/deps.ts';

/** The live draws as they stand for customers. Nothing is remembered: after a mutation the next read is new. */
export function createDrawsLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly DrawForCustomer[]> {
  return new DataLoader(
    async (customerIds) => (programId === null ? customerIds.map(() => []) : readDrawsOf(deps, programId, customerIds)),
    { cache: false },
  );
}
