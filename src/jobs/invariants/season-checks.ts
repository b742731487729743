import type { InvariantCheck } from './invariant.ts';

/** What seasons have sealed, promised and paid. */
export const SEASON_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'prizes-are-paid-once',
    law: 'A prize with points that was given is one credit on the ledger of its winner, of what was granted; no other prize is.',
    severity: 'ERROR',
    query: `
      select z.program_id, z.id as prize_id, z.state, z.granted, t.id as transaction_id, t.amount
      from season_prize z
      left join ledger_transaction t on t.program_id = z.program_id and t.id = z.transaction_id
      where ($1::uuid is null or z.program_id = $1) and (
        case when z.state = 'GIVEN' and z.points > 0 then z.granted is null
            or z.granted > 0 and (t.id is null or t.amount <> z.granted or t.customer_id <> z.customer_id
              or t.currency_id <> z.currency_id or t.kind <> 'ADJUST')
          else z.transaction_id is not null end
        or z.transaction_id is not null and exists (
          select from season_prize o where o.program_id = z.program_id and o.transaction_id = z.transaction_id and o.id <> z.id))`,
  },
  {
    name: 'prizes-keep-to-their-budget',
    law: 'The points that a season promised to its winners come to no more than its budget.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.id as season_id, sum(z.points) as promised, s.plan -> 'prizes' -> 'budget' as budget
      from season s join season_prize z on z.program_id = s.program_id and z.season_id = s.id
      where ($1::uuid is null or s.program_id = $1) and s.plan -> 'prizes' ->> 'budget' is not null
      group by s.program_id, s.id, s.plan
      having sum(z.points) > (s.plan -> 'prizes' ->> 'budget')::numeric`,
  },
  {
    name: 'sealed-rows-are-whole',
    law: 'A sealed season has as many ranked rows as its seal says, at positions without gaps in each part.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.id as season_id, s.standing_count, coalesce(rows.listed, 0) as listed
      from season s
      left join lateral (
        select sum(part.listed) as listed, bool_and(part.listed = part.last) as is_gapless from (
          select count(*) as listed, max(r.position) as last from season_standing r
          where r.program_id = s.program_id and r.season_id = s.id and r.position is not null group by r.part
        ) part
      ) rows on true
      where ($1::uuid is null or s.program_id = $1) and s.standing_hash is not null
        and (coalesce(rows.listed, 0) <> s.standing_count or rows.is_gapless is false)`,
  },
  {
    name: 'cohorts-are-levels',
    law: 'Whoever has a seat in a running season of a league sits in the cohort that the board shows.',
    severity: 'ERROR',
    query: `
      select m.program_id, m.season_id, m.customer_id, m.level, m.cohort, e.part
      from league_member m
      join season s on s.program_id = m.program_id and s.id = m.season_id and s.frozen_at is null
      join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id
      left join leaderboard_entry e on e.program_id = m.program_id and e.season_id = m.season_id and e.customer_id = m.customer_id
      where ($1::uuid is null or m.program_id = $1)
        and e.part is distinct from coalesce(l.league -> 'levels' ->> m.level, l.league -> 'levels' ->> 0) || ':' || m.cohort`,
  },
  {
    name: 'seasons-are-moved-on',
    law: 'What comes due of seasons is done within five minutes. A stopped worker shows here.',
    severity: 'WARNING',
    query: `
      select s.program_id, s.id as season_id, s.state, s.next_at
      from season s join program p on p.id = s.program_id
      where ($1::uuid is null or s.program_id = $1) and p.state = 'ACTIVE' and s.next_at is not null
        and greatest(s.next_at, s.created_at) < coalesce(p.test_clock, now()) - interval '5 minutes'`,
  },
];
