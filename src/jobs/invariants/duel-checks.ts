import type { InvariantCheck } from './invariant.ts';

/** What duels counted, and what they gave. */
export const DUEL_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'duel-attempts-are-told',
    law: 'A duel has an attempt for each activity that says so and was not reversed while it ran, and no others; all occurred while it ran.',
    severity: 'ERROR',
    query: `
      with told as (
        select a.program_id, (f ->> 'duelId')::uuid as duel_id, a.id as activity_id, a.customer_id, (f ->> 'amount')::numeric as amount,
          a.occurred_at, reversal.id is null as stands
        from activity a
        cross join lateral jsonb_path_query(a.effects, '$[*] ? (@.kind == "DUEL_SCORED")') f
        left join activity_reversal reversal
          on reversal.program_id = a.program_id and reversal.activity_id = a.id and reversal.kind = 'WHOLE'
        where $1::uuid is null or a.program_id = $1
      )
      select d.program_id, d.id as duel_id, activity_id, k.amount, t.amount as told
      from (select * from duel_attempt where $1::uuid is null or program_id = $1) k
      full join told t using (program_id, duel_id, activity_id)
      join duel d on d.program_id = coalesce(k.program_id, t.program_id) and d.id = coalesce(k.duel_id, t.duel_id)
      where t.activity_id is null or (t.stands and k.activity_id is null) or k.amount <> t.amount or k.customer_id <> t.customer_id
        or t.occurred_at < d.started_at or t.occurred_at >= d.ends_at`,
  },
  {
    name: 'duel-prizes-are-paid',
    law: 'What a side of a decided duel won is what its ledger transaction gave, and every transaction of a duel is of one side.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.duel_id, s.customer_id, s.points, x.amount
      from duel_side s
      join duel d on d.program_id = s.program_id and d.id = s.duel_id
      left join ledger_transaction x on x.program_id = s.program_id and x.id = s.transaction_id and x.kind = 'ADJUST'
      where ($1::uuid is null or s.program_id = $1)
        and (s.points <> coalesce(x.amount, 0) or (s.points > 0 and s.has_won is not true)
          or (d.state = 'DECIDED') <> (s.has_won is not null))`,
  },
];
