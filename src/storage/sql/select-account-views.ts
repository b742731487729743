import type { AccountState, Hold, Lot } from '#domain/ledger/account.ts';
import type { Buckets } from '#domain/ledger/preview.ts';

import type { Statements } from '../postgres.ts';

/** By when a past balance counts entries: when they took effect, or when they were written down. */
export type BalanceBasis = 'EFFECTIVE' | 'RECORDED';

export type ViewWanted = {
  customerId: string;
  currencyId: string;
  /** Null is now. */
  asOf: Date | null;
  basis: BalanceBasis;
};

export type AccountView = {
  /** The program's time of day at the read. */
  now: Date;
  /** Null when the customer never had points of this currency. */
  account: AccountState | null;
  /** Sums over the entries on record that count at `asOf`; null when it is now. */
  past: Buckets | null;
};

type ViewRow = {
  place: number;
  now: Date;
  id: string | null;
  pending: number;
  available: number;
  held: number;
  seq: number;
  next_due_at: Date | null;
  active_run: number | null;
  active_until: Date | null;
  lots: Stored<Lot>[] | null;
  holds: Stored<Hold>[] | null;
  past: Partial<Buckets> | null;
};

/** A row as JSON carries it: instants are text. */
type Stored<Row> = {
  [Field in keyof Row]: Row[Field] extends Date ? string : Row[Field] extends Date | null ? string | null : Row[Field];
};

/**
 * Reads any number of accounts in one statement and so as of one moment, without locks: moves between customers never
 * show half. Lots and holds come along only where something is due that is not written yet.
 */
export async function selectAccountViews(
  reads: Statements,
  programId: string,
  clock: Date,
  wanted: readonly ViewWanted[],
): Promise<AccountView[]> {
  const rows = await reads.query<ViewRow>(
    `/* select-account-views */
    select w.place::int - 1 as place, p.now, a.id, a.pending, a.available, a.held, a.seq, a.next_due_at, a.active_run, a.active_until, due.lots, due.holds, past.sums as past
    from unnest($3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[]) with ordinality as w (customer_id, currency_id, as_of, basis, place)
    left join ledger_account a on a.program_id = $1 and a.customer_id = w.customer_id and a.currency_id = w.currency_id
    cross join (select coalesce(test_clock, $2::timestamptz) as now from program where id = $1) p
    left join lateral (
      select
        (select json_agg(json_build_object('id', l.id, 'accountId', l.account_id, 'transactionId', l.transaction_id, 'state', l.state, 'amount', l.amount,
           'remaining', l.remaining, 'held', l.held, 'earnedAt', l.earned_at, 'availableAt', l.available_at,
           'releaseActivityType', l.release_activity_type, 'releaseKey', l.release_key, 'expiresAt', l.expires_at, 'activeRun', l.active_run)
           order by l.expires_at nulls last, l.id)
         from dated_lot l where l.program_id = a.program_id and l.account_id = a.id and l.remaining + l.held > 0) as lots,
        (select json_agg(json_build_object('id', h.id, 'accountId', h.account_id, 'state', h.state, 'amount', h.amount, 'remaining', h.remaining,
           'captured', h.captured, 'reason', h.reason, 'actor', h.actor, 'createdAt', h.created_at, 'expiresAt', h.expires_at,
           'lots', (select json_agg(json_build_object('lotId', s.lot_id, 'remaining', s.remaining))
              from hold_lot s where s.program_id = h.program_id and s.hold_id = h.id)))
         from hold h where h.program_id = a.program_id and h.account_id = a.id and h.state = 'OPEN') as holds
    ) due on a.next_due_at <= p.now
    left join lateral (
      select coalesce(json_object_agg(s.bucket, s.total), '{}') as sums
      from (
        select e.bucket, sum(e.amount) as total from ledger_entry e
        where e.program_id = a.program_id and e.account_id = a.id
          and case w.basis when 'EFFECTIVE' then e.effective_at else e.recorded_at end <= w.as_of
        group by e.bucket
      ) s
    ) past on w.as_of is not null`,
    [
      programId,
      clock,
      wanted.map((one) => one.customerId),
      wanted.map((one) => one.currencyId),
      wanted.map((one) => one.asOf?.toISOString() ?? null),
      wanted.map((one) => one.basis),
    ],
  );
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return wanted.map((one, place) => {
    const row = byPlace.get(place);
    if (row === undefined) throw new Error(`program ${programId} does not exist`);
    return { now: row.now, account: toAccount(programId, one, row), past: toSums(row.past) };
  });
}

function toAccount(programId: string, { customerId, currencyId }: ViewWanted, row: ViewRow): AccountState | null {
  const { id, pending, available, held, seq } = row;
  if (id === null) return null;
  return {
    id,
    programId,
    customerId,
    currencyId,
    pending,
    available,
    held,
    seq,
    nextDueAt: row.next_due_at,
    lots: (row.lots ?? []).map((lot) => reviveLot(lot)),
    holds: (row.holds ?? []).map((hold) => reviveHold(hold)),
    lotsLoaded: row.lots !== null || row.holds !== null,
    activeRun: row.active_run ?? 0,
    activeUntil: row.active_until,
    // Settling moves no activity on.
    inactivity: null,
  };
}

function toSums(past: Partial<Buckets> | null): Buckets | null {
  return past === null ? null : { PENDING: past.PENDING ?? 0, AVAILABLE: past.AVAILABLE ?? 0, HELD: past.HELD ?? 0 };
}

function reviveLot(lot: Stored<Lot>): Lot {
  return {
    ...lot,
    earnedAt: new Date(lot.earnedAt),
    availableAt: lot.availableAt === null ? null : new Date(lot.availableAt),
    expiresAt: lot.expiresAt === null ? null : new Date(lot.expiresAt),
  };
}

function reviveHold(hold: Stored<Hold>): Hold {
  return { ...hold, createdAt: new Date(hold.createdAt), expiresAt: new Date(hold.expiresAt), closedAt: null };
}
