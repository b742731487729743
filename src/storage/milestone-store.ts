import { Big } from 'big.js';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** A threshold that a customer has reached in a period. */
export type MilestoneRow = {
  customerId: string;
  milestoneId: string;
  period: string;
  /** An exact decimal. */
  threshold: string;
  activityId: string;
  reachedAt: Date;
  recordedAt: Date;
};

/** One milestone of one customer in one period: the measure over the local days [from, to); null has no bound. */
export type MilestoneKey = {
  customerId: string;
  milestoneId: string;
  measure: string;
  period: string;
  from: string | null;
  to: string | null;
};

/** What is counted in one period, and the thresholds above it that are reached all the same. */
export type MilestoneCount = { sum: Big; reachedAbove: string[] };

/**
 * What the activity path has to know before it decides: one statement for the whole batch, in the order of the keys. `dip`,
 * zero or below, is how far the batch itself may lower the sum: thresholds above that are told, too.
 */
export async function readMilestoneCounts(
  statements: Statements,
  programId: string,
  keys: readonly (MilestoneKey & { dip: Big })[],
): Promise<MilestoneCount[]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<{ sum: string; reached: string[] }>(
    `/* read-milestone-counts */
    select counted.sum::text as sum, reached.thresholds as reached
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[], $8::numeric[]) with ordinality
      as key (customer_id, milestone_id, measure, period, from_day, to_day, dip, position)
    cross join lateral (
      select coalesce(sum(d.amount), 0) as sum from tier_day d
      where d.program_id = $1 and d.customer_id = key.customer_id and d.measure = key.measure
        and d.day >= coalesce(key.from_day, '-infinity') and d.day < coalesce(key.to_day, 'infinity')
    ) counted
    cross join lateral (
      select coalesce(array_agg(trim_scale(m.threshold)::text), '{}') as thresholds from milestone_reached m
      where m.program_id = $1 and m.customer_id = key.customer_id and m.milestone_id = key.milestone_id
        and m.period = key.period and m.threshold > counted.sum + key.dip
    ) reached
    order by key.position`,
    [
      programId,
      keys.map((key) => key.customerId),
      keys.map((key) => key.milestoneId),
      keys.map((key) => key.measure),
      keys.map((key) => key.period),
      keys.map((key) => key.from),
      keys.map((key) => key.to),
      keys.map((key) => key.dip.toFixed()),
    ],
  );
  return rows.map(({ sum, reached }) => ({ sum: new Big(sum), reachedAbove: reached }));
}

/** Most thresholds that are listed of one milestone and period. */
export const REACHED_MAX = 100;

/** What customers have reached of milestones in these periods, the highest threshold first, at most REACHED_MAX each. */
export async function readReached(
  statements: Statements,
  programId: string,
  keys: readonly MilestoneKey[],
): Promise<MilestoneRow[][]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<MilestoneRow & { position: number }>(
    `/* read-milestones-reached */
    select key.position::int as position, m.customer_id as "customerId", m.milestone_id as "milestoneId", m.period,
      trim_scale(m.threshold)::text as threshold, m.activity_id as "activityId", m.reached_at as "reachedAt",
      m.recorded_at as "recordedAt"
    from unnest($2::uuid[], $3::uuid[], $4::text[]) with ordinality as key (customer_id, milestone_id, period, position)
    cross join lateral (
      select r.* from milestone_reached r
      where r.program_id = $1 and r.customer_id = key.customer_id and r.milestone_id = key.milestone_id and r.period = key.period
      order by r.threshold desc limit ${REACHED_MAX}
    ) m
    order by key.position, m.threshold desc`,
    [programId, keys.map((key) => key.customerId), keys.map((key) => key.milestoneId), keys.map((key) => key.period)],
  );
  const byPosition = Map.groupBy(rows, ({ position }) => position);
  return keys.map((_key, index) => byPosition.get(index + 1) ?? []);
}

const REACHED: Columns<MilestoneRow> = {
  customer_id: ['uuid', (row) => row.customerId],
  milestone_id: ['uuid', (row) => row.milestoneId],
  period: ['text', (row) => row.period],
  threshold: ['numeric', (row) => row.threshold],
  activity_id: ['uuid', (row) => row.activityId],
  reached_at: ['timestamptz', (row) => row.reachedAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
};

/** Keeps what was reached. A threshold that is on record already is refused by the database: nothing awards twice. */
export async function insertReached(tx: Statements, programId: string, rows: readonly MilestoneRow[]): Promise<void> {
  if (rows.length === 0) return;
  await runParts(tx, 'insert-milestones-reached', [insertPart('milestone_reached', programId, REACHED, rows)]);
}
