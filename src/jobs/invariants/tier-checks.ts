import type { InvariantCheck } from './invariant.ts';

/** What ladders, levels and milestones of the live rule sets count: the name of each measure with what it is made of. */
const COUNTED = `
  live as (
    select p.id as program_id, p.time_zone, r.content
    from program p
    cross join lateral (
      select r.content from rule_set_revision r
      where r.program_id = p.id and coalesce(r.scheduled_for, r.published_at) <= coalesce(p.test_clock, now())
        and not exists (select from rule_set_cancellation c where c.program_id = p.id and c.revision = r.revision)
      order by coalesce(r.scheduled_for, r.published_at) desc, r.revision desc limit 1
    ) r
    where $1::uuid is null or p.id = $1
  ),
  basis as (
    select program_id, time_zone, l -> 'basis' ->> 'kind' as kind, l -> 'basis' ->> 'currency' as currency,
      l -> 'basis' ->> 'activityType' as type, l -> 'basis' ->> 'property' as property
    from live cross join lateral jsonb_array_elements(coalesce(content -> 'ladders', '[]')) as l
    union
    select program_id, time_zone, 'POINTS_EARNED', null, null, null
    from live where jsonb_array_length(coalesce(content -> 'levels', '[]')) > 0
    union
    select program_id, time_zone, case m -> 'measure' ->> 'kind' when 'POINTS' then 'POINTS_EARNED' when 'SUM' then 'SPEND'
        else 'ACTIVITY_COUNT' end,
      m -> 'measure' ->> 'currency', m -> 'measure' ->> 'activityType', m -> 'measure' ->> 'property'
    from live cross join lateral jsonb_array_elements(coalesce(content -> 'milestones', '[]')) as m
  ),
  counted as (
    select distinct b.program_id, b.time_zone, c.id as currency_id, t.id as type_id, b.property,
      case when c.id is not null then 'points:' || c.id
        when b.kind = 'SPEND' then 'spend:' || t.id || ':' || b.property else 'count:' || t.id end as measure
    from basis b
    left join point_currency c on c.program_id = b.program_id and b.kind in ('POINTS_EARNED', 'LIFETIME_POINTS')
      and (c.code = b.currency or b.currency is null and c.is_default)
    left join activity_type t on t.program_id = b.program_id and t.code = b.type
  )`;

const REVERSED_WHOLE = `exists (
  select from activity_reversal r where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'WHOLE')`;

/** Where customers stand, and the history that leads there. */
export const TIER_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'tier-intervals',
    law: 'The intervals of a customer on a ladder never overlap, and at most one is open.',
    severity: 'ERROR',
    query: `
      select program_id, id as membership_id, customer_id, ladder_code from (
        select m.*, lead(from_at) over history as next_from, count(*) filter (where to_at is null) over (partition by program_id, customer_id, ladder_id) as open
        from tier_membership m where $1::uuid is null or program_id = $1
        window history as (partition by program_id, customer_id, ladder_id order by from_at, to_at nulls last, id)
      ) m
      where open > 1 or next_from is not null and (to_at is null or to_at > next_from)`,
  },
  {
    name: 'tier-standings',
    law: 'The tier in which a customer stands is that of the open interval, since when that began; without one there is none.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.customer_id, s.ladder_code, s.tier_code, m.tier_code as in_history
      from tier_standing s
      full join (select * from tier_membership where to_at is null) m
        on m.program_id = s.program_id and m.customer_id = s.customer_id and m.ladder_id = s.ladder_id
      where ($1::uuid is null or coalesce(s.program_id, m.program_id) = $1)
        and (s.tier_code is distinct from m.tier_code or s.tier_code is not null and s.since is distinct from m.from_at)`,
  },
  {
    name: 'tier-days',
    law: 'What a live ladder, level or milestone counts is, day by day, what activities and the ledger come to.',
    severity: 'ERROR',
    query: `
      with ${COUNTED},
      reversed as (
        select program_id, reverses_id, sum(amount + uncollected) as amount from ledger_transaction
        where reverses_id is not null and ($1::uuid is null or program_id = $1) group by 1, 2
      ),
      cancelled as (
        select l.program_id, l.transaction_id, -sum(e.amount) as amount
        from ledger_transaction u
        join ledger_entry e on e.program_id = u.program_id and e.transaction_id = u.id and e.lot_id is not null
        join lot l on l.program_id = e.program_id and l.id = e.lot_id
        where u.kind = 'CANCEL' and ($1::uuid is null or u.program_id = $1) group by 1, 2
      ),
      recomputed as (
        select k.program_id, t.customer_id, k.measure, (t.effective_at at time zone k.time_zone)::date as day,
          greatest(0, t.amount - coalesce(r.amount, 0) - coalesce(c.amount, 0))::numeric as amount
        from counted k
        join ledger_transaction t on t.program_id = k.program_id and t.currency_id = k.currency_id and t.kind = 'EARN'
        left join reversed r on r.program_id = t.program_id and r.reverses_id = t.id
        left join cancelled c on c.program_id = t.program_id and c.transaction_id = t.id
        union all
        select k.program_id, a.customer_id, k.measure, (a.occurred_at at time zone k.time_zone)::date,
          case when k.property is null then 1 else (a.properties ->> k.property)::numeric - coalesce((
            select sum(r.amount) from activity_reversal r
            where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'PART' and r.property = k.property), 0) end
        from counted k
        join activity a on a.program_id = k.program_id and a.activity_type_id = k.type_id
        where not ${REVERSED_WHOLE} and (k.property is null or a.properties ->> k.property is not null)
      ),
      summed as (select program_id, customer_id, measure, day, sum(amount) as amount from recomputed group by 1, 2, 3, 4)
      select coalesce(s.program_id, d.program_id) as program_id, coalesce(s.customer_id, d.customer_id) as customer_id,
        coalesce(s.measure, d.measure) as measure, coalesce(s.day, d.day) as day, d.amount as kept, s.amount as recomputed
      from summed s
      full join (select d.* from tier_day d join counted k on k.program_id = d.program_id and k.measure = d.measure) d
        on d.program_id = s.program_id and d.customer_id = s.customer_id and d.measure = s.measure and d.day = s.day
      where coalesce(s.amount, 0) <> coalesce(d.amount, 0)`,
  },
  {
    name: 'tier-reviews-are-done',
    law: 'What came due of tiers is done within five minutes. A stopped worker shows here.',
    severity: 'WARNING',
    query: `
      select s.program_id, s.customer_id, s.ladder_code, s.review_at
      from tier_standing s join program p on p.id = s.program_id
      where ($1::uuid is null or s.program_id = $1) and p.state = 'ACTIVE'
        and s.review_at < coalesce(p.test_clock, now()) - interval '5 minutes'`,
  },
];
