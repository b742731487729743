import type { Catalogue } from '#domain/program/catalogue.ts';
import type { AdmissionFacts } from '#domain/reward/admission.ts';
import type { Statements } from '#storage/postgres.ts';
import { findRedeemers, type Redeemer } from '#storage/redemption-facts-store.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { findMissingConsent } from '../terms/missing-consent.ts';

export type Around = { catalogue: Catalogue; now: Date };

/** What decides whether offers are open to a customer. */
export type Admitted = AdmissionFacts & { redeemer: Redeemer };

/** Customers as offers see them, by id, with a number of statements that does not grow with theirs; unknown ones are left out. */
export async function loadAdmission(
  reads: Statements,
  { catalogue, now }: Around,
  customerIds: readonly string[],
): Promise<Map<string, Admitted>> {
  const { program, ruleSet } = catalogue;
  const [redeemers, tierCodes, missing] = await Promise.all([
    findRedeemers(reads, program.id, customerIds),
    findTierCodes(reads, program.id, customerIds, ruleSet.ladders),
    findMissingConsent(reads, catalogue, 'REDEMPTION', customerIds, now),
  ]);
  return new Map(
    redeemers.entries().map(([id, redeemer]) => {
      const byLadder = tierCodes.get(id) ?? {};
      const tiers = ruleSet.ladders.flatMap(({ ladder }) => byLadder[ladder.code] ?? []);
      const missingConsent = missing.get(id)?.version ?? null;
      return [id, { redeemer, customer: redeemer, account: redeemer.account, tiers, missingConsent }];
    }),
  );
}
