import type { CompiledReward } from '#domain/reward/compile.ts';

import { programOf, type Context } from './context.ts';

/**
 * The live rewards that the caller sees, in the order of the catalogue. The team sees all. Customers and publishable keys
 * see what is not paused and within its time; what is for the entitled alone, only customers whom it lets in.
 */
export async function rewardsSeenBy(context: Context): Promise<readonly CompiledReward[]> {
  const caller = programOf(context);
  const { deps, loaders } = context;
  const { program, ruleSet } = await deps.catalogues.current(caller.programId);
  if (caller.kind === 'SECRET_KEY' || caller.kind === 'STAFF') return ruleSet.rewards.all;
  const now = program.testClock ?? deps.clock();
  const running = ruleSet.rewards.all.filter(
    ({ reward, validFrom, validUntil }) =>
      !reward.paused && (validFrom === null || validFrom <= now) && (validUntil === null || validUntil > now),
  );
  const seen = await Promise.all(
    running.map(async (compiled) => {
      if (compiled.reward.visibility === 'EVERYBODY') return true;
      if (caller.kind !== 'CUSTOMER') return false;
      const wish = { quantity: 1, mode: 'RESERVE' as const, by: 'CUSTOMER' as const, stepUp: null };
      const decision = await loaders.eligibility.load({ customerId: caller.customerId, compiled, wish });
      return decision?.refusals.every(({ code }) => code !== 'TIER_REQUIRED' && code !== 'NOT_IN_AUDIENCE') === true;
    }),
  );
  return running.filter((_compiled, place) => seen[place]);
}
