import { keyFrom } from '#app/activity/calls.ts';
import { trackActivities, type ActivityTracking } from '#app/activity/track.ts';
import { upsertCustomers } from '#app/customer/upsert-batch.ts';
import type { AppDeps, Scope } from '#app/transaction.ts';
import { pointsGiven, type Effect } from '#domain/activity/effect.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import { findActivities, findCustomerFacts } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';

import { invoiceOf, type Mapping } from './mapping.ts';
import { takeOverHistories } from './record-history.ts';
import { reverseCancellation } from './reverse-cancellation.ts';
import type { ImportTarget, TrackOutcome } from './target.ts';
import type { ActivityUnit, Customer } from './unit.ts';

export type ImportDeps = AppDeps & { reads: Statements; tracking: ActivityTracking };

const CANCELS_AT_ONCE_MAX = 4;
/** Connections that cancellations leave to the lock, to reads and to the rest of the process. */
const CONNECTIONS_KEPT = 4;

/** Puts units into the record through the use cases of the API. `sourceHash` names what is imported in keys and reasons. */
export function openRecord(deps: ImportDeps, scope: Scope, sourceHash: string, mapping: Mapping): ImportTarget {
  return {
    cancelsAtOnce: Math.max(1, Math.min(CANCELS_AT_ONCE_MAX, deps.postgres.options.max - CONNECTIONS_KEPT)),
    async track(units) {
      const refusals = await enrolNewcomers(
        deps,
        scope,
        sourceHash,
        units.map(({ customer, report }) => ({ customer, since: report.occurredAt })),
      );
      const wanted = units.filter((unit) => !refusals.has(unit.customer.externalId));
      const tracked = wanted.length === 0 ? [] : await trackUnits(deps, scope, sourceHash, wanted);
      const outcomes = new Map(wanted.map((unit, index) => [unit, tracked[index]]));
      return units.map(
        (unit) =>
          outcomes.get(unit) ?? { kind: 'REFUSED', reason: refusals.get(unit.customer.externalId) ?? 'No answer.' },
      );
    },
    takeOver: (units) =>
      takeOverHistories(deps, scope, sourceHash, units, {
        enrol: (some) => enrolNewcomers(deps, scope, sourceHash, some),
        track: (some) => trackUnits(deps, scope, sourceHash, some),
      }),
    cancel: (unit) => reverseCancellation(deps, scope, sourceHash, invoiceOf(mapping), unit),
    close: () => Promise.resolve(),
  };
}

type Newcomer = Customer & { enrolledAt: Date | null; enrol: true; eligible: true };

/**
 * Makes customers of those that the program does not know, enrolled since the first of their activities at hand. Known ones
 * stay as they are: a file of purchases must not rename anybody or bring back who has left. Answers whom it could not make.
 */
async function enrolNewcomers(
  deps: ImportDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly { customer: Customer; since: Date | null }[],
): Promise<Map<string, string>> {
  const people = new Map<string, Newcomer>();
  for (const { customer, since } of units) {
    const known = people.get(customer.externalId);
    if (known === undefined)
      people.set(customer.externalId, { ...customer, enrolledAt: since, enrol: true, eligible: true });
    else if (since !== null && known.enrolledAt !== null && since < known.enrolledAt) known.enrolledAt = since;
  }
  const names = [...people.keys()].flatMap((externalId) => normaliseExternalId(externalId) ?? []);
  const there = new Set(
    (await findCustomerFacts(deps.reads, scope.programId, [], names)).map(({ externalId }) => externalId),
  );
  const items = [...people.values()].filter(({ externalId }) => !there.has(normaliseExternalId(externalId) ?? ''));
  if (items.length === 0) return new Map();
  const command = { mutation: 'import', idempotencyKey: keyFrom(sourceHash, 'customers', deps.newId()), input: items };
  const { items: results } = await upsertCustomers(deps, scope, command, { items });
  return new Map(
    results.flatMap((result, index) =>
      'refusal' in result ? [[items[index]?.externalId ?? '', result.refusal.message] as const] : [],
    ),
  );
}

async function trackUnits(
  deps: ImportDeps,
  scope: Scope,
  sourceHash: string,
  units: readonly ActivityUnit[],
): Promise<TrackOutcome[]> {
  const reports = units.map((unit) => unit.report);
  const ids = reports.map((report) => report.messageId ?? '');
  // The message ids do what an idempotency key would; this one only has to be new.
  const command = { mutation: 'import', idempotencyKey: keyFrom(sourceHash, ids[0] ?? '', deps.newId()), input: ids };
  const { items, activities } = await trackActivities(deps.tracking, scope, command, reports);
  const missing = items.flatMap((item) =>
    item.status === 'REFUSED' || activities.has(item.activityId) ? [] : item.activityId,
  );
  const earlier = missing.length === 0 ? [] : await findActivities(deps.reads, scope.programId, missing);
  const effects = new Map([...earlier, ...activities.values()].map((activity) => [activity.id, activity.effects]));
  return items.map((item) =>
    item.status === 'REFUSED'
      ? { kind: 'REFUSED', reason: item.error.message }
      : { kind: item.status, points: pointsEarned(effects.get(item.activityId) ?? []) },
  );
}

function pointsEarned(effects: readonly Effect[]): number {
  return pointsGiven(effects).reduce((sum, { points }) => sum + points, 0);
}
