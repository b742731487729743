import DataLoader from 'dataloader';
import type { Deps } from '#src/deps.ts';

/** Placeholder shape until the customers part lands. */
export function createCustomerLoader(_deps: Deps, _programId: string | null): DataLoader<string, null> {
  return new DataLoader(async (ids) => ids.map(() => null));
}
