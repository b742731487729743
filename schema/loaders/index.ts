import type { Deps } from '#src/deps.ts';
import type { Caller } from '#domain/caller.ts';
import { createCustomerLoader } from './customer.ts';

/** Loaders batch and cache within one request, always inside the caller's program. */
export type Loaders = ReturnType<typeof createLoaders>;

export function createLoaders(deps: Deps, caller: Caller) {
  const programId = 'programId' in caller ? caller.programId : null;
  return { customer: createCustomerLoader(deps, programId) };
}
