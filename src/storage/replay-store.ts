import { Big } from 'big.js';

import type { Effect } from '#domain/activity/effect.ts';
import { uuidOf } from '#domain/ids.ts';
import type { AssignmentKind } from '#domain/tier/standing.ts';

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

/** Whether anything gave points that a replay takes as they were: by an activity or without one. */
export async function hasPrizes(statements: Statements, programId: string): Promise<boolean> {
  const { found } = onlyRow(
    await statements.query<{ found: boolean }>(
      `/* has-prizes */ select exists (
        select from ledger_transaction where program_id = $1 and kind = 'EARN' and activity_id is null) as found`,
      [programId],
    ),
  );
  return found;
}

/** One thing that the ledger did to a customer's balance beside earning by an activity. */
export type MovementOnRecord = {
  /** Where it stands in the order of recording. */
  id: string;
  customerId: string;
  currencyId: string;
  balance: number;
  earned: number;
  effectiveAt: Date;
  recordedAt: Date;
};

/**
 * Movements recorded after one id, up to another one: points given without an activity, and with `all` whatever else changes
 * how many points somebody has. Of a reversal that a replay decides anew, only what could not be collected. Points expire
 * before what is recorded in the same breath is decided, and so stand before it.
 */
export async function readMovements(
  statements: Statements,
  programId: string,
  { after, upTo, all }: { after: string; upTo: string; all: boolean },
): Promise<MovementOnRecord[]> {
  return statements.query<MovementOnRecord>(
    `/* read-replay-movements */
    select coalesce(first.id, t.id) as id, a.customer_id as "customerId", t.currency_id as "currencyId",
      (case when replayed.found then t.uncollected else sum(e.amount) end)::bigint as balance,
      (case when t.kind = 'EARN' then t.amount else 0 end)::bigint as earned,
      t.effective_at as "effectiveAt", t.recorded_at as "recordedAt"
    from ledger_transaction t
    join ledger_entry e on e.program_id = t.program_id and e.transaction_id = t.id
    join ledger_account a on a.program_id = e.program_id and a.id = e.account_id and a.customer_id is not null
    left join lateral (
      select x.id from activity x
      where t.kind = 'EXPIRE' and x.program_id = t.program_id and x.customer_id = t.customer_id
        and x.recorded_at = t.recorded_at and x.id > $2 and x.id < t.id
      order by x.id limit 1
    ) first on true
    left join lateral (
      select true as found from ledger_transaction o
      join activity_reversal v on v.program_id = o.program_id and v.activity_id = o.activity_id and v.recorded_at = t.recorded_at
      join activity x on x.program_id = o.program_id and x.id = o.activity_id
      cross join jsonb_array_elements(x.effects) effect
      where t.kind = 'REVERSE' and o.program_id = t.program_id and o.id = t.reverses_id and o.kind = 'EARN'
        and effect ->> 'transactionId' = o.id::text and effect ->> 'kind' in ('POINTS_EARNED', 'MILESTONE_REACHED')
      limit 1
    ) replayed on true
    where t.program_id = $1 and t.id > $2 and t.id <= $3
      and (t.kind = 'EARN' and t.activity_id is null
        or $4 and t.kind in ('CANCEL', 'SPEND', 'CAPTURE', 'EXPIRE', 'REVERSE', 'TRANSFER', 'ADJUST'))
    group by t.id, t.kind, t.amount, t.uncollected, t.currency_id, t.effective_at, t.recorded_at, a.customer_id, first.id, replayed.found
    order by t.id`,
    [programId, after, upTo, all],
  );
}

/** What a person did to a customer's tiers, as the audit has it. */
export type TierStepOnRecord = {
  id: string;
  customerId: string;
  action: 'tier.assigned' | 'tier.released' | 'tier.reviewed';
  after: {
    ladder?: string;
    tier?: string;
    kind?: AssignmentKind;
    until?: string | null;
    reviews?: { ladder: string }[];
  };
  recordedAt: Date;
};

/** Tiers that were given, ended or reviewed by hand after one id, up to another one. */
export async function readTierSteps(
  statements: Statements,
  programId: string,
  { after, upTo }: { after: string; upTo: string },
): Promise<TierStepOnRecord[]> {
  const rows = await statements.query<Omit<TierStepOnRecord, 'customerId'> & { subject: string }>(
    `/* read-replay-tier-steps */ select id, action, subject, after, recorded_at as "recordedAt" from audit_entry
    where program_id = $1 and id > $2 and id <= $3 and action in ('tier.assigned', 'tier.released', 'tier.reviewed')
    order by id`,
    [programId, after, upTo],
  );
  return rows.flatMap(({ subject, ...row }) => {
    const customerId = uuidOf('Customer', subject);
    return customerId === null ? [] : [{ ...row, customerId }];
  });
}
