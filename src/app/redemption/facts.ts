import { isCountedByStock, limitPeriod, type RedemptionFacts } from '#domain/reward/can-redeem.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';
import type { Statements } from '#storage/postgres.ts';
import { countUses, type Redeemer, type UseKey } from '#storage/redemption-facts-store.ts';
import { findStocked } from '#storage/reward-code-store.ts';

import { loadAdmission, type Around } from './admission.ts';

/** One question: may this customer have this reward? */
export type Candidate = { customerId: string; compiled: CompiledReward };

/** What is known of a candidate beside points and stock, which a decision takes from what it has locked. */
export type CandidateFacts = Omit<RedemptionFacts, 'available' | 'stock'> & { redeemer: Redeemer };

/**
 * Reads the facts of candidates, in their order, with a number of statements that does not grow with theirs. Null where
 * there is no such customer.
 */
export async function loadFacts(
  reads: Statements,
  around: Around,
  candidates: readonly Candidate[],
): Promise<(CandidateFacts | null)[]> {
  const { catalogue, now } = around;
  const { program } = catalogue;
  const programId = program.id;
  const customerIds = [...new Set(candidates.map(({ customerId }) => customerId))];
  const pools = [...new Set(candidates.flatMap(({ compiled: { reward } }) => poolOf(reward)))];
  const people = await loadAdmission(reads, around, customerIds);
  const stocked = pools.length === 0 ? new Set<string>() : await findStocked(reads, programId, pools);
  const keys = candidates.map(({ customerId, compiled: { reward } }) =>
    reward.limits.map((limit): UseKey | null => {
      if (isCountedByStock(limit)) return null;
      const accountId = people.get(customerId)?.redeemer.accountId ?? null;
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
  return candidates.map(({ customerId, compiled: { reward } }, place) => {
    const used = (keys[place] ?? []).map((key) => (key === null ? 0 : (uses.next().value ?? 0)));
    const person = people.get(customerId);
    return person === undefined ? null : { ...person, hasFreeCode: stocked.has(reward.id), used };
  });
}

function poolOf({ id, fulfilment }: CompiledReward['reward']): string[] {
  return fulfilment.kind === 'CODE_POOL' ? [id] : [];
}
