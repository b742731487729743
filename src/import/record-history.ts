import { BATCH_MAX } from '#app/activity/track.ts';
import { bookPast, type PastMovement, type PastOutcome } from '#app/ledger/book-past.ts';
import type { AppDeps, Scope } from '#app/transaction.ts';

import type { HistoryResult, TrackOutcome } from './target.ts';
import type { ActivityUnit, Customer, HistoryUnit, RedemptionUnit } from './unit.ts';

/** What histories share with plain activities: making customers (answers whom it could not make, and why) and tracking. */
export type Steps = {
  enrol(people: readonly { customer: Customer; since: Date | null }[]): Promise<Map<string, string>>;
  track(units: readonly ActivityUnit[]): Promise<TrackOutcome[]>;
};

/** Histories of different customers have nothing in common: one part waits for the database while another is put together. */
const PARTS_AT_ONCE = 2;

/** Brings histories into the record, in parts of as many activities as one call takes. Results in the order of the units. */
export async function takeOverHistories(
  deps: AppDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly HistoryUnit[],
  steps: Steps,
): Promise<HistoryResult[]> {
  const parts = partsOf(units);
  const results = new Map<HistoryUnit, HistoryResult>();
  const work = async (): Promise<void> => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const done = await takeOver(deps, scope, sourceHash, part, steps);
      for (const [unit, result] of done) results.set(unit, result);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return units.map((unit) => results.get(unit) ?? { opened: 0, activities: [], redemptions: [] });
}

function partsOf(units: readonly HistoryUnit[]): HistoryUnit[][] {
  const parts: HistoryUnit[][] = [];
  let weight = Infinity;
  for (const unit of units) {
    const own = Math.max(1, unit.activities.length);
    if (weight + own > BATCH_MAX) {
      parts.push([]);
      weight = 0;
    }
    parts.at(-1)?.push(unit);
    weight += own;
  }
  return parts;
}

/**
 * One part: who they are of, then what they had before, what they earned, and what they redeemed, so that lots lie in the
 * order of time. Each step finds by itself what an earlier attempt has done of it.
 */
async function takeOver(
  deps: AppDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly HistoryUnit[],
  steps: Steps,
): Promise<Map<HistoryUnit, HistoryResult>> {
  const refusals = await steps.enrol(units);
  const known = units.filter((unit) => !refusals.has(unit.customer.externalId));
  const opened = await bookOpenings(deps, scope, sourceHash, known);
  const activities = known.flatMap((unit) => unit.activities);
  const tracked: TrackOutcome[] = [];
  // One customer alone may have more activities than a call takes.
  for (let from = 0; from < activities.length; from += BATCH_MAX)
    tracked.push(...(await steps.track(activities.slice(from, from + BATCH_MAX))));
  const redeemed = await bookRedemptions(deps, scope, sourceHash, known);
  const outcomes = new Map(activities.map((activity, index) => [activity, tracked[index]]));
  return new Map(
    units.map((unit) => {
      const refusal = { kind: 'REFUSED' as const, reason: refusals.get(unit.customer.externalId) ?? 'No answer.' };
      const result: HistoryResult = {
        opened: opened.get(unit) ?? 0,
        activities: unit.activities.map((activity) => outcomes.get(activity) ?? refusal),
        redemptions: unit.redemptions.map((redemption) => redeemed.get(redemption) ?? refusal),
      };
      return [unit, result];
    }),
  );
}

/** How much of the source's hash stands in a reason: enough that no two sources of a program share it. */
const HASH_LENGTH = 12;

/** Books what customers had before their histories begin, as adjustments of their first instant; answers how much each got. */
async function bookOpenings(
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
async function bookRedemptions(
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
