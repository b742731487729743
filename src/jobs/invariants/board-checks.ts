import type { InvariantCheck } from './invariant.ts';

const RUNNING = `season s join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id and l.archived_at is null
  join leaderboard_entry e on e.program_id = s.program_id and e.season_id = s.id`;

/** What stands on boards beside scores, and who belongs together. */
export const BOARD_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'leaderboard-entry-has-customer',
    law: 'Every entry of a board is a customer of the same program, on a board of teams a team.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.customer_id from leaderboard_entry e
      left join season s on s.program_id = e.program_id and s.id = e.season_id
      left join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id
      where ($1::uuid is null or e.program_id = $1)
        and not case when l.scope = 'TEAM' then exists (select from team t where t.program_id = e.program_id and t.id = e.customer_id)
          else exists (select from customer c where c.program_id = e.program_id and c.id = e.customer_id) end`,
  },
  {
    name: 'leaderboard-entry-is-listed',
    law: 'In seasons that are not frozen just those are not listed who chose not to be seen.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.season_id, e.customer_id, e.is_listed from ${RUNNING}
      left join board_privacy p on p.program_id = e.program_id and p.customer_id = e.customer_id
      where ($1::uuid is null or e.program_id = $1) and s.frozen_at is null
        and e.is_listed = (coalesce(p.appearance, 'NAME') = 'HIDDEN')`,
  },
  {
    name: 'leaderboard-entry-part',
    law: 'In seasons that are not frozen an entry is in the part that its customer’s attribute or account names, and in the one part of a board that has none. Boards of tiers and audiences are looked at where they change.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.season_id, e.customer_id, e.part from ${RUNNING}
      left join customer c on c.program_id = e.program_id and c.id = e.customer_id
      where ($1::uuid is null or e.program_id = $1) and s.frozen_at is null and l.audience = ''
        and (l.scope in ('PROGRAM', 'TEAM') and e.part is distinct from ''
          or l.scope = 'ATTRIBUTE' and e.part is distinct from nullif(left(c.attributes ->> l.scope_key, 100), '')
          or l.scope = 'ACCOUNT' and (e.part is null) <> (c.account_id is null))`,
  },
  {
    name: 'leaderboard-attempts',
    law: 'The attempts that a customer has used in a season are the activities that the board says it counted.',
    severity: 'ERROR',
    query: `
      with counted as (
        select a.program_id, (f ->> 'leaderboardId')::uuid as leaderboard_id, f ->> 'seasonKey' as season_key, a.customer_id, count(*) as used
        from activity a cross join lateral jsonb_array_elements(a.effects) f
        where ($1::uuid is null or a.program_id = $1) and f ->> 'kind' = 'BOARD_COUNTED' and f ->> 'attempt' is not null
        group by 1, 2, 3, 4
      )
      select program_id, leaderboard_id, season_key, customer_id, t.used as kept, c.used as counted
      from (select * from leaderboard_attempt where $1::uuid is null or program_id = $1) t
      full join counted c using (program_id, leaderboard_id, season_key, customer_id)
      where t.used is distinct from c.used`,
  },
  {
    name: 'team-members',
    law: 'A running team has members, its captain among them, and no more than it has room for; a disbanded one has none.',
    severity: 'ERROR',
    query: `
      select t.program_id, t.id as team_id, m.members from team t
      cross join lateral (
        select count(*) as members, count(*) filter (where customer_id = t.captain_id) as captains from team_member m
        where m.program_id = t.program_id and m.team_id = t.id and m.to_at is null
      ) m
      where ($1::uuid is null or t.program_id = $1)
        and (t.disbanded_at is null and (captains <> 1 or members > t.size_max) or t.disbanded_at is not null and members > 0)`,
  },
  {
    name: 'team-intervals',
    law: 'A customer is in one team at a time.',
    severity: 'ERROR',
    query: `
      select program_id, id as membership_id, customer_id from (
        select m.*, lead(from_at) over (partition by program_id, customer_id order by from_at, to_at nulls last, id) as next_from
        from team_member m where $1::uuid is null or program_id = $1
      ) m
      where next_from is not null and (to_at is null or to_at > next_from)`,
  },
  {
    name: 'friends-are-mutual',
    law: 'Whoever is a friend of somebody has that one for a friend.',
    severity: 'ERROR',
    query: `
      select f.program_id, f.customer_id, f.friend_id from friend f
      left join friend o on o.program_id = f.program_id and o.customer_id = f.friend_id and o.friend_id = f.customer_id
      where ($1::uuid is null or f.program_id = $1)
        and (f.state = 'ACCEPTED') is distinct from (o.state = 'ACCEPTED') and (f.state = 'ACCEPTED' or o.state is not null)`,
  },
];
