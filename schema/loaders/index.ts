import type { Caller } from '#domain/caller.ts';
import type { Deps } from '#src/deps.ts';

import { createAccountCustomersLoader, createAccountLoader } from './account.ts';
import { createActivityLoader } from './activity.ts';
import { createApiKeyLoader, createIdentityProviderLoader } from './caller.ts';
import { createCurrentSeasonLoader } from './current-season.ts';
import { createCustomerLoader } from './customer.ts';
import { createEnrolmentLoader } from './enrolment.ts';
import { createLaterActivitiesLoader } from './later-activities.ts';
import { createExpiringLoader } from './expiring.ts';
import {
  createCustomerExistsLoader,
  createEntriesLoader,
  createHoldLoader,
  createLedgerAccountIdLoader,
  createLedgerBalanceLoader,
  createLedgerTransactionLoader,
  createLotLoader,
  createLotsOfTransactionLoader,
  createReversalsLoader,
} from './ledger.ts';
import { createCurrenciesOfProgramLoader, createPointCurrencyLoader, createProgramLoader } from './program.ts';
import { createSeasonLoader } from './season.ts';
import {
  createCodeCountLoader,
  createEligibilityLoader,
  createRedemptionEventsLoader,
  createRedemptionLoader,
  createStockLoader,
} from './reward.ts';
import { createStandingsLoader } from './standings.ts';
import { createTimelineLoader } from './timeline.ts';

/** Loaders batch and cache within one request, always inside the caller's program. */
export type Loaders = ReturnType<typeof createLoaders>;

export function createLoaders(deps: Deps, caller: Caller) {
  const programId = 'programId' in caller ? caller.programId : null;
  return {
    account: createAccountLoader(deps, programId),
    accountCustomers: createAccountCustomersLoader(deps, programId),
    activity: createActivityLoader(deps, programId),
    apiKey: createApiKeyLoader(deps, programId),
    currenciesOfProgram: createCurrenciesOfProgramLoader(deps),
    currentSeason: createCurrentSeasonLoader(deps, programId),
    codeCount: createCodeCountLoader(deps, programId),
    customer: createCustomerLoader(deps, caller),
    enrolments: createEnrolmentLoader(deps, programId),
    eligibility: createEligibilityLoader(deps, programId),
    customerExists: createCustomerExistsLoader(deps, programId),
    entries: createEntriesLoader(deps, caller),
    expiring: createExpiringLoader(deps, programId),
    hold: createHoldLoader(deps, caller),
    identityProvider: createIdentityProviderLoader(deps, programId),
    laterActivities: createLaterActivitiesLoader(deps, programId),
    ledgerAccountId: createLedgerAccountIdLoader(deps, programId),
    ledgerBalance: createLedgerBalanceLoader(deps, programId),
    ledgerTransaction: createLedgerTransactionLoader(deps, caller),
    lot: createLotLoader(deps, caller),
    lotsOfTransaction: createLotsOfTransactionLoader(deps, caller),
    pointCurrency: createPointCurrencyLoader(deps, programId),
    program: createProgramLoader(deps, caller),
    reversals: createReversalsLoader(deps, programId),
    timeline: createTimelineLoader(deps, programId),
    redemption: createRedemptionLoader(deps, caller),
    redemptionEvents: createRedemptionEventsLoader(deps, programId),
    season: createSeasonLoader(deps, programId),
    standings: createStandingsLoader(deps),
    rewardStock: createStockLoader(deps, programId),
  };
}
