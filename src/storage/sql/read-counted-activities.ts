import type { Statements } from '../postgres.ts';
import { REVERSED_WHOLE } from './remaining-units.ts';

/** An activity that stands, with what is left of its number properties; or points that one gave. */
export type CountedActivity = {
  customerId: string;
  occurredAt: Date;
  /** Empty where only points are told. */
  activityTypeId: string;
  channel: string;
  properties: Record<string, unknown>;
  /** What was returned, by property. */
  returned: Record<string, string> | null;
  currencyId: string | null;
  /** Points that are left; 0 of an activity. */
  points: number;
};

/**
 * What customers did of these types, and points that their activities gave in these currencies and are left, in the order
 * of time: all of it, or what lies in [from, to). Points of the rules named in `without` are left out.
 */
export async function readCountedActivities(
  statements: Statements,
  programId: string,
  of: {
    customerIds: readonly string[];
    activityTypeIds: readonly string[];
    currencyIds: readonly string[];
    without: readonly string[];
    from: Date | null;
    to: Date | null;
  },
): Promise<CountedActivity[]> {
  return statements.query<CountedActivity>(
    `/* read-counted-activities */
    select a.customer_id as "customerId", a.occurred_at as "occurredAt", a.activity_type_id::text as "activityTypeId",
      a.channel, a.properties, returned.list as returned, null as "currencyId", 0 as points
    from activity a
    left join lateral (
      select jsonb_object_agg(one.property, one.amount::text) as list from (
        select r.property, sum(r.amount) as amount from activity_reversal r
        where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'PART' group by r.property) one
    ) returned on true
    where a.program_id = $1 and a.customer_id = any($2::uuid[]) and a.activity_type_id = any($3::uuid[])
      and a.occurred_at >= coalesce($6::timestamptz, '-infinity') and a.occurred_at < coalesce($7::timestamptz, 'infinity')
      and not ${REVERSED_WHOLE}
    union all
    select t.customer_id, t.effective_at, '', '', '{}', null, t.currency_id::text,
      greatest(0, t.amount - coalesce(r.amount, 0) - coalesce(c.amount, 0))::bigint
    from ledger_transaction t
    left join lateral (
      select sum(u.amount + u.uncollected) as amount from ledger_transaction u
      where u.program_id = t.program_id and u.reverses_id = t.id
    ) r on true
    left join lateral (
      select -sum(e.amount) as amount from lot l
      join ledger_entry e on e.program_id = l.program_id and e.lot_id = l.id
      join ledger_transaction u on u.program_id = e.program_id and u.id = e.transaction_id and u.kind = 'CANCEL'
      where l.program_id = t.program_id and l.transaction_id = t.id
    ) c on true
    where cardinality($4::uuid[]) > 0 and t.program_id = $1 and t.kind = 'EARN' and t.customer_id = any($2)
      and t.currency_id = any($4) and t.activity_id is not null and not t.rule_id = any($5::uuid[])
      and t.effective_at >= coalesce($6::timestamptz, '-infinity') and t.effective_at < coalesce($7::timestamptz, 'infinity')
    order by 2`,
    [programId, of.customerIds, of.activityTypeIds, of.currencyIds, of.without, of.from, of.to],
  );
}
