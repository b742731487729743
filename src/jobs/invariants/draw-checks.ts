import type { InvariantCheck } from './invariant.ts';

/** What prize draws counted, drew, took and gave. Periods are told apart by their length: all, 2026, 2026-11, 2026-W47, 2026-11-22. */
export const DRAW_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'draws-are-tallied',
    law: 'What is counted of a draw, and of each of its outcomes, is what its plays come to: in all, and over the days, weeks, months and years.',
    severity: 'ERROR',
    query: `
      with tallied as (
        select program_id, draw_id, outcome, length(period) as kind,
          sum(plays) as plays, sum(points) as points, sum(money) as money
        from draw_tally where $1::uuid is null or program_id = $1 group by 1, 2, 3, 4
      ), played as (
        select program_id, draw_id, counted as outcome, kind, count(*) as plays, sum(points) as points, sum(money) as money
        from draw_play cross join lateral unnest(array['', given]) as counted cross join unnest(array[3, 4, 7, 8, 10]) as kind
        where $1::uuid is null or program_id = $1 group by 1, 2, 3, 4
      )
      select program_id, draw_id, outcome, kind, t.plays, p.plays as played, t.points, p.points as given, t.money, p.money as cost
      from tallied t full join played p using (program_id, draw_id, outcome, kind)
      where (t.plays, t.points, t.money) is distinct from (p.plays, p.points, p.money)`,
  },
  {
    name: 'draw-tickets-fell-there',
    law: 'The ticket of a play falls into what it says that was drawn, by the weights of the revision that decided; used up, the fallback was given.',
    severity: 'ERROR',
    query: `
      with laid as (
        select p.program_id, p.id, o ->> 'code' as code, sum((o ->> 'weight')::bigint) over tickets as until, (o ->> 'weight')::bigint as weight,
          sum((o ->> 'weight')::bigint) over (partition by p.program_id, p.id) as tickets, d ->> 'fallback' as fallback
        from draw_play p
        join rule_set_revision r on r.program_id = p.program_id and r.revision = p.revision
        cross join lateral jsonb_path_query(r.content, '$.draws[*] ? (@.id == $id)', jsonb_build_object('id', p.draw_id)) d
        cross join lateral jsonb_array_elements(d -> 'outcomes') with ordinality as laid_out (o, place)
        where $1::uuid is null or p.program_id = $1
        window tickets as (partition by p.program_id, p.id order by place)
      )
      select p.program_id, p.id as play_id, p.ticket, p.drawn, p.given, l.code, l.tickets
      from draw_play p
      left join laid l on l.program_id = p.program_id and l.id = p.id and p.ticket >= l.until - l.weight and p.ticket < l.until
      where ($1::uuid is null or p.program_id = $1)
        and (l.code is distinct from p.drawn or l.tickets <> p.tickets or p.given <> case when p.used_up is null then p.drawn else l.fallback end)`,
  },
  {
    name: 'draw-plays-move-points-once',
    law: 'A play was paid by one spending of its customer, of its cost, and gave its points as one adjustment, or its reward as one redemption without a price.',
    severity: 'ERROR',
    query: `
      select p.program_id, p.id as play_id, p.cost, paid.amount as paid, p.points, gave.amount as gave, p.redemption_id
      from draw_play p
      left join ledger_transaction paid on paid.program_id = p.program_id and paid.id = p.payment_id and paid.kind = 'SPEND'
        and paid.customer_id = p.customer_id and paid.currency_id = p.cost_currency_id
      left join ledger_transaction gave on gave.program_id = p.program_id and gave.id = p.transaction_id and gave.kind = 'ADJUST'
        and gave.customer_id = p.customer_id and gave.currency_id = p.points_currency_id
      left join redemption r on r.program_id = p.program_id and r.id = p.redemption_id and r.customer_id = p.customer_id and r.points = 0
      where ($1::uuid is null or p.program_id = $1) and (
        p.cost <> coalesce(paid.amount, 0) or p.points <> coalesce(gave.amount, 0)
        or (p.outcome -> 'prize' ->> 'kind' = 'REWARD') <> (r.id is not null)
        or exists (select from draw_play o where o.program_id = p.program_id and o.id <> p.id
          and (o.payment_id = p.payment_id or o.transaction_id = p.transaction_id or o.redemption_id = p.redemption_id)))`,
  },
  {
    name: 'draw-payments-are-plays',
    law: 'Points that a draw took or gave are those of a play.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as transaction_id, t.kind, t.customer_id, t.amount
      from ledger_transaction t
      where ($1::uuid is null or t.program_id = $1) and t.reason ~ '^(Play of a prize|Prize of a) draw dpl_[0-9a-z]{26}$'
        and t.kind in ('SPEND', 'ADJUST')
        and not exists (select from draw_play p where p.program_id = t.program_id and t.id in (p.payment_id, p.transaction_id))`,
  },
];
