import type { Caller } from '#domain/caller.ts';
import type { Deps } from '#src/deps.ts';

import { createAccountCustomersLoader, createAccountLoader } from './account.ts';
import { createActivityLoader } from './activity.ts';
import { createBadgeAwardLoader, createBadgeCountLoader, createBadgesLoader, createSeenBadgesLoader } from './badge.ts';
import { createApiKeyLoader, createIdentityProviderLoader } from './caller.ts';
import { createChallengesLoader } from './challenge.ts';
import { createCurrentSeasonLoader } from './current-season.ts';
import { createCustomerLoader } from './customer.ts';
import { createDrawsLoader } from './draw.ts';
import { createDuelsLoader } from './duel.ts';
import { createEnrolmentLoader } from './enrolment.ts';
import { createExpiringLoader, createExpiryMovesLoader, createExpiryNoticesLoader } from './expiring.ts';
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
import { createMilestonesLoader } from './milestone.ts';
import { createCurrenciesOfProgramLoader, createPointCurrencyLoader, createProgramLoader } from './program.ts';
import { createRankNoticePlanLoader } from './rank-notice.ts';
import {
  createCodeCountLoader,
  createEligibilityLoader,
  createPaidRedemptionLoader,
  createRedemptionEventsLoader,
  createRedemptionLoader,
  createStockLoader,
} from './reward.ts';
import { createSeasonLoader, createSeasonPrizeLoader, createSeasonRunLoader } from './season.ts';
import { createStandingsLoader } from './standings.ts';
import { createStreaksLoader } from './streak.ts';
import {
  createAppearanceLoader,
  createFriendsLoader,
  createMembersLoader,
  createTeamLoader,
  createTeamOfLoader,
} from './team.ts';
import { createConsentsLoader, createTermsLanguagesLoader, createTermsLoader, createTermsTextLoader } from './terms.ts';
import { createLevelLoader, createTierHistoryLoader, createTiersLoader } from './tier.ts';
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
    badgeAward: createBadgeAwardLoader(deps, caller),
    badgeCount: createBadgeCountLoader(deps, programId),
    badges: createBadgesLoader(deps, caller),
    seenBadges: createSeenBadgesLoader(deps, caller),
    currenciesOfProgram: createCurrenciesOfProgramLoader(deps),
    challenges: createChallengesLoader(deps, programId),
    duels: createDuelsLoader(deps, programId),
    codeCount: createCodeCountLoader(deps, programId),
    currentSeason: createCurrentSeasonLoader(deps, programId),
    customer: createCustomerLoader(deps, caller),
    draws: createDrawsLoader(deps, programId),
    eligibility: createEligibilityLoader(deps, programId),
    enrolments: createEnrolmentLoader(deps, programId),
    customerExists: createCustomerExistsLoader(deps, programId),
    entries: createEntriesLoader(deps, caller),
    expiring: createExpiringLoader(deps, programId),
    expiryMoves: createExpiryMovesLoader(deps, programId),
    expiryNotices: createExpiryNoticesLoader(deps, programId),
    hold: createHoldLoader(deps, caller),
    identityProvider: createIdentityProviderLoader(deps, programId),
    ledgerAccountId: createLedgerAccountIdLoader(deps, programId),
    ledgerBalance: createLedgerBalanceLoader(deps, programId),
    ledgerTransaction: createLedgerTransactionLoader(deps, caller),
    lot: createLotLoader(deps, caller),
    lotsOfTransaction: createLotsOfTransactionLoader(deps, caller),
    milestones: createMilestonesLoader(deps, programId),
    pointCurrency: createPointCurrencyLoader(deps, programId),
    program: createProgramLoader(deps, caller),
    rankNoticePlan: createRankNoticePlanLoader(deps, programId),
    paidRedemption: createPaidRedemptionLoader(deps, caller),
    redemption: createRedemptionLoader(deps, caller),
    redemptionEvents: createRedemptionEventsLoader(deps, programId),
    reversals: createReversalsLoader(deps, programId),
    level: createLevelLoader(deps, programId),
    consents: createConsentsLoader(deps, programId),
    termsLanguages: createTermsLanguagesLoader(deps, programId),
    termsRecord: createTermsLoader(deps, programId),
    termsText: createTermsTextLoader(deps, programId),
    appearance: createAppearanceLoader(deps, programId),
    friends: createFriendsLoader(deps, programId),
    team: createTeamLoader(deps, caller),
    teamMembers: createMembersLoader(deps, programId),
    teamOf: createTeamOfLoader(deps, programId),
    tierHistory: createTierHistoryLoader(deps, programId),
    tiers: createTiersLoader(deps, programId),
    streaks: createStreaksLoader(deps, programId),
    timeline: createTimelineLoader(deps, programId),
    rewardStock: createStockLoader(deps, programId),
    season: createSeasonLoader(deps, programId),
    seasonPrize: createSeasonPrizeLoader(deps, programId),
    seasonRun: createSeasonRunLoader(deps, programId),
    standings: createStandingsLoader(deps),
  };
}
