import type { InvariantCheck } from './invariant.ts';

/** What activities say that they counted for challenges; `reversal` is that of the whole activity, or null. */
const COUNTED = `activity a
  cross join lateral jsonb_path_query(a.effects, '$[*] ? (@.kind == "CHALLENGE_PROGRESSED")') f
  left join activity_reversal reversal
    on reversal.program_id = a.program_id and reversal.activity_id = a.id and reversal.kind = 'WHOLE'`;

/** How far challenges are, and what they gave. */
export const CHALLENGE_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'challenge-steps-are-counted',
    law: 'A step of a run has all that the activities say they counted for it which stand, and no more than all of them together.',
    severity: 'ERROR',
    query: `
      with counted as (
        select a.program_id, (f ->> 'runId')::uuid as run_id, s ->> 'step' as step, sum((s ->> 'amount')::numeric) as ever,
          coalesce(sum((s ->> 'amount')::numeric) filter (where reversal.id is null), 0) as standing
        from ${COUNTED} cross join lateral jsonb_array_elements(f -> 'steps') s
        where $1::uuid is null or a.program_id = $1
        group by 1, 2, 3
      )
      select program_id, run_id, step, s.amount, c.standing, c.ever
      from (select * from challenge_step where $1::uuid is null or program_id = $1) s
      full join counted c using (program_id, run_id, step)
      where coalesce(s.amount, 0) not between coalesce(c.standing, 0) and coalesce(c.ever, 0)`,
  },
  {
    name: 'challenge-contributions-are-counted',
    law: 'Whoever takes part in a shared goal has as many activities there as say so and stand, and no more than ever said so.',
    severity: 'ERROR',
    query: `
      with counted as (
        select a.program_id, (f ->> 'runId')::uuid as run_id, a.customer_id, count(*) as ever,
          count(*) filter (where reversal.id is null) as standing
        from ${COUNTED}
        where ($1::uuid is null or a.program_id = $1) and f ->> 'goal' <> 'PERSONAL'
        group by 1, 2, 3
      )
      select program_id, run_id, customer_id, k.activities, c.standing, c.ever
      from (select * from challenge_contribution where $1::uuid is null or program_id = $1) k
      full join counted c using (program_id, run_id, customer_id)
      where coalesce(k.activities, 0) not between coalesce(c.standing, 0) and coalesce(c.ever, 0)`,
  },
  {
    name: 'challenge-runs-are-completed-by-activities',
    law: 'A run that is completed names the activity that says so, at the time at which that occurred.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as run_id, r.completed_by, r.completed_at
      from challenge_run r
      left join activity a on a.program_id = r.program_id and a.id = r.completed_by and a.occurred_at = r.completed_at
        and (r.goal <> 'PERSONAL' or a.customer_id = r.owner_id)
      where ($1::uuid is null or r.program_id = $1) and r.state = 'COMPLETED'
        and not coalesce(a.effects @> jsonb_build_array(jsonb_build_object('kind', 'CHALLENGE_PROGRESSED', 'runId', r.id, 'isCompleted', true)), false)`,
  },
  {
    name: 'challenge-runs-follow-each-other',
    law: 'The runs of an owner in a period are numbered from 1, none is revoked without one behind it, and the next begins when one is over.',
    severity: 'ERROR',
    query: `
      select program_id, id as run_id, number, state from (
        select r.*, row_number() over runs as place, lead(id) over runs as next_id from challenge_run r
        where $1::uuid is null or program_id = $1
        window runs as (partition by program_id, challenge_id, owner_id, period order by number)
      ) r
      where number <> place or state = 'REVOKED' and next_id is null or state = 'RUNNING' and ends_at is null and next_id is not null`,
  },
  {
    name: 'challenge-prizes-are-paid-once',
    law: 'A prize belongs to a completed run. Given, it is one credit to its customer, of its points, by the activity that completed a personal run or else as an adjustment; while it waits, none.',
    severity: 'ERROR',
    query: `
      select p.program_id, p.id as prize_id, p.role, p.state, p.points, p.transaction_id, t.kind, t.amount, r.state as run_state
      from challenge_prize p
      left join challenge_run r on r.program_id = p.program_id and r.id = p.run_id
      left join ledger_transaction t on t.program_id = p.program_id and t.id = p.transaction_id
        and t.customer_id = p.customer_id and t.currency_id = p.currency_id and t.amount = p.points
        and case when p.role = 'WINNER' and p.claim_until is null then t.kind = 'EARN' and t.activity_id = r.completed_by
          else t.kind = 'ADJUST' end
      where ($1::uuid is null or p.program_id = $1) and (
        r.state is distinct from 'COMPLETED' or (r.goal = 'PERSONAL') <> (p.role = 'WINNER')
        or r.goal = 'PERSONAL' and r.owner_id <> p.customer_id
        or (p.state = 'GIVEN') <> (p.given_at is not null) or p.state = 'CLAIMABLE' and p.claim_until is null
        or (p.state = 'GIVEN' and p.points > 0) <> (p.transaction_id is not null)
        or p.transaction_id is not null and (t.id is null or exists (
          select from challenge_prize o where o.program_id = p.program_id and o.transaction_id = p.transaction_id and o.id <> p.id)))`,
  },
  {
    name: 'challenge-payments-are-prizes',
    law: 'Points that a challenge gave are those of a prize, unless the activity that won it was reversed.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.kind, t.customer_id, t.amount
      from ledger_transaction t
      where ($1::uuid is null or t.program_id = $1)
        and (t.kind = 'ADJUST' and t.reason ~ '^challenge prize chp_[0-9a-z]{26}$'
          or t.kind = 'EARN' and exists (select from challenge_run r where r.program_id = t.program_id and r.challenge_id = t.rule_id))
        and not exists (select from challenge_prize p where p.program_id = t.program_id and p.transaction_id = t.id)
        and not exists (select from activity_reversal v
          where v.program_id = t.program_id and v.activity_id = t.activity_id and v.kind = 'WHOLE')`,
  },
  {
    name: 'challenge-prizes-are-kept',
    law: 'What an activity says that it won by completing a challenge is on record, unless it was reversed.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.id as activity_id, f ->> 'runId' as run_id
      from ${COUNTED}
      where ($1::uuid is null or a.program_id = $1) and f -> 'prize' <> 'null' and reversal.id is null
        and not exists (select from challenge_prize p
          where p.program_id = a.program_id and p.run_id = (f ->> 'runId')::uuid and p.customer_id = a.customer_id)`,
  },
];
