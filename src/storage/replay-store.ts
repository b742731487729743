import { Big } from 'big.js';

import type { Effect } from '#domain/activity/effect.ts';
import type { LeftOut } from '#domain/backtest/report.ts';

import { onlyRow, type Statements } from './postgres.ts';

/** An activity as a replay reads it, with all of its reversals up to the replay's end. */
export type ActivityOnRecord = {
  id: string;
  customerId: string;
  activityTypeId: string;
  channel: string;
  occurredAt: Date;
  recordedAt: Date;
  properties: Record<string, unknown>;
  effects: Effect[];
  reversals: ReversalOnRecord[];
  /** By ledger transaction: points that reversals took back of it or gave up. */
  takenBack: ReadonlyMap<string, number>;
};

/** One reversal; its parts, one a property, belong together. `id` says when it was recorded. */
export type ReversalOnRecord = { id: string; whole: boolean; returned: Map<string, Big>; recordedAt: Date };

type ReversalPart = { id: string; kind: string; property: string | null; amount: string | null; recordedAt: string };
type RawActivity = Omit<ActivityOnRecord, 'reversals' | 'takenBack'> & {
  reversals: ReversalPart[] | null;
  takenBack: Record<string, number> | null;
};

/** The ids of what a replay reads: activities up to `lastId`, `count` of them, and what was done to them up to `endId`. */
export type ReplayBounds = { lastId: string; endId: string; count: number };

/**
 * How far a replay has to read: to the last activity recorded that occurred in [from, to). Null when none did. Counts no
 * further than `countMax`.
 */
export async function findReplayBounds(
  statements: Statements,
  programId: string,
  { from, to, endId, countMax }: { from: Date; to: Date; endId: string; countMax: number },
): Promise<ReplayBounds | null> {
  const [last] = await statements.query<{ id: string }>(
    `/* find-replay-end */ select id from activity
    where program_id = $1 and id <= $2 and occurred_at >= $3 and occurred_at < $4 order by id desc limit 1`,
    [programId, endId, from, to],
  );
  if (last === undefined) return null;
  const { count } = onlyRow(
    await statements.query<{ count: number }>(
      `/* count-replay */ select count(*)::bigint as count from (
        select from activity where program_id = $1 and id <= $2 limit $3) as one`,
      [programId, last.id, countMax],
    ),
  );
  return { lastId: last.id, endId, count };
}

/**
 * The next activities in the order in which they were recorded. One statement, and so one moment: what a reversal took back
 * and the reversal itself are seen together or not at all.
 */
export async function readReplayPage(
  statements: Statements,
  programId: string,
  { lastId, endId }: ReplayBounds,
  after: string,
  limit: number,
): Promise<ActivityOnRecord[]> {
  const rows = await statements.query<RawActivity>(
    `/* read-replay-page */
    select a.id, a.customer_id as "customerId", a.activity_type_id as "activityTypeId", a.channel, a.occurred_at as "occurredAt",
      a.recorded_at as "recordedAt", a.properties, a.effects, r.parts as reversals,
      case when r.parts is null then null else (
        select jsonb_object_agg(id, taken) from (
          select t.id, sum(u.amount + u.uncollected) as taken from ledger_transaction t
          join ledger_transaction u on u.program_id = t.program_id and u.reverses_id = t.id
          where t.program_id = a.program_id and t.activity_id = a.id and t.kind = 'EARN' and u.id <= $4
          group by t.id) as one) end as "takenBack"
    from activity a
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', v.id, 'kind', v.kind, 'property', v.property, 'amount', v.amount::text,
        'recordedAt', v.recorded_at) order by v.id) as parts
      from activity_reversal v where v.program_id = a.program_id and v.activity_id = a.id and v.id <= $4
    ) r on true
    where a.program_id = $1 and a.id > $2 and a.id <= $3 order by a.id limit $5`,
    [programId, after, lastId, endId, limit],
  );
  return rows.map(({ reversals, takenBack, ...row }) => ({
    ...row,
    reversals: joinParts(reversals ?? []),
    takenBack: new Map(Object.entries(takenBack ?? {})),
  }));
}

function joinParts(parts: readonly ReversalPart[]): ReversalOnRecord[] {
  const reversals: (ReversalOnRecord & { at: string })[] = [];
  for (const { id, kind, property, amount, recordedAt } of parts) {
    let reversal = reversals.at(-1);
    const isWhole = kind === 'WHOLE';
    // Two reversals of one activity wait for each other, and so for different instants, or name different properties.
    if (reversal === undefined || isWhole || reversal.at !== recordedAt || reversal.returned.has(property ?? '')) {
      reversal = { id, whole: isWhole, returned: new Map(), recordedAt: new Date(recordedAt), at: recordedAt };
      reversals.push(reversal);
    }
    if (property !== null && amount !== null) reversal.returned.set(property, new Big(amount));
  }
  return reversals;
}

/** A stretch of a customer's membership, [from, to). */
export type EnrolmentSpan = { customerId: string; state: string; from: Date; to: Date | null };

/** The enrolments of customers, from the first one on. */
export async function readEnrolmentSpans(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<EnrolmentSpan[]> {
  return statements.query<EnrolmentSpan>(
    `/* read-enrolment-spans */ select customer_id as "customerId", state, from_at as "from", to_at as "to" from enrolment
    where program_id = $1 and customer_id = any($2::uuid[]) order by customer_id, from_at`,
    [programId, customerIds],
  );
}

/** What all customers of a program hold, by currency: pending, available and held, less debts. */
export async function readOutstanding(statements: Statements, programId: string): Promise<Map<string, number>> {
  const rows = await statements.query<{ currencyId: string; points: number }>(
    `/* read-outstanding */ select currency_id as "currencyId", sum(pending + available + held)::bigint as points
    from ledger_account where program_id = $1 and customer_id is not null group by currency_id`,
    [programId],
  );
  return new Map(rows.map(({ currencyId, points }) => [currencyId, points]));
}

/** What of the program's record no replay of activities can make anew. */
export async function readLeftOut(statements: Statements, programId: string): Promise<LeftOut[]> {
  const { caps, tiers, earnings } = onlyRow(
    await statements.query<{ caps: boolean; tiers: boolean; earnings: boolean }>(
      `/* read-left-out */ select
        exists (select from point_currency where program_id = $1 and balance_cap is not null) as caps,
        exists (select from tier_membership where program_id = $1 and reason in ('MANUAL', 'INVITED', 'RECALCULATED')) as tiers,
        exists (select from ledger_transaction where program_id = $1 and kind = 'EARN' and activity_id is null) as earnings`,
      [programId],
    ),
  );
  return [
    ...(caps ? (['BALANCE_CAPS'] as const) : []),
    ...(tiers ? (['TIERS_BY_HAND'] as const) : []),
    ...(earnings ? (['OTHER_EARNINGS'] as const) : []),
  ];
}
