import type { Deps } from '#src/deps.ts';
import type { Caller } from '#domain/caller.ts';
import { createActivityLoader } from './activity.ts';
import { createApiKeyLoader, createIdentityProviderLoader } from './caller.ts';
import { createAccountCustomersLoader, createAccountLoader } from './account.ts';
import { createBalanceLoader } from './balance.ts';
import { createCustomerLoader } from './customer.ts';
import { createCurrenciesOfProgramLoader, createPointCurrencyLoader, createProgramLoader } from './program.ts';

/** Loaders batch and cache within one request, always inside the caller's program. */
export type Loaders = ReturnType<typeof createLoaders>;

export function createLoaders(deps: Deps, caller: Caller) {
  const programId = 'programId' in caller ? caller.programId : null;
  return {
    account: createAccountLoader(deps, programId),
    accountCustomers: createAccountCustomersLoader(deps, programId),
    activity: createActivityLoader(deps, programId),
    apiKey: createApiKeyLoader(deps, programId),
    balance: createBalanceLoader(deps, programId),
    currenciesOfProgram: createCurrenciesOfProgramLoader(deps),
    customer: createCustomerLoader(deps, caller),
    identityProvider: createIdentityProviderLoader(deps, programId),
    pointCurrency: createPointCurrencyLoader(deps, programId),
    program: createProgramLoader(deps, caller),
  };
}
