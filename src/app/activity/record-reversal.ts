import type { Big } from 'big.js';

import type { PointsEarned } from '#domain/activity/effect.ts';
import { boundsOf, recordUse } from '#domain/earning/bound.ts';
import { openUsage, type UsageBook } from '#domain/earning/usage.ts';
import { activityTypeOf, type Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { insertReversal } from '#storage/activity-reversal-store.ts';
import type { ActivityRow } from '#storage/activity-store.ts';
import { addBudgetUsage } from '#storage/budget-store.ts';
import { addActivityDays, addCapCounters } from '#storage/earning-counter-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import type { ActivityReverseInput } from './reverse.ts';

/** Writes what was returned, one row a property, and answers their ids; the first carries the points. */
export async function recordReversal(
  deps: AppDeps,
  tx: Tx,
  activity: ActivityRow,
  input: ActivityReverseInput,
  returned: ReadonlyMap<string, Big>,
  done: { occurredAt: Date; pointsReversed: number; pointsUncollected: number },
): Promise<string[]> {
  const ids: string[] = [];
  const shared = {
    activityId: activity.id,
    reason: input.reason,
    actor: tx.actor,
    occurredAt: done.occurredAt,
    recordedAt: tx.now,
  };
  const lineIds = input.request.kind === 'LINES' ? input.request.lineIds : [];
  const parts =
    input.request.kind === 'WHOLE'
      ? [[null, null] as const]
      : [...returned].map(([property, amount]) => [property, amount.toFixed()] as const);
  for (const [index, [property, amount]] of parts.entries()) {
    const id = deps.newId();
    ids.push(id);
    await insertReversal(tx, tx.programId, {
      ...shared,
      id,
      kind: input.request.kind === 'WHOLE' ? 'WHOLE' : 'PART',
      property,
      amount,
      lineIds: index === 0 ? lineIds : [],
      pointsReversed: index === 0 ? done.pointsReversed : 0,
      pointsUncollected: index === 0 ? done.pointsUncollected : 0,
    });
  }
  return ids;
}

/**
 * Gives back the room that the activity took of caps and budgets, as the live rules bound it, and takes it out of what
 * conditions count.
 */
export async function giveBackCounters(
  tx: Tx,
  catalogue: Catalogue,
  activity: ActivityRow,
  earned: readonly PointsEarned[],
): Promise<void> {
  const { timeZone, dailyPointsCap } = catalogue.program;
  const day = localDay(activity.occurredAt, timeZone);
  const { customerId, activityTypeId } = activity;
  const live = catalogue.ruleSet.earning.byActivityType.get(activityTypeOf(catalogue, activityTypeId).code);
  const [caps, budgets] = [openUsage([]), openUsage([])];
  for (const effect of earned) {
    const rule = catalogue.ruleSet.content.earningRules.find((known) => known.id === effect.ruleId);
    if (rule === undefined) continue;
    const paying = live?.rules.find((compiled) => compiled.rule.id === rule.id)?.budgets ?? [];
    recordUse(boundsOf(rule, paying, day, dailyPointsCap, { caps, budgets }), effect.points, activity.occurredAt);
  }
  const given = (book: UsageBook) =>
    book.added().map(({ subject, period, usage }) => ({
      subject,
      period,
      points: -usage.points,
      uses: -usage.uses,
      lastAt: null,
    }));
  await addCapCounters(
    tx,
    tx.programId,
    given(caps).map((row) => ({ customerId, ...row })),
  );
  await addBudgetUsage(tx, tx.programId, given(budgets));
  await addActivityDays(tx, tx.programId, [{ customerId, activityTypeId, day, count: -1 }]);
}
