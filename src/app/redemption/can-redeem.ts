import { decideRedemption, type Decision, type RedemptionWish } from '#domain/reward/can-redeem.ts';
import type { Statements } from '#storage/postgres.ts';
import { readStock } from '#storage/reward-stock-store.ts';

import { readBalances } from '../ledger/read-balances.ts';
import type { Catalogues } from '../program/catalogues.ts';
import { loadFacts, type Candidate } from './facts.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

export type RedemptionQuestion = Candidate & { wish: RedemptionWish };

/**
 * Answers for each question whether a redemption would go through now, and at what cost; null where there is no such
 * customer. A yes is no promise: the last piece may go to somebody else before the customer asks for it.
 */
export async function answerRedemptions(
  deps: Reading,
  programId: string,
  questions: readonly RedemptionQuestion[],
): Promise<(Decision | null)[]> {
  const catalogue = await deps.catalogues.current(programId);
  const { program } = catalogue;
  const now = program.testClock ?? deps.clock();
  const facts = await loadFacts(deps.reads, { catalogue, now }, questions);
  const balances = await readBalances(
    deps,
    programId,
    questions.map(({ customerId, compiled }) => ({
      customerId,
      currencyId: compiled.currency.id,
      asOf: null,
      basis: 'EFFECTIVE' as const,
    })),
  );
  const rewardIds = [...new Set(questions.map(({ compiled }) => compiled.reward.id))];
  const stock = await readStock(deps.reads, programId, rewardIds);
  return questions.map(({ compiled, wish }, place) => {
    const known = facts[place];
    if (known === null || known === undefined) return null;
    const full = {
      ...known,
      available: balances[place]?.available ?? 0,
      stock: stock.get(compiled.reward.id) ?? { reserved: 0, issued: 0 },
    };
    return decideRedemption(compiled, full, wish, { program, now });
  });
}
