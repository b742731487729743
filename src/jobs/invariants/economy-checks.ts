import type { InvariantCheck } from './invariant.ts';

/** What days owe the entries that they sum up. */
export const ECONOMY_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'days-equal-entries',
    law: 'Days sum up, bucket by bucket, to the entries on customers’ accounts recorded before the close.',
    severity: 'ERROR',
    query: `
      select c.program_id, a.currency_id, a.pending, a.available, a.held, d.pending as pending_days, d.available as available_days, d.held as held_days
      from ledger_close c
      cross join lateral (
        select acc.currency_id, coalesce(sum(e.amount) filter (where e.bucket = 'PENDING'), 0) as pending,
          coalesce(sum(e.amount) filter (where e.bucket = 'AVAILABLE'), 0) as available, coalesce(sum(e.amount) filter (where e.bucket = 'HELD'), 0) as held
        from ledger_entry e join ledger_account acc on acc.program_id = e.program_id and acc.id = e.account_id
        where e.program_id = c.program_id and e.seq is not null and e.recorded_at < c.closed_until group by acc.currency_id
      ) a
      left join lateral (
        select sum(pending) as pending, sum(available) as available, sum(held) as held
        from ledger_day d where d.program_id = c.program_id and d.currency_id = a.currency_id
      ) d on true
      where ($1::uuid is null or c.program_id = $1)
        and (a.pending, a.available, a.held) is distinct from (coalesce(d.pending, 0), coalesce(d.available, 0), coalesce(d.held, 0))`,
  },
  {
    name: 'days-add-up',
    law: 'Opening, issued, redeemed, expired, forfeited and adjusted give the closing: each kind of movement changes balances by what it moved.',
    severity: 'ERROR',
    query: `
      select program_id, currency_id, recorded_on, effective_on, movement, moved, pending + available + held as net
      from ledger_day
      where ($1::uuid is null or program_id = $1)
        and pending + available + held <> case
          when movement in ('ISSUE', 'REDEEM_REVERSAL', 'ADJUST_UP') then moved
          when movement in ('TRANSFER', 'WITHIN') then 0 else -moved end`,
  },
  {
    name: 'days-stay-behind-the-close',
    law: 'Days are summed up to the one after the last closed day, and no further.',
    severity: 'ERROR',
    query: `
      select d.program_id, d.recorded_on, c.closed_through from ledger_day d left join ledger_close c on c.program_id = d.program_id
      where ($1::uuid is null or d.program_id = $1) and (c.closed_through is null or d.recorded_on > c.closed_through + 1)`,
  },
  {
    name: 'months-equal-days',
    law: 'By month of issue, what was issued less what was redeemed and lapsed is what days leave with customers.',
    severity: 'ERROR',
    query: `
      select d.program_id, d.currency_id, d.net, m.net as net_months
      from (select program_id, currency_id, sum(pending + available + held) as net from ledger_day where $1::uuid is null or program_id = $1 group by program_id, currency_id) d
      left join (
        select program_id, currency_id, sum(case movement when 'ISSUE' then points else -points end) as net
        from lot_month where $1::uuid is null or program_id = $1 group by program_id, currency_id
      ) m on m.program_id = d.program_id and m.currency_id = d.currency_id
      where d.net <> coalesce(m.net, 0)`,
  },
];
