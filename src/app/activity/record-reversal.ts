import type { Big } from 'big.js';

import type { PointsEarned } from '#domain/activity/effect.ts';
import { capPeriod, PROGRAM_CAP } from '#domain/earning/evaluate.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { insertReversal } from '#storage/activity-reversal-store.ts';
import type { ActivityRow } from '#storage/activity-store.ts';
import { addActivityDays, addCapCounters } from '#storage/earning-counter-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import type { ActivityReverseInput } from './reverse.ts';

/** Writes what was returned, one row a property, and answers the id of the first, which carries the points. */
export async function recordReversal(
  deps: AppDeps,
  tx: Tx,
  activity: ActivityRow,
  input: ActivityReverseInput,
  returned: ReadonlyMap<string, Big>,
  done: { occurredAt: Date; pointsReversed: number; pointsUncollected: number },
): Promise<string> {
  const reversalId = deps.newId();
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
    await insertReversal(tx, tx.programId, {
      ...shared,
      id: index === 0 ? reversalId : deps.newId(),
      kind: input.request.kind === 'WHOLE' ? 'WHOLE' : 'PART',
      property,
      amount,
      lineIds: index === 0 ? lineIds : [],
      pointsReversed: index === 0 ? done.pointsReversed : 0,
      pointsUncollected: index === 0 ? done.pointsUncollected : 0,
    });
  }
  return reversalId;
}

/** Gives back the room that the activity took of caps, and takes it out of what conditions count. */
export async function giveBackCounters(
  tx: Tx,
  catalogue: Catalogue,
  activity: ActivityRow,
  earned: readonly PointsEarned[],
): Promise<void> {
  const { timeZone, dailyPointsCap } = catalogue.program;
  const day = localDay(activity.occurredAt, timeZone);
  const { customerId } = activity;
  const rows = new Map<string, { customerId: string; subject: string; period: string; points: number; uses: number }>();
  const add = (subject: string, period: string, points: number): void => {
    const row = rows.get(`${subject} ${period}`) ?? { customerId, subject, period, points: 0, uses: 0 };
    rows.set(`${subject} ${period}`, { ...row, points: row.points - points, uses: row.uses - 1 });
  };
  for (const effect of earned) {
    const rule = catalogue.ruleSet.content.earningRules.find((known) => known.id === effect.ruleId);
    for (const period of new Set(
      rule?.caps.filter((cap) => cap.per !== 'ACTIVITY').map((cap) => capPeriod(cap.per, day)),
    ))
      add(effect.ruleId, period, effect.points);
    if (dailyPointsCap !== null) add(PROGRAM_CAP, day, effect.points);
  }
  await addCapCounters(tx, tx.programId, [...rows.values()]);
  await addActivityDays(tx, tx.programId, [{ customerId, activityTypeId: activity.activityTypeId, day, count: -1 }]);
}
