import type { Statements } from './postgres.ts';

export type ExpiringWanted = { customerId: string; currencyId: string; until: Date };
/** One lot with points that expire: those not held, which expire only when they come back. */
export type ExpiringLot = { lotId: string; points: number; expiresAt: Date };
export type ExpiringPoints = { points: number; lots: ExpiringLot[] };

/** Most lots of one answer; the sum counts them all. */
export const EXPIRING_LOTS_MAX = 100;

/** What expires after `now` and up to an instant, inclusive, of any number of customers: one statement, the soonest first. */
export async function selectExpiring(
  reads: Statements,
  programId: string,
  now: Date,
  wanted: readonly ExpiringWanted[],
): Promise<ExpiringPoints[]> {
  const rows = await reads.query<{
    place: number;
    points: number;
    lots: { lotId: string; points: number; expiresAt: string }[];
  }>(
    `/* select-expiring */
    select w.place::int - 1 as place, sum(l.remaining)::bigint as points,
      jsonb_path_query_array(jsonb_agg(jsonb_build_object('lotId', l.id, 'points', l.remaining, 'expiresAt', l.expires_at)
        order by l.expires_at, l.id), $6::jsonpath) as lots
    from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) with ordinality as w (customer_id, currency_id, until, place)
    join ledger_account a on a.program_id = $1 and a.customer_id = w.customer_id and a.currency_id = w.currency_id
    join dated_lot l on l.program_id = $1 and l.account_id = a.id and l.remaining + l.held > 0 and l.remaining > 0
      and l.expires_at > $5 and l.expires_at <= w.until
    group by w.place`,
    [
      programId,
      wanted.map((one) => one.customerId),
      wanted.map((one) => one.currencyId),
      wanted.map((one) => one.until),
      now,
      `$[0 to ${EXPIRING_LOTS_MAX - 1}]`,
    ],
  );
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return wanted.map((_, place) => {
    const row = byPlace.get(place);
    return {
      points: row?.points ?? 0,
      lots: (row?.lots ?? []).map((lot) => ({ ...lot, expiresAt: new Date(lot.expiresAt) })),
    };
  });
}

/** Points that customers have, by when they expire. */
export type BalanceAge = {
  /** Points that expire after now and up to each of the instants asked for. */
  within: number[];
  /** By month `YYYY-MM` of the first instant at which they are no longer valid, in the program's zone. */
  months: { month: string; points: number }[];
  never: number;
  /** Set aside by open holds; they expire only when they come back. */
  held: number;
  /** Customers with at least one point to spend now, and customers who are enrolled. */
  redeemable: number;
  enrolled: number;
};

/** Looks once through all lots of the program with points in them: a report, not a page that everybody loads. */
export async function selectBalanceAge(
  reads: Statements,
  wanted: { programId: string; currencyId: string; timeZone: string; now: Date; until: readonly Date[] },
): Promise<BalanceAge> {
  const within = wanted.until.map(
    (_until, index) =>
      `coalesce(sum(l.remaining) filter (where l.expires_at > $4 and l.expires_at <= $${index + 5}), 0)`,
  );
  const [row] = await reads.query<{ value: BalanceAge }>(
    `/* select-balance-age */
    with month as materialized (
      select date_trunc('month', l.expires_at at time zone $3) as begins, coalesce(sum(l.remaining) filter (where l.expires_at > $4), 0) as points,
        coalesce(sum(l.remaining) filter (where l.expires_at is null), 0) as never, sum(l.held) as held, array[${within.join(', ')}]::bigint[] as within
      from dated_lot l
      join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
      where l.program_id = $1 and a.currency_id = $2 and l.remaining + l.held > 0
      group by 1
    )
    select jsonb_build_object(
      'within', (select jsonb_agg((select coalesce(sum(m.within[place]), 0) from month m) order by place) from generate_series(1, ${wanted.until.length}) as place),
      'months', coalesce((select jsonb_agg(jsonb_build_object('month', to_char(begins, 'YYYY-MM'), 'points', points) order by begins) from month where points > 0), '[]'),
      'never', (select coalesce(sum(never), 0) from month),
      'held', (select coalesce(sum(held), 0) from month),
      'redeemable', (select count(*) from ledger_account where program_id = $1 and currency_id = $2 and customer_id is not null and available > 0),
      'enrolled', (select count(*) from enrolment where program_id = $1 and state = 'ENROLLED' and to_at is null)
    ) as value`,
    [wanted.programId, wanted.currencyId, wanted.timeZone, wanted.now, ...wanted.until],
  );
  if (row === undefined) throw new Error('a statement that gives one row gave none');
  return row.value;
}
