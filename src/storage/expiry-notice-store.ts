import type { ExpiryNotice } from '#domain/expiry-notice/expiry-notice.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** One setting of a currency: so many days before points expire. `through` is the last local day that was looked for. */
export type NoticeSetting = { programId: string; currencyId: string; days: number };

/** All settings of active programs, the nearest first within a currency. */
export async function listNoticeSettings(reads: Statements): Promise<NoticeSetting[]> {
  return reads.query<NoticeSetting>(
    `/* list-notice-settings */
    select c.program_id as "programId", c.id as "currencyId", n.days
    from point_currency c join program p on p.id = c.program_id cross join unnest(c.expiry_notice_days) as n (days)
    where p.state = 'ACTIVE'
    order by c.program_id, c.id, n.days`,
  );
}

/** The last local day that was looked for, by which the setting is locked for this transaction; null before the first. */
export async function lockNoticeDay(
  tx: Statements,
  { programId, currencyId, days }: NoticeSetting,
): Promise<string | null> {
  const [row] = await tx.query<{ through: string | null }>(
    `/* lock-notice-day */
    insert into expiry_notice_day (program_id, currency_id, days, through) values ($1, $2, $3, '-infinity')
    on conflict (program_id, currency_id, days) do update set through = expiry_notice_day.through
    returning case when through > '-infinity' then to_char(through, 'YYYY-MM-DD') end as through`,
    [programId, currencyId, days],
  );
  return row?.through ?? null;
}

/** Notes that a setting has been looked for up to a local day. */
export async function saveNoticeDay(tx: Statements, setting: NoticeSetting, through: string): Promise<void> {
  await tx.query(
    '/* save-notice-day */ update expiry_notice_day set through = $4 where program_id = $1 and currency_id = $2 and days = $3',
    [setting.programId, setting.currencyId, setting.days, through],
  );
}

export type NoticesWanted = NoticeSetting & {
  timeZone: string;
  now: Date;
  /** Points that expire after the one instant, and up to and at the other; those that were moved by hand also before. */
  after: Date;
  until: Date;
  limit: number;
};

/**
 * What is to be told: points by customer and last day, but for those that were told of by this setting or a nearer one. Reads
 * lots with a date of their own through the index lot_expiring, and those that last with activity through their accounts'.
 */
export async function selectNoticesDue(
  tx: Statements,
  { programId, currencyId, days, timeZone, now, after, until, limit }: NoticesWanted,
): Promise<Omit<ExpiryNotice, 'days' | 'sentAt' | 'currencyId'>[]> {
  return tx.query(
    `/* select-notices-due */
    with ending as (
      select a.customer_id, l.remaining as points, l.expires_at
      from lot l join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
      where l.program_id = $1 and l.expires_at > $8 and l.expires_at <= $5 and l.remaining > 0
        and a.currency_id = $2 and l.active_run is distinct from a.active_run
        and (l.expires_at > $4 or exists (select from lot_expiry_move m where m.program_id = $1 and m.lot_id = l.id))
      union all
      select a.customer_id, l.remaining, a.active_until
      from ledger_account a join lot l on l.program_id = a.program_id and l.account_id = a.id and l.active_run = a.active_run
      where a.program_id = $1 and a.active_until > $4 and a.active_until <= $5 and a.currency_id = $2
        and l.remaining + l.held > 0 and l.remaining > 0
    ), day as (
      select customer_id, ((expires_at - interval '1 microsecond') at time zone $6)::date as expires_on, sum(points)::bigint as points, min(expires_at) as expires_at
      from ending group by 1, 2
    )
    select d.customer_id as "customerId", to_char(d.expires_on, 'YYYY-MM-DD') as "expiresOn", d.points, d.expires_at as "expiresAt"
    from day d join customer c on c.program_id = $1 and c.id = d.customer_id and c.enrolment_state not in ('LEFT', 'BLOCKED') and c.erased_at is null
    where not exists (
      select from expiry_notice n
      where n.program_id = $1 and n.customer_id = d.customer_id and n.currency_id = $2 and n.expires_on = d.expires_on and n.days <= $3)
    order by d.expires_on, d.customer_id
    limit $7`,
    [programId, currencyId, days, after, until, timeZone, limit, now],
  );
}

const NOTICE: Columns<ExpiryNotice> = {
  customer_id: ['uuid', (row) => row.customerId],
  currency_id: ['uuid', (row) => row.currencyId],
  expires_on: ['date', (row) => row.expiresOn],
  days: ['integer', (row) => row.days],
  points: ['bigint', (row) => row.points],
  expires_at: ['timestamptz', (row) => row.expiresAt],
  sent_at: ['timestamptz', (row) => row.sentAt],
};

/** Keeps what was sent. A notice that is on record already is refused by the database: none is sent twice. */
export async function insertNotices(tx: Statements, programId: string, rows: readonly ExpiryNotice[]): Promise<void> {
  if (rows.length > 0)
    await runParts(tx, 'insert-expiry-notices', [insertPart('expiry_notice', programId, NOTICE, rows)]);
}

/** Most notices of one customer that are told. */
export const NOTICES_MAX = 100;

/** The notices about points that have not expired by now, the soonest first, of any number of customers in one statement. */
export async function selectNoticesAhead(
  reads: Statements,
  programId: string,
  now: Date,
  customerIds: readonly string[],
): Promise<ExpiryNotice[][]> {
  const rows = await reads.query<ExpiryNotice & { place: number }>(
    `/* select-notices-ahead */
    select w.place::int - 1 as place, n.customer_id as "customerId", n.currency_id as "currencyId", to_char(n.expires_on, 'YYYY-MM-DD') as "expiresOn",
      n.days, n.points, n.expires_at as "expiresAt", n.sent_at as "sentAt"
    from unnest($2::uuid[]) with ordinality as w (customer_id, place)
    cross join lateral (
      select * from expiry_notice n where n.program_id = $1 and n.customer_id = w.customer_id and n.expires_at > $3
      order by n.expires_at, n.currency_id, n.days desc limit ${NOTICES_MAX}
    ) n
    order by w.place, n.expires_at, n.currency_id, n.days desc`,
    [programId, customerIds, now],
  );
  const byPlace = Map.groupBy(rows, ({ place }) => place);
  return customerIds.map((_id, place) => byPlace.get(place) ?? []);
}
