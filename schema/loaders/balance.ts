import DataLoader from 'dataloader';

import { completeBalances, type CustomerBalance } from '#domain/customer/customer.ts';
import type { Deps } from '#src/deps.ts';
import { findBalances } from '#storage/customer-store.ts';

/**
 * All balances of a customer, the default point currency first, in one statement for all customers asked for. Whoever
 * holds a customer of the customer loader may see its balances.
 */
export function createBalanceLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly CustomerBalance[]> {
  return new DataLoader(async (customerIds) => {
    if (programId === null) return customerIds.map(() => []);
    const [{ currencies }, balances] = await Promise.all([
      deps.catalogues.current(programId),
      findBalances(deps.reads, programId, customerIds),
    ]);
    return customerIds.map((id) => completeBalances(currencies, balances.get(id) ?? []));
  });
}
