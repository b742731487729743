import type { Contender } from '#domain/challenge/eligible.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { readCompleted } from '#storage/challenge-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findRedeemers } from '#storage/redemption-facts-store.ts';
import { readTeamsOf } from '#storage/team-store.ts';
import { findTierCodes } from '#storage/tier-store.ts';

/**
 * What decides which challenges are open to customers, in their order, by a number of statements that does not grow with
 * theirs. Customers that the program does not have are left out.
 */
export async function findContenders(
  reads: Statements,
  { program, ruleSet }: Catalogue,
  customerIds: readonly string[],
): Promise<(Contender & { customerId: string; teamId: string | null })[]> {
  const required = [...new Set(ruleSet.challenges.flatMap(({ requires }) => requires))];
  const [customers, tiers, completed, teams] = await Promise.all([
    findRedeemers(reads, program.id, customerIds),
    findTierCodes(reads, program.id, customerIds, ruleSet.ladders),
    readCompleted(reads, program.id, customerIds, required),
    readTeamsOf(reads, program.id, customerIds),
  ]);
  const completedBy = Map.groupBy(completed, ({ customerId }) => customerId);
  return customerIds.flatMap((customerId) => {
    const customer = customers.get(customerId);
    if (customer === undefined) return [];
    const byLadder = tiers.get(customerId) ?? {};
    const teamId = teams.get(customerId)?.teamId ?? null;
    return [
      {
        customerId,
        teamId,
        customer,
        account: customer.account,
        tiers: ruleSet.ladders.flatMap(({ ladder }) => byLadder[ladder.code] ?? []),
        completed: new Set((completedBy.get(customerId) ?? []).map(({ challengeId }) => challengeId)),
        hasTeam: teamId !== null,
      },
    ];
  });
}
