import type { Measure } from '#domain/tier/measure.ts';

import type { Statements } from '../postgres.ts';
import { REVERSED_WHOLE } from './remaining-units.ts';

/** Only of these customers, and only of activities in [from, to); null takes everything. */
export type MeasuredPart = { customerIds: readonly string[]; from: Date | null; to: Date | null } | null;

const NUMBER = String.raw`'^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$'`;

/**
 * What the record of activities and points makes of a measure: rows (customer_id, day, amount), without those that come to
 * nothing. The only place that says so: filling a new measure, counting a day anew after a reversal, previews and the
 * standing check all read it here. $1 program, $2 zone, $3 currency or activity type, $4 property, $5 customers, $6 and $7
 * the bounds of time.
 */
export function measureDaysSql(measure: Measure): string {
  switch (measure.kind) {
    case 'POINTS':
      // A point that was cancelled while it waited counts no more, and a reversal then has nothing left to take of it.
      return `
        select t.customer_id, (t.effective_at at time zone $2)::date as day,
          sum(greatest(0, t.amount - coalesce(r.amount, 0) - coalesce(c.amount, 0)))::numeric as amount
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
        where t.program_id = $1 and t.kind = 'EARN' and t.currency_id = $3::uuid and $4::text is null ${bounds('t.customer_id', 't.effective_at')}
        group by 1, 2
        having sum(greatest(0, t.amount - coalesce(r.amount, 0) - coalesce(c.amount, 0))) <> 0`;
    case 'SPEND': {
      const left = `(a.properties ->> $4::text)::numeric - coalesce((
        select sum(r.amount) from activity_reversal r
        where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'PART' and r.property = $4::text), 0)`;
      return `
        select customer_id, day, sum(amount) as amount from (
          select a.customer_id, (a.occurred_at at time zone $2)::date as day, ${left} as amount
          from activity a
          where a.program_id = $1 and a.activity_type_id = $3::uuid and a.properties ->> $4::text ~ ${NUMBER}
            and not ${REVERSED_WHOLE} ${bounds('a.customer_id', 'a.occurred_at')}
        ) as one group by 1, 2 having sum(amount) <> 0`;
    }
    case 'COUNT':
      return `
        select a.customer_id, (a.occurred_at at time zone $2)::date as day, count(*)::numeric as amount
        from activity a
        where a.program_id = $1 and a.activity_type_id = $3::uuid and $4::text is null
          and not ${REVERSED_WHOLE} ${bounds('a.customer_id', 'a.occurred_at')}
        group by 1, 2`;
  }
}

function bounds(customer: string, instant: string): string {
  return `and ($5::uuid[] is null or ${customer} = any($5)) and ($6::timestamptz is null or ${instant} >= $6) and ($7::timestamptz is null or ${instant} < $7)`;
}

/** The values of that statement's placeholders. */
export function measureDaysValues(
  programId: string,
  timeZone: string,
  measure: Measure,
  part: MeasuredPart = null,
): unknown[] {
  return [
    programId,
    timeZone,
    measure.kind === 'POINTS' ? measure.currencyId : measure.activityTypeId,
    measure.kind === 'SPEND' ? measure.property : null,
    part?.customerIds ?? null,
    part?.from ?? null,
    part?.to ?? null,
  ];
}

/**
 * Counts a measure from everything that happened, in place of what was kept of it. Nobody may record activities meanwhile:
 * call it under `lockLeaderboards`.
 */
export async function fillMeasure(
  tx: Statements,
  programId: string,
  timeZone: string,
  name: string,
  measure: Measure,
): Promise<void> {
  await tx.query('/* clear-measure */ delete from tier_day where program_id = $1 and measure = $2', [programId, name]);
  await tx.query(
    `/* fill-measure */ insert into tier_day (program_id, customer_id, measure, day, amount)
     select $1, customer_id, $8, day, amount from (${measureDaysSql(measure)}) as counted`,
    [...measureDaysValues(programId, timeZone, measure), name],
  );
}

/** Counts one local day of a customer anew, [from, to) in time, after something of it was taken back. */
export async function recountDay(
  tx: Statements,
  programId: string,
  timeZone: string,
  name: string,
  measure: Measure,
  of: { customerId: string; day: string; from: Date; to: Date },
): Promise<void> {
  const part = { customerIds: [of.customerId], from: of.from, to: of.to };
  await tx.query(
    `/* recount-day */
    with counted as (${measureDaysSql(measure)}),
    gone as (
      delete from tier_day where program_id = $1 and customer_id = $9 and measure = $8 and day = $10::date
        and not exists (select from counted)
    )
    insert into tier_day (program_id, customer_id, measure, day, amount)
    select $1, customer_id, $8, day, amount from counted
    on conflict (program_id, customer_id, measure, day) do update set amount = excluded.amount`,
    [...measureDaysValues(programId, timeZone, measure, part), name, of.customerId, of.day],
  );
}

/** What customers would have of a measure, day by day, whether or not it is counted. */
export async function readMeasureDays(
  reads: Statements,
  programId: string,
  timeZone: string,
  measure: Measure,
  customerIds: readonly string[],
): Promise<{ customerId: string; day: string; amount: string }[]> {
  const part = { customerIds, from: null, to: null };
  return reads.query(
    `/* read-measure-days */ select customer_id as "customerId", day, amount::text as amount from (${measureDaysSql(measure)}) as counted`,
    measureDaysValues(programId, timeZone, measure, part),
  );
}
