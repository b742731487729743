import { bookPast, type PastMovement, type PastOutcome } from '#app/ledger/book-past.ts';
import type { AppDeps, Scope } from '#app/transaction.ts';

import type { HistoryResult } from './target.ts';
import type { HistoryUnit, RedemptionUnit } from './unit.ts';

/** How much of the source's hash stands in a reason: enough that no two sources of a program share it. */
const HASH_LENGTH = 12;

/** Books what customers had before their histories begin, as adjustments of their first instant; answers how much each got. */
export async function bookOpenings(
  deps: AppDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly HistoryUnit[],
): Promise<Map<HistoryUnit, number>> {
  const opening = units.filter((unit) => unit.opening > 0);
  const outcomes = await book(
    deps,
    scope,
    opening.map((unit) => ({
      kind: 'OPENING',
      customerExternalId: unit.customer.externalId,
      amount: unit.opening,
      effectiveAt: unit.since,
      reason: `Opening balance: more was redeemed than earned (${sourceHash.slice(0, HASH_LENGTH)})`,
    })),
  );
  return new Map(opening.map((unit, index) => [unit, outcomes[index]?.kind === 'BOOKED' ? unit.opening : 0]));
}

/** Books the redemptions of histories in their order; the row in the reason is what an import that is repeated finds them by. */
export async function bookRedemptions(
  deps: AppDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly HistoryUnit[],
): Promise<Map<RedemptionUnit, HistoryResult['redemptions'][number]>> {
  const wanted = units.flatMap(({ customer, redemptions }) =>
    redemptions.map((redemption) => ({ customer, redemption })),
  );
  const outcomes = await book(
    deps,
    scope,
    wanted.map(({ customer, redemption }) => ({
      kind: 'SPEND',
      customerExternalId: customer.externalId,
      amount: redemption.points,
      effectiveAt: redemption.occurredAt,
      reason: `Redeemed before (${sourceHash.slice(0, HASH_LENGTH)}:${redemption.row})`,
    })),
  );
  return new Map(
    wanted.map(({ redemption }, index) => {
      const outcome = outcomes[index];
      return [
        redemption,
        outcome?.kind === 'BOOKED'
          ? { kind: 'REDEEMED' }
          : { kind: 'REFUSED', reason: outcome?.reason ?? 'No answer.' },
      ];
    }),
  );
}

async function book(deps: AppDeps, scope: Scope, movements: readonly PastMovement[]): Promise<PastOutcome[]> {
  return movements.length === 0 ? [] : bookPast(deps, scope, movements);
}
