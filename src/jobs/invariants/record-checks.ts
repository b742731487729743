import type { InvariantCheck } from './invariant.ts';

/** What the ledger owes the records around it: originals of reversals, activities, due work, stored outcomes. */
export const RECORD_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'reversals-fit',
    law: 'Reversals of a transaction take back and give up no more than it moved, for the same customer.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.amount, sum(r.amount + r.uncollected) as reversed
      from ledger_transaction t join ledger_transaction r on r.program_id = t.program_id and r.reverses_id = t.id
      where $1::uuid is null or t.program_id = $1
      group by t.program_id, t.id
      having sum(r.amount + r.uncollected) > t.amount
        or bool_or(r.customer_id <> t.customer_id or r.currency_id <> t.currency_id or t.kind = 'REVERSE')`,
  },
  {
    name: 'activities-exist',
    law: 'A transaction that an activity caused belongs to the activity’s customer.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.activity_id
      from ledger_transaction t left join activity a on a.program_id = t.program_id and a.id = t.activity_id
      where ($1::uuid is null or t.program_id = $1) and t.activity_id is not null and (a.id is null or a.customer_id <> t.customer_id)`,
  },
  {
    name: 'revisions-exist',
    law: 'An earning names a rule and a revision that was published.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.rule_id, t.rule_revision
      from ledger_transaction t left join rule_set_revision r on r.program_id = t.program_id and r.revision = t.rule_revision
      where ($1::uuid is null or t.program_id = $1) and t.kind = 'EARN' and (r.revision is null or t.rule_id is null)`,
  },
  {
    name: 'status-points-stay',
    law: 'Status points are never spent, held or transferred.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.kind
      from ledger_transaction t join point_currency c on c.program_id = t.program_id and c.id = t.currency_id
      where ($1::uuid is null or t.program_id = $1) and c.kind = 'STATUS' and t.kind in ('SPEND', 'HOLD', 'CAPTURE', 'TRANSFER')`,
  },
  {
    name: 'lots-have-origins',
    law: 'A lot lies with the customer who earned it or to whom it was transferred.',
    severity: 'ERROR',
    query: `
      select l.program_id, l.id as lot_id
      from lot l
      join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
      join ledger_transaction t on t.program_id = l.program_id and t.id = l.transaction_id
      where ($1::uuid is null or l.program_id = $1)
        and (a.customer_id is distinct from coalesce(t.to_customer_id, t.customer_id) or t.kind not in ('EARN', 'ADJUST', 'TRANSFER'))`,
  },
  {
    name: 'due-instants-are-kept',
    law: 'An account’s next due instant is the earliest at which one of its lots or holds changes by itself, or was before activity moved it on.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as account_id, a.next_due_at, s.next_due_at as computed
      from ledger_account a
      left join (
        select program_id, account_id, min(due_at) as next_due_at, bool_or(lasts) as lasts from (
          select program_id, account_id, least(case when state = 'PENDING' then available_at end, expires_at) as due_at, active_run is not null as lasts
          from dated_lot where remaining > 0 and ($1::uuid is null or program_id = $1)
          union all
          select program_id, account_id, expires_at, false from hold where state = 'OPEN' and ($1::uuid is null or program_id = $1)
        ) due group by program_id, account_id
      ) s on s.program_id = a.program_id and s.account_id = a.id
      where ($1::uuid is null or a.program_id = $1) and a.customer_id is not null and a.next_due_at is distinct from s.next_due_at
        and (s.lasts is not true or a.next_due_at > s.next_due_at or a.next_due_at is null)`,
  },
  {
    name: 'runs-of-activity-are-kept',
    law: 'Points that last with activity belong to a run that their account has had, and its present run has an end.',
    severity: 'ERROR',
    query: `
      select l.program_id, l.id as lot_id, l.active_run, a.active_run as present
      from lot l join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
      where ($1::uuid is null or l.program_id = $1)
        and (l.active_run > a.active_run or l.active_run is not null and (a.active_until is null or l.expires_at is null))`,
  },
  {
    name: 'moved-expiries-are-kept',
    law: 'A lot whose expiry was moved by hand expires when its last move says, and a move says what it did to some lot of its customer.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, l.id as lot_id, l.expires_at, m.to_expires_at
      from ledger_transaction t
      left join lot_expiry_move m on m.program_id = t.program_id and m.transaction_id = t.id
      left join lot l on l.program_id = m.program_id and l.id = m.lot_id
      left join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
      where ($1::uuid is null or t.program_id = $1) and t.kind = 'EXPIRY_MOVE'
        and (a.customer_id is distinct from t.customer_id or a.currency_id is distinct from t.currency_id or m.points > l.amount
          or (l.active_run is not null or l.expires_at is distinct from m.to_expires_at) and not exists (
            select from lot_expiry_move n where n.program_id = m.program_id and n.lot_id = m.lot_id and n.transaction_id > m.transaction_id))`,
  },
  {
    name: 'due-work-is-written',
    law: 'What came due is written within five minutes. Balances are right before that; a stopped worker shows here.',
    severity: 'WARNING',
    query: `
      select a.program_id, a.id as account_id, a.next_due_at
      from ledger_account a join program p on p.id = a.program_id
      where ($1::uuid is null or a.program_id = $1) and p.state = 'ACTIVE'
        and a.next_due_at < coalesce(p.test_clock, now()) - interval '5 minutes'`,
  },
  {
    name: 'outcomes-are-stored',
    law: 'An idempotency key on record has the outcome of its call.',
    severity: 'ERROR',
    query: `
      select program_id, mutation, key from idempotency
      where ($1::uuid is null or program_id = $1) and result is null`,
  },
];
