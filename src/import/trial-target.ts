import type { AppDeps, Scope } from '#app/transaction.ts';
import { checkReport } from '#domain/activity/activity.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import { decideUpsert, UNKNOWN_PERSON } from '#domain/customer/upsert.ts';
import { InvalidInputError, UserError } from '#domain/errors.ts';
import { localDay } from '#domain/time.ts';
import { findByMessages } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';

import { cancelOutcome, takeBack } from './cancellation.ts';
import type { Mapping } from './mapping.ts';
import type { HistoryResult, ImportTarget, TrackOutcome } from './target.ts';
import { openTrialLines, type TrialLines } from './trial-lines.ts';
import type { ActivityUnit } from './unit.ts';

/**
 * A dry run: the same checks as the record makes, against the program as it stands, and cancellations matched with the
 * purchases of the file itself. Nothing is written; what has to be remembered is in a temporary table of one connection.
 * Points are not computed, since caps and counters depend on everything that would have been written before.
 */
export function openTrial(deps: AppDeps & { reads: Statements }, scope: Scope, mapping: Mapping): ImportTarget {
  const lines = openTrialLines(deps.postgres, mapping.invoice?.itemsProperty ?? '');
  const track = async (units: readonly ActivityUnit[]): Promise<TrackOutcome[]> => {
    const catalogue = await deps.catalogues.current(scope.programId);
    const now = catalogue.program.testClock ?? deps.clock();
    const facts = {
      declarations: [],
      policy: catalogue.program,
      today: localDay(now, catalogue.program.timeZone),
      now,
    };
    const outcomes = units.map((unit): TrackOutcome => {
      const problem = checkCustomer(unit, facts) ?? checkReport(unit.report, catalogue, now, false);
      return problem instanceof UserError
        ? { kind: 'REFUSED', reason: problem.message }
        : { kind: 'TRACKED', points: 0 };
    });
    const tracked = units.filter((_, index) => outcomes[index]?.kind === 'TRACKED');
    if (mapping.activity.messageId !== undefined) {
      const repeated = await repeatedOf(deps, scope, lines, tracked);
      return outcomes.map((outcome, index) =>
        repeated.has(units[index]) ? { kind: 'DUPLICATE', points: 0 } : outcome,
      );
    }
    await lines.add(tracked);
    return outcomes;
  };
  return {
    cancelsAtOnce: 1,
    track,
    async takeOver(units) {
      const results: HistoryResult[] = [];
      for (const unit of units) {
        const activities = unit.activities.length === 0 ? [] : await track(unit.activities);
        results.push({
          opened: unit.opening,
          activities,
          redemptions: unit.redemptions.map(() => ({ kind: 'REDEEMED' })),
        });
      }
      return results;
    },
    async cancel(unit) {
      const codes = [...new Set(unit.lines.map((line) => line.stockCode))];
      const purchased = await lines.find(unit.customer.externalId, unit.occurredAt, codes);
      const taken = unit.lines.map((line) => takeBack(purchased, line.stockCode, line.quantity));
      await lines.keep(purchased);
      const activities = new Set(taken.flatMap((part) => part.taken.map(({ line }) => line.activityId)));
      return { lines: taken.map((part) => cancelOutcome(part)), reversals: activities.size, points: 0 };
    },
    close: () => lines.close(),
  };
}

/** Units whose message ids are on record, or stood earlier in the file. */
async function repeatedOf(
  deps: AppDeps & { reads: Statements },
  scope: Scope,
  lines: TrialLines,
  units: readonly ActivityUnit[],
): Promise<Set<ActivityUnit | undefined>> {
  const ids = units.map(({ report }) => report.messageId ?? '');
  const known = await findByMessages(deps.reads, scope.programId, ids);
  const fresh = await lines.addMessages(ids);
  // The first one of an id is taken out of the set, so that the second one is a repetition.
  return new Set(
    units.filter(({ report }) => known.has(report.messageId ?? '') || !fresh.delete(report.messageId ?? '')),
  );
}

function checkCustomer(
  { customer, report }: ActivityUnit,
  facts: Parameters<typeof decideUpsert>[2],
): UserError | null {
  const person = decideUpsert(UNKNOWN_PERSON, { ...customer, enrol: true, enrolledAt: report.occurredAt }, facts);
  if (person instanceof UserError) return person;
  return normaliseExternalId(customer.externalId) === null
    ? new InvalidInputError('An external id has 1 to 255 characters and is not blank.')
    : null;
}
