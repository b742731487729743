import DataLoader from 'dataloader';

import { readBalances } from '#app/ledger/read-balances.ts';
import { completeBalances, type CustomerBalance } from '#domain/customer/customer.ts';
import type { Deps } from '#src/deps.ts';

/**
 * All balances of a customer, the default point currency first, in one statement for all customers asked for. What came
 * due is counted although no job has written it. Whoever holds a customer of the customer loader may see its balances.
 */
export function createBalanceLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly CustomerBalance[]> {
  return new DataLoader(async (customerIds) => {
    if (programId === null) return customerIds.map(() => []);
    const { currencies } = await deps.catalogues.current(programId);
    const wanted = customerIds.flatMap((customerId) =>
      currencies.map(({ id }) => ({ customerId, currencyId: id, asOf: null, basis: 'EFFECTIVE' as const })),
    );
    const balances = Map.groupBy(await readBalances(deps, programId, wanted), (balance) => balance.customerId);
    return customerIds.map((id) => completeBalances(currencies, balances.get(id) ?? []));
  });
}
