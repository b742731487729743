import type { InvariantCheck } from './invariant.ts';

/** What entries, accounts, lots and holds owe each other. */
export const LEDGER_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'transactions-balance',
    law: 'The entries of a ledger transaction sum to zero, and those above zero to its amount.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.kind, t.amount, coalesce(sum(e.amount), 0) as sum
      from ledger_transaction t left join ledger_entry e on e.program_id = t.program_id and e.transaction_id = t.id
      where $1::uuid is null or t.program_id = $1
      group by t.program_id, t.id
      having coalesce(sum(e.amount), 0) <> 0 or coalesce(sum(e.amount) filter (where e.amount > 0), 0) <> t.amount`,
  },
  {
    name: 'one-currency',
    law: 'Entries move points of their transaction’s currency on accounts of its customers or counterparties.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.id as entry_id
      from ledger_entry e
      join ledger_transaction t on t.program_id = e.program_id and t.id = e.transaction_id
      join ledger_account a on a.program_id = e.program_id and a.id = e.account_id
      where ($1::uuid is null or e.program_id = $1)
        and (a.currency_id <> t.currency_id
          or a.customer_id is not null and a.customer_id <> t.customer_id and a.customer_id is distinct from t.to_customer_id)`,
  },
  {
    name: 'counterparties-fit',
    law: 'Each kind of transaction draws on its own counterparty, and those that only move points on none.',
    severity: 'ERROR',
    query: `
      select e.program_id, t.id as transaction_id, t.kind, a.kind as counterparty
      from ledger_entry e
      join ledger_transaction t on t.program_id = e.program_id and t.id = e.transaction_id
      join ledger_account a on a.program_id = e.program_id and a.id = e.account_id and a.customer_id is null
      where ($1::uuid is null or e.program_id = $1)
        and a.kind <> all (case t.kind
          when 'EARN' then array['ISSUANCE'] when 'CANCEL' then array['ISSUANCE']
          when 'SPEND' then array['REDEMPTION'] when 'CAPTURE' then array['REDEMPTION']
          when 'EXPIRE' then array['EXPIRY'] when 'ADJUST' then array['ADJUSTMENT']
          when 'REVERSE' then array['ISSUANCE', 'REDEMPTION', 'ADJUSTMENT'] else array[]::text[] end)`,
  },
  {
    name: 'balances-equal-entries',
    law: 'The cached balance of a customer’s account is, bucket by bucket, the sum of its entries.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as account_id, a.pending, a.available, a.held, s.pending as pending_sum, s.available as available_sum, s.held as held_sum
      from ledger_account a
      cross join lateral (
        select coalesce(sum(amount) filter (where bucket = 'PENDING'), 0) as pending,
          coalesce(sum(amount) filter (where bucket = 'AVAILABLE'), 0) as available,
          coalesce(sum(amount) filter (where bucket = 'HELD'), 0) as held
        from ledger_entry e where e.program_id = a.program_id and e.account_id = a.id
      ) s
      where ($1::uuid is null or a.program_id = $1) and a.customer_id is not null
        and (a.pending <> s.pending or a.available <> s.available or a.held <> s.held)`,
  },
  {
    name: 'entries-are-numbered',
    law: 'The entries of a customer’s account are numbered from 1 to the account’s number without a gap.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as account_id, a.seq, count(e.id) as entries, max(e.seq) as last
      from ledger_account a left join ledger_entry e on e.program_id = a.program_id and e.account_id = a.id
      where ($1::uuid is null or a.program_id = $1) and a.customer_id is not null
      group by a.program_id, a.id
      having count(e.id) <> a.seq or count(distinct e.seq) <> a.seq or coalesce(max(e.seq), 0) <> a.seq or coalesce(min(e.seq), 1) <> 1`,
  },
  {
    name: 'balances-are-chained',
    law: 'The balance after an entry is the sum of its bucket’s entries up to it.',
    severity: 'ERROR',
    query: `
      select program_id, account_id, seq, balance_after, running
      from (
        select e.program_id, e.account_id, e.seq, e.balance_after,
          sum(e.amount) over (partition by e.program_id, e.account_id, e.bucket order by e.seq) as running
        from ledger_entry e where e.seq is not null and ($1::uuid is null or e.program_id = $1)
      ) chain
      where balance_after <> running`,
  },
  {
    name: 'lots-equal-entries',
    law: 'A lot’s remaining and held are what its entries sum to, in the bucket of its state.',
    severity: 'ERROR',
    query: `
      select l.program_id, l.id as lot_id, l.state, l.remaining, l.held, s.pending, s.available, s.held as held_sum
      from lot l
      cross join lateral (
        select coalesce(sum(amount) filter (where bucket = 'PENDING'), 0) as pending,
          coalesce(sum(amount) filter (where bucket = 'AVAILABLE'), 0) as available,
          coalesce(sum(amount) filter (where bucket = 'HELD'), 0) as held
        from ledger_entry e where e.program_id = l.program_id and e.lot_id = l.id
      ) s
      where ($1::uuid is null or l.program_id = $1)
        and (s.held <> l.held
          or s.pending <> case l.state when 'PENDING' then l.remaining else 0 end
          or s.available <> case l.state when 'AVAILABLE' then l.remaining else 0 end)`,
  },
  {
    name: 'lots-equal-balances',
    law: 'Lots add up to the balance of their account; under a debt every available lot is empty.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as account_id, a.pending, a.available, a.held, s.pending as pending_lots, s.available as available_lots, s.held as held_lots
      from ledger_account a
      left join (
        select program_id, account_id, sum(remaining) filter (where state = 'PENDING') as pending,
          sum(remaining) filter (where state = 'AVAILABLE') as available, sum(held) as held
        from lot where ($1::uuid is null or program_id = $1) group by program_id, account_id
      ) s on s.program_id = a.program_id and s.account_id = a.id
      where ($1::uuid is null or a.program_id = $1) and a.customer_id is not null
        and (a.pending <> coalesce(s.pending, 0) or greatest(a.available, 0) <> coalesce(s.available, 0) or a.held <> coalesce(s.held, 0))`,
  },
  {
    name: 'holds-equal-balances',
    law: 'What an account has held is what its open holds still have.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as account_id, a.held, s.held as in_holds
      from ledger_account a
      left join (
        select program_id, account_id, sum(remaining) as held from hold where ($1::uuid is null or program_id = $1) group by program_id, account_id
      ) s on s.program_id = a.program_id and s.account_id = a.id
      where ($1::uuid is null or a.program_id = $1) and a.held <> coalesce(s.held, 0)`,
  },
  {
    name: 'holds-equal-lots',
    law: 'A lot holds what holds have of it.',
    severity: 'ERROR',
    query: `
      select l.program_id, l.id as lot_id, l.held, s.held as in_holds
      from lot l
      cross join lateral (select coalesce(sum(s.remaining), 0) as held from hold_lot s where s.program_id = l.program_id and s.lot_id = l.id) s
      where ($1::uuid is null or l.program_id = $1) and l.held <> s.held`,
  },
  {
    name: 'holds-equal-transactions',
    law: 'A hold’s shares of lots add up to what it still has, and its captures to what it has captured.',
    severity: 'ERROR',
    query: `
      select h.program_id, h.id as hold_id, h.state, h.remaining, h.captured, shares.remaining as in_shares, captures.amount as in_captures
      from hold h
      cross join lateral (select coalesce(sum(s.remaining), 0) as remaining from hold_lot s where s.program_id = h.program_id and s.hold_id = h.id) shares
      cross join lateral (
        select coalesce(sum(t.amount), 0) as amount from ledger_transaction t join ledger_account a on a.program_id = h.program_id and a.id = h.account_id
        where t.program_id = h.program_id and t.customer_id = a.customer_id and t.hold_id = h.id and t.kind = 'CAPTURE'
      ) captures
      where ($1::uuid is null or h.program_id = $1)
        and (h.remaining <> shares.remaining or h.captured <> captures.amount or h.captured + h.remaining > h.amount)`,
  },
];
