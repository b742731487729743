import type { Usage } from '#domain/earning/bound.ts';
import type { ActivityCounters } from '#domain/earning/facts.ts';
import { periodDays, type Period } from '#domain/time.ts';

import type { Statements } from './postgres.ts';
import { arrayText } from './sql/columns.ts';

/** Names one cap counter of one customer. */
export type CapKey = { customerId: string; subject: string; period: string };

const COUNTER_COLUMNS = `c.customer_id as "customerId", c.subject, c.period, c.points, c.uses,
  (extract(epoch from c.last_at) * 1000)::bigint as "lastAt"`;

/**
 * Cap counters that exist of any of these customers under any of these subjects and periods: with many rules, far less to
 * send and to look up than customer by customer. Keep it to the periods of one day.
 */
export async function readCapCountersOfDay(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
  keys: readonly Omit<CapKey, 'customerId'>[],
): Promise<(CapKey & Usage)[]> {
  if (keys.length === 0 || customerIds.length === 0) return [];
  return statements.query(
    `/* read-cap-counters-of-day */
    select ${COUNTER_COLUMNS} from earning_counter c
    where c.program_id = $1 and c.customer_id = any($2::uuid[]) and c.subject = any($3::text[]) and c.period = any($4::text[])`,
    [
      programId,
      arrayText(customerIds),
      arrayText([...new Set(keys.map(({ subject }) => subject))]),
      arrayText([...new Set(keys.map(({ period }) => period))]),
    ],
  );
}

/** Cap counters that exist; the accounts' locks keep them still. */
export async function readCapCounters(
  statements: Statements,
  programId: string,
  keys: readonly CapKey[],
): Promise<(CapKey & Usage)[]> {
  if (keys.length === 0) return [];
  return statements.query(
    `/* read-cap-counters */
    select ${COUNTER_COLUMNS}
    from unnest($2::uuid[], $3::text[], $4::text[]) as key (customer_id, subject, period)
    join earning_counter c on c.program_id = $1 and c.customer_id = key.customer_id and c.subject = key.subject and c.period = key.period`,
    [
      programId,
      arrayText(keys.map((key) => key.customerId)),
      arrayText(keys.map((key) => key.subject)),
      arrayText(keys.map((key) => key.period)),
    ],
  );
}

/** Adds to cap counters; a negative addition gives room back. Rows must be distinct. */
export async function addCapCounters(
  statements: Statements,
  programId: string,
  rows: readonly (CapKey & Usage)[],
): Promise<void> {
  if (rows.length === 0) return;
  await statements.query(
    `/* add-cap-counters */
    insert into earning_counter (program_id, customer_id, subject, period, points, uses, last_at)
    select $1, customer_id, subject, period, points, uses, last_at
    from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::int[], $7::timestamptz[])
      as row (customer_id, subject, period, points, uses, last_at)
    order by 2, 3, 4
    on conflict (program_id, customer_id, subject, period) do update
      set points = greatest(0, earning_counter.points + excluded.points), uses = greatest(0, earning_counter.uses + excluded.uses),
        last_at = greatest(earning_counter.last_at, excluded.last_at)`,
    [
      programId,
      arrayText(rows.map((row) => row.customerId)),
      arrayText(rows.map((row) => row.subject)),
      arrayText(rows.map((row) => row.period)),
      arrayText(rows.map((row) => row.points)),
      arrayText(rows.map((row) => row.uses)),
      arrayText(rows.map((row) => (row.lastAt === null ? null : new Date(row.lastAt)))),
    ],
  );
}

/** Names what a condition may count: a customer's activities of one type up to the periods of one local day. */
export type CounterKey = { customerId: string; activityTypeId: string; day: string };

/** How often each customer did the same: on that day, and in its ISO week, month, year and ever. In the order of the keys. */
export async function readActivityCounters(
  statements: Statements,
  programId: string,
  keys: readonly CounterKey[],
): Promise<ActivityCounters[]> {
  if (keys.length === 0) return [];
  const bounds = (period: Exclude<Period, 'ALL_TIME'>): string[][] => {
    const ranges = keys.map((key) => periodDays(period, key.day));
    return [ranges.map((range) => range.startsOn), ranges.map((range) => range.endsOn)];
  };
  return statements.query<ActivityCounters>(
    `/* read-activity-counters */
    select coalesce(sum(d.count) filter (where d.day = key.day), 0)::bigint as today,
      coalesce(sum(d.count) filter (where d.day >= key.week_from and d.day < key.week_to), 0)::bigint as "thisWeek",
      coalesce(sum(d.count) filter (where d.day >= key.month_from and d.day < key.month_to), 0)::bigint as "thisMonth",
      coalesce(sum(d.count) filter (where d.day >= key.year_from and d.day < key.year_to), 0)::bigint as "thisYear",
      coalesce(sum(d.count), 0)::bigint as "allTime"
    from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[], $6::date[], $7::date[], $8::date[], $9::date[], $10::date[])
      with ordinality as key (customer_id, type_id, day, week_from, week_to, month_from, month_to, year_from, year_to, position)
    left join activity_day d on d.program_id = $1 and d.customer_id = key.customer_id and d.activity_type_id = key.type_id
    group by key.position order by key.position`,
    [
      programId,
      keys.map((key) => key.customerId),
      keys.map((key) => key.activityTypeId),
      keys.map((key) => key.day),
      ...bounds('WEEK'),
      ...bounds('MONTH'),
      ...bounds('YEAR'),
    ],
  );
}

/** Counts activities by local day; a negative count takes a reversed one out. Rows must be distinct. */
export async function addActivityDays(
  statements: Statements,
  programId: string,
  rows: readonly (CounterKey & { count: number })[],
): Promise<void> {
  if (rows.length === 0) return;
  await statements.query(
    `/* add-activity-days */
    insert into activity_day (program_id, customer_id, activity_type_id, day, count)
    select $1, customer_id, type_id, day, count
    from unnest($2::uuid[], $3::uuid[], $4::date[], $5::bigint[]) as row (customer_id, type_id, day, count)
    order by 2, 3, 4
    on conflict (program_id, customer_id, activity_type_id, day) do update set count = activity_day.count + excluded.count`,
    [
      programId,
      arrayText(rows.map((row) => row.customerId)),
      arrayText(rows.map((row) => row.activityTypeId)),
      arrayText(rows.map((row) => row.day)),
      arrayText(rows.map((row) => row.count)),
    ],
  );
}
