import type { DayMovement } from '#domain/economy/roll-forward.ts';

import type { Statements } from './postgres.ts';
import { DAY_SUMS, ledgerMovements, MONTH_SUMS } from './sql/ledger-movements.ts';
import type { BalanceBasis } from './sql/select-account-views.ts';

/** A program whose days close, and the instant up to which they are; null when none is yet. */
export type ClosingProgram = { programId: string; timeZone: string; closedUntil: Date | null };

/** Days of TEST programs never close: their clock may be set back. */
export async function listClosingPrograms(statements: Statements): Promise<ClosingProgram[]> {
  return statements.query<ClosingProgram>(
    `/* list-closing-programs */
    select p.id as "programId", p.time_zone as "timeZone", c.closed_until as "closedUntil"
    from program p left join ledger_close c on c.program_id = p.id where p.mode = 'LIVE' order by p.id`,
  );
}

/** The earliest instant at which a transaction that is still open may have begun to record; null when none is open. */
export async function oldestOpenTransaction(statements: Statements): Promise<Date | null> {
  const [row] = await statements.query<{ began: Date | null }>(
    `/* oldest-open-transaction */
    select min(xact_start) as began from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  return row?.began ?? null;
}

/** Takes the closing of a program's days for this transaction; false while somebody else has it. */
export async function claimClosing(tx: Statements, programId: string): Promise<boolean> {
  const [row] = await tx.query<{ taken: boolean }>(
    `/* claim-closing */ select pg_try_advisory_xact_lock(hashtextextended('ledger_close ' || $1::text, 0)) as taken`,
    [programId],
  );
  return row?.taken === true;
}

/** Up to where a program's days are closed: entries recorded before `until`, days up to `through`. */
export type Closed = { until: Date; through: string };

/** Null while no day is closed. */
export async function readClosed(statements: Statements, programId: string): Promise<Closed | null> {
  const [row] = await statements.query<Closed>(
    '/* read-closed */ select closed_until as until, closed_through as through from ledger_close where program_id = $1',
    [programId],
  );
  return row ?? null;
}

/** When the program's first entry was recorded; null when it has none. */
export async function firstRecordedAt(statements: Statements, programId: string): Promise<Date | null> {
  const [row] = await statements.query<{ at: Date }>(
    '/* first-recorded-at */ select recorded_at as at from ledger_transaction where program_id = $1 order by id limit 1',
    [programId],
  );
  return row?.at ?? null;
}

/** Most time that the sums of one step may take, in milliseconds. */
const CLOSING_MS = 300_000;

/** Adds what was recorded from the last close up to `until` to its days and months, and moves the close there. Under the claim. */
export async function closeUntil(
  tx: Statements,
  programId: string,
  timeZone: string,
  from: Date | null,
  until: Date,
): Promise<void> {
  await tx.query(`/* allow-closing */ set local statement_timeout = ${CLOSING_MS}`);
  await tx.query(
    `/* close-days */
    with movement as materialized (${ledgerMovements("coalesce($3::timestamptz, '-infinity')", '$4::timestamptz')}),
    days as (
      insert into ledger_day (program_id, currency_id, recorded_on, effective_on, movement, transactions, moved, pending, available, held)
      select $1, currency_id, recorded_on, effective_on, movement, transactions, moved, pending, available, held from (${DAY_SUMS}) d
      on conflict (program_id, currency_id, recorded_on, effective_on, movement) do update set
        transactions = ledger_day.transactions + excluded.transactions, moved = ledger_day.moved + excluded.moved,
        pending = ledger_day.pending + excluded.pending, available = ledger_day.available + excluded.available, held = ledger_day.held + excluded.held
    )
      insert into lot_month (program_id, currency_id, origin, issued_in, moved_in, movement, points)
      select $1, currency_id, origin, issued_in, moved_in, movement, points from (${MONTH_SUMS}) d
      on conflict (program_id, currency_id, origin, issued_in, moved_in, movement) do update set points = lot_month.points + excluded.points`,
    [programId, timeZone, from, until],
  );
  // By itself: a day that closes with this step is still open to the statement before.
  await tx.query(
    `/* move-close */
    insert into ledger_close (program_id, closed_until, closed_through) values ($1, $3::timestamptz, ($3::timestamptz at time zone $2)::date - 1)
    on conflict (program_id) do update set closed_until = excluded.closed_until, closed_at = now(),
      closed_through = greatest(ledger_close.closed_through, excluded.closed_through)`,
    [programId, timeZone, until],
  );
}

export type MovementsWanted = {
  programId: string;
  currencyId: string;
  timeZone: string;
  /** The first day told by itself; all before it are one sum. */
  from: string;
  /** The last day, inclusive. */
  to: string;
  basis: BalanceBasis;
};

/** The sums of closed rows and live entries, and up to where the former reach. */
export type Summed<Row> = { rows: Row[]; closed: Closed | null };

/**
 * Movements by day up to a day: from the rows of days, and from the entries recorded since the close; in one statement and so
 * as of one moment.
 */
export async function readDayMovements(statements: Statements, wanted: MovementsWanted): Promise<Summed<DayMovement>> {
  const { programId, timeZone, currencyId, from, to, basis } = wanted;
  const day = basis === 'RECORDED' ? 'recorded_on' : 'effective_on';
  return readSummed<DayMovement>(
    statements,
    programId,
    `known as (
      select ${day} as day, movement, transactions, moved, pending, available, held from ledger_day where program_id = $1 and currency_id = $4
      union all
      select ${day}, movement, transactions, moved, pending, available, held from (${DAY_SUMS}) live where currency_id = $4
    ), summed as (
      select case when day >= $5::date then day end as day, movement, sum(transactions)::bigint as transactions, sum(moved)::bigint as moved,
        sum(pending)::bigint as pending, sum(available)::bigint as available, sum(held)::bigint as held
      from known where day <= $6::date group by 1, 2
    )`,
    (until) => [programId, timeZone, until, currencyId, from, to],
  );
}

/** Points by month of issue and month of movement, of one origin. */
export type MonthSum = {
  origin: 'ISSUED' | 'GIVEN';
  issuedIn: string;
  movedIn: string;
  movement: 'ISSUE' | 'REDEEM' | 'LAPSE';
  points: number;
};

/** All sums by month up to the month of a day, in no order. */
export async function readMonthSums(
  statements: Statements,
  { programId, timeZone, currencyId, to }: Omit<MovementsWanted, 'from' | 'basis'>,
): Promise<Summed<MonthSum>> {
  return readSummed<MonthSum>(
    statements,
    programId,
    `known as (
      select origin, issued_in, moved_in, movement, points from lot_month where program_id = $1 and currency_id = $4
      union all
      select origin, issued_in, moved_in, movement, points from (${MONTH_SUMS}) live where currency_id = $4
    ), summed as (
      select origin, to_char(issued_in, 'YYYY-MM') as "issuedIn", to_char(moved_in, 'YYYY-MM') as "movedIn", movement, sum(points)::bigint as points
      from known where moved_in <= $5::date group by 1, 2, 3, 4 having sum(points) <> 0
    )`,
    (until) => [programId, timeZone, until, currencyId, to],
  );
}

const READS_MAX = 10;

/**
 * Runs a statement over what is summed up and what was recorded since, `$3`. The instant is given as a value, because only so
 * the planner sees how little there is behind it; when the close has moved meanwhile, the statement says so and runs again.
 */
async function readSummed<Row extends { movement: unknown }>(
  statements: Statements,
  programId: string,
  sums: string,
  valuesOf: (until: string) => unknown[],
): Promise<Summed<Row>> {
  for (let attempt = 1; attempt <= READS_MAX; attempt += 1) {
    const closed = await readClosed(statements, programId);
    const rows = await statements.query<Row & { same: boolean }>(
      `/* read-summed */
      with still as (select coalesce(max(closed_until), '-infinity') = $3::timestamptz as same from ledger_close where program_id = $1),
      movement as materialized (${ledgerMovements('$3::timestamptz', "'infinity'")}), ${sums}
      select still.same, summed.* from still left join summed on still.same`,
      valuesOf(closed?.until.toISOString() ?? '-infinity'),
    );
    if (rows[0]?.same === true) return { rows: rows.filter(({ movement }) => movement !== null), closed };
  }
  throw new Error('the close of days moves faster than it can be read');
}

/** Who takes part and who has redeemed, up to an instant. */
export type MemberCounts = { members: number; redeemers: number };

/**
 * Members are customers who were enrolled at some time before the instant; redeemers those with more points redeemed than
 * given back by then.
 */
export async function countMembers(
  statements: Statements,
  wanted: { programId: string; currencyId: string; until: Date; basis: BalanceBasis },
): Promise<MemberCounts> {
  const at = wanted.basis === 'RECORDED' ? 'recorded_at' : 'effective_at';
  const [row] = await statements.query<MemberCounts>(
    `/* count-members */
    select
      (select count(distinct customer_id) from enrolment where program_id = $1 and state = 'ENROLLED' and from_at < $3) as members,
      (select count(*) from (
        select t.customer_id from ledger_transaction t
        left join lateral (
          select sum(r.amount) as amount from ledger_transaction r
          where r.program_id = t.program_id and r.reverses_id = t.id and r.${at} < $3
        ) undone on true
        where t.program_id = $1 and t.currency_id = $2 and t.kind in ('SPEND', 'CAPTURE') and t.${at} < $3
        group by t.customer_id having sum(t.amount - coalesce(undone.amount, 0)) > 0
      ) redeemer) as redeemers`,
    [wanted.programId, wanted.currencyId, wanted.until],
  );
  return row ?? { members: 0, redeemers: 0 };
}
