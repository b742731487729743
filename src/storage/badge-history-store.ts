import { Big } from 'big.js';

import type { Effect } from '#domain/activity/effect.ts';
import type { SeenActivity } from '#domain/badge/condition.ts';
import type { PastEvent } from '#domain/badge/replay.ts';
import type { StreakLengths } from '#domain/streak/give.ts';

import type { Statements } from './postgres.ts';

/** What of the past is to be read. */
export type PastWanted = {
  /** Ids of activity types; null takes all. */
  typeIds: readonly string[] | null;
  /** Codes of activity types by their ids. */
  typeCodes: ReadonlyMap<string, string>;
  currencyIds: readonly string[];
  ladders: readonly string[];
  /** Whether the lengths of streaks are wanted, which stand in the effects of activities. */
  streaks: boolean;
};

type PastActivity = {
  id: string;
  customerId: string;
  typeId: string;
  channel: string;
  occurredAt: Date;
  recordedAt: Date;
  properties: Record<string, unknown>;
  effects: Effect[] | null;
};

type PastPoints = {
  id: string;
  customerId: string;
  activityId: string | null;
  currencyId: string;
  points: number;
  at: Date;
  recordedAt: Date;
};

/**
 * Everything on record of these customers that badges look at, by customer: activities with what they earned, what was taken
 * back of them, and tiers. Nobody may record anything of these customers meanwhile.
 */
export async function readPast(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  wanted: PastWanted,
): Promise<Map<string, PastEvent[]>> {
  const [activities, reversals, earned, lost, tiers] = await Promise.all([
    readActivities(tx, programId, customerIds, wanted),
    readReversals(tx, programId, customerIds, wanted.typeIds),
    wanted.currencyIds.length === 0 ? [] : readEarned(tx, programId, customerIds, wanted.currencyIds),
    wanted.currencyIds.length === 0 ? [] : readLost(tx, programId, customerIds, wanted.currencyIds),
    wanted.ladders.length === 0 ? [] : readTierSteps(tx, programId, customerIds, wanted.ladders),
  ]);
  const past = new Map(customerIds.map((id): [string, PastEvent[]] => [id, []]));
  const points = Map.groupBy(earned, ({ activityId }) => activityId ?? '');
  const seen = new Map<string, SeenActivity>();
  for (const row of activities) {
    const activity = { ...row, type: wanted.typeCodes.get(row.typeId) ?? '' };
    seen.set(row.id, activity);
    past.get(row.customerId)?.push({
      kind: 'ACTIVITY',
      position: row.id,
      recordedAt: row.recordedAt,
      activity,
      points: sumsOf(points.get(row.id) ?? []),
      streaks: streaksIn(row.effects ?? []),
    });
  }
  for (const { id, customerId, activityId, property, amount, recordedAt } of reversals) {
    const activity = seen.get(activityId);
    const part = property === null || amount === null ? null : { property, amount: new Big(amount) };
    if (activity !== undefined)
      past.get(customerId)?.push({ kind: 'REVERSED', position: id, recordedAt, activity, part });
  }
  for (const { id, customerId, currencyId, at, points: amount, recordedAt, activityId } of [...earned, ...lost]) {
    if (activityId !== null && seen.has(activityId)) continue;
    past.get(customerId)?.push({ kind: 'POINTS', position: id, recordedAt, at, currencyId, points: amount });
  }
  for (const { id, customerId, ladder, tier, recordedAt } of tiers)
    past.get(customerId)?.push({ kind: 'TIER', position: id, recordedAt, ladder, tier });
  return past;
}

function sumsOf(rows: readonly PastPoints[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { currencyId, points } of rows) sums.set(currencyId, (sums.get(currencyId) ?? 0) + points);
  return sums;
}

/** How long streaks were with an activity, as its effects tell. */
function streaksIn(effects: readonly Effect[]): Map<string, StreakLengths> {
  const lengths = new Map<string, StreakLengths>();
  for (const effect of effects) if (effect.kind === 'STREAK_EXTENDED') lengths.set(effect.streakCode, effect);
  return lengths;
}

