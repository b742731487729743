import type { Catalogue } from '#domain/program/catalogue.ts';
import { isCountedByStock, limitPeriod, type RedemptionFacts } from '#domain/reward/can-redeem.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';
import type { Statements } from '#storage/postgres.ts';
import { countUses, findRedeemers, type Redeemer, type UseKey } from '#storage/redemption-facts-store.ts';
import { findStocked } from '#storage/reward-code-store.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { findMissingConsent } from '../terms/missing-consent.ts';

/** One question: may this customer have this reward? */
export type Candidate = { customerId: string; compiled: CompiledReward };

/** What is known of a candidate beside points and stock, which a decision takes from what it has locked. */
export type CandidateFacts = Omit<RedemptionFacts, 'available' | 'stock'> & { redeemer: Redeemer };

type Around = { catalogue: Catalogue; now: Date };

/**
 * Reads the facts of candidates, in their order, with a number of statements that does not grow with theirs. Null where
 * there is no such customer.
 */
export async function loadFacts(
  reads: Statements,
  { catalogue, now }: Around,
  candidates: readonly Candidate[],
): Promise<(CandidateFacts | null)[]> {
  const { program, ruleSet } = catalogue;
  const programId = program.id;
  const customerIds = [...new Set(candidates.map(({ customerId }) => customerId))];
  const pools = [...new Set(candidates.flatMap(({ compiled: { reward } }) => poolOf(reward)))];
  const redeemers = await findRedeemers(reads, programId, customerIds);
  const tierCodes = await findTierCodes(reads, programId, customerIds, ruleSet.ladders);
  const stocked = pools.length === 0 ? new Set<string>() : await findStocked(reads, programId, pools);
  const keys = candidates.map(({ customerId, compiled: { reward } }) =>
    reward.limits.map((limit): UseKey | null => {
      if (isCountedByStock(limit)) return null;
      const accountId = redeemers.get(customerId)?.accountId ?? null;
      const since = limitPeriod(limit, { program, now })?.from ?? null;
      return { rewardId: reward.id, of: limit.of, customerId, accountId, since };
    }),
  );
  const uses = (
    await countUses(
      reads,
      programId,
      now,
      keys.flat().filter((key) => key !== null),
    )
  ).values();
  const missing = await findMissingConsent(reads, catalogue, 'REDEMPTION', customerIds, now);
  return candidates.map(({ customerId, compiled: { reward } }, place) => {
    const used = (keys[place] ?? []).map((key) => (key === null ? 0 : (uses.next().value ?? 0)));
    const redeemer = redeemers.get(customerId);
    if (redeemer === undefined) return null;
    const byLadder = tierCodes.get(customerId) ?? {};
    const tiers = ruleSet.ladders.flatMap(({ ladder }) => byLadder[ladder.code] ?? []);
    return {
      redeemer,
      customer: redeemer,
      account: redeemer.account,
      tiers,
      hasFreeCode: stocked.has(reward.id),
      used,
      missingConsent: missing.get(customerId)?.version ?? null,
    };
  });
}

function poolOf({ id, fulfilment }: CompiledReward['reward']): string[] {
  return fulfilment.kind === 'CODE_POOL' ? [id] : [];
}
