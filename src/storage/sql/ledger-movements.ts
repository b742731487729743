/**
 * Entries on customers' accounts as movements of the points economy, for statements over a stretch of recording time.
 * `$1` is the program, `$2` its time zone; the stretch is [`from`, `until`), given as expressions.
 *
 * A reversal of an adjustment is an adjustment the other way. What an entry without a lot pays, or owes, is a debt.
 */
export function ledgerMovements(from: string, until: string): string {
  return `
    select t.id as transaction_id, t.currency_id, t.kind, o.kind as undone,
      case t.kind
        when 'EARN' then 'ISSUE' when 'SPEND' then 'REDEEM' when 'CAPTURE' then 'REDEEM' when 'EXPIRE' then 'EXPIRE'
        when 'CANCEL' then 'FORFEIT' when 'TRANSFER' then 'TRANSFER'
        when 'ADJUST' then case when e.amount > 0 then 'ADJUST_UP' else 'ADJUST_DOWN' end
        when 'REVERSE' then case o.kind when 'EARN' then 'ISSUE_REVERSAL'
          when 'ADJUST' then case when e.amount > 0 then 'ADJUST_UP' else 'ADJUST_DOWN' end else 'REDEEM_REVERSAL' end
        else 'WITHIN' end as movement,
      greatest((e.recorded_at at time zone $2)::date, closed.first_open) as recorded_on, (e.effective_at at time zone $2)::date as effective_on,
      (o.effective_at at time zone $2)::date as undone_on, e.lot_id, e.bucket, e.amount
    from ledger_entry e
    cross join (select coalesce(max(closed_through) + 1, '-infinity') as first_open from ledger_close where program_id = $1) closed
    join ledger_transaction t on t.program_id = e.program_id and t.id = e.transaction_id
    left join ledger_transaction o on o.program_id = t.program_id and o.id = t.reverses_id
    where e.program_id = $1 and e.seq is not null and e.recorded_at >= ${from} and e.recorded_at < ${until}`;
}

/** Sums of movements by day of recording and day of effect: the rows of ledger_day. */
export const DAY_SUMS = `
  select currency_id, recorded_on, effective_on, movement, count(distinct transaction_id) as transactions,
    greatest(coalesce(sum(amount) filter (where amount > 0), 0), -coalesce(sum(amount) filter (where amount < 0), 0)) as moved,
    coalesce(sum(amount) filter (where bucket = 'PENDING'), 0) as pending,
    coalesce(sum(amount) filter (where bucket = 'AVAILABLE'), 0) as available,
    coalesce(sum(amount) filter (where bucket = 'HELD'), 0) as held
  from movement group by currency_id, recorded_on, effective_on, movement`;

/**
 * Sums of movements by the month in which points were issued and the month in which they moved: the rows of lot_month.
 * Points follow their lot; what has none (it paid a debt) counts where it happened. What is undone counts in the month of
 * the original, so that a month of redemptions shrinks and none becomes negative.
 */
export const MONTH_SUMS = `
  select currency_id, origin, date_trunc('month', issued_on)::date as issued_in, date_trunc('month', moved_on)::date as moved_in,
    part as movement, sum(points) as points
  from (
    select m.currency_id,
      case when m.movement in ('ISSUE', 'ISSUE_REVERSAL') then 'ISSUED'
        when m.kind = 'ADJUST' and m.amount > 0 or m.undone = 'ADJUST' and m.lot_id is null or b.kind = 'ADJUST' then 'GIVEN'
        else 'ISSUED' end as origin,
      case when m.movement = 'ISSUE_REVERSAL' or m.lot_id is null then coalesce(m.undone_on, m.effective_on)
        else (l.earned_at at time zone $2)::date end as issued_on,
      coalesce(m.undone_on, m.effective_on) as moved_on,
      case when m.movement in ('ISSUE', 'ISSUE_REVERSAL') or m.kind = 'ADJUST' and m.amount > 0 then 'ISSUE'
        when m.movement in ('REDEEM', 'REDEEM_REVERSAL') then 'REDEEM' else 'LAPSE' end as part,
      case when m.movement in ('ISSUE', 'ISSUE_REVERSAL') or m.kind = 'ADJUST' and m.amount > 0 then m.amount else -m.amount end as points
    from movement m
    left join lot l on l.program_id = $1 and l.id = m.lot_id
    left join ledger_transaction b on b.program_id = $1 and b.id = l.transaction_id
    where m.movement not in ('TRANSFER', 'WITHIN')
  ) part group by currency_id, origin, issued_in, moved_in, movement having sum(points) <> 0`;