function readActivities(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  { typeIds, streaks }: PastWanted,
): Promise<PastActivity[]> {
  return tx.query<PastActivity>(
    `/* read-past-activities */
    select id, customer_id as "customerId", activity_type_id as "typeId", channel, occurred_at as "occurredAt",
      recorded_at as "recordedAt", properties, case when $4 then effects end as effects
    from activity
    where program_id = $1 and customer_id = any($2::uuid[]) and ($3::uuid[] is null or activity_type_id = any($3))`,
    [programId, customerIds, typeIds, streaks],
  );
}

function readReversals(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  typeIds: readonly string[] | null,
): Promise<
  {
    id: string;
    customerId: string;
    activityId: string;
    property: string | null;
    amount: string | null;
    recordedAt: Date;
  }[]
> {
  return tx.query(
    `/* read-past-reversals */
    select r.id, a.customer_id as "customerId", r.activity_id as "activityId", r.property, r.amount::text as amount,
      r.recorded_at as "recordedAt"
    from activity a
    join activity_reversal r on r.program_id = a.program_id and r.activity_id = a.id
    where a.program_id = $1 and a.customer_id = any($2::uuid[]) and ($3::uuid[] is null or a.activity_type_id = any($3))`,
    [programId, customerIds, typeIds],
  );
}

function readEarned(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  currencyIds: readonly string[],
): Promise<PastPoints[]> {
  return tx.query<PastPoints>(
    `/* read-past-points */
    select t.id, t.customer_id as "customerId", t.activity_id as "activityId", t.currency_id as "currencyId",
      t.amount as points, t.effective_at as at, t.recorded_at as "recordedAt"
    from ledger_transaction t
    where t.program_id = $1 and t.customer_id = any($2::uuid[]) and t.kind = 'EARN' and t.currency_id = any($3::uuid[])`,
    [programId, customerIds, currencyIds],
  );
}

/** What was taken back of points that were earned, or cancelled while it waited. */
function readLost(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  currencyIds: readonly string[],
): Promise<PastPoints[]> {
  return tx.query<PastPoints>(
    `/* read-past-losses */
    with earned as (
      select t.program_id, t.id, t.customer_id, t.currency_id, t.effective_at from ledger_transaction t
      where t.program_id = $1 and t.customer_id = any($2::uuid[]) and t.kind = 'EARN' and t.currency_id = any($3::uuid[])
    )
    select u.id, t.customer_id as "customerId", null as "activityId", t.currency_id as "currencyId",
      -(u.amount + u.uncollected) as points, t.effective_at as at, u.recorded_at as "recordedAt"
    from earned t join ledger_transaction u on u.program_id = t.program_id and u.reverses_id = t.id
    union all
    select u.id, t.customer_id, null, t.currency_id, sum(e.amount)::bigint, t.effective_at, u.recorded_at
    from earned t
    join lot l on l.program_id = t.program_id and l.transaction_id = t.id
    join ledger_entry e on e.program_id = l.program_id and e.lot_id = l.id
    join ledger_transaction u on u.program_id = e.program_id and u.id = e.transaction_id and u.kind = 'CANCEL'
    group by u.id, t.customer_id, t.currency_id, t.effective_at, u.recorded_at`,
    [programId, customerIds, currencyIds],
  );
}

function readTierSteps(
  tx: Statements,
  programId: string,
  customerIds: readonly string[],
  ladders: readonly string[],
): Promise<{ id: string; customerId: string; ladder: string; tier: string; recordedAt: Date }[]> {
  return tx.query(
    `/* read-past-tiers */
    select m.id, m.customer_id as "customerId", m.ladder_code as ladder, m.tier_code as tier, m.recorded_at as "recordedAt"
    from tier_membership m
    where m.program_id = $1 and m.customer_id = any($2::uuid[]) and m.ladder_code = any($3::text[])`,
    [programId, customerIds, ladders],
  );
}
