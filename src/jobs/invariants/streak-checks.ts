import type { InvariantCheck } from './invariant.ts';

/** The marks of one kind that stand: told, and not taken back. */
const standing = (kind: string, inverse: string): string => `
  select e.program_id, e.customer_id, e.streak_id, e.cadence, e.period from streak_event e
  where e.kind in ('${kind}', '${inverse}') and ($1::uuid is null or e.program_id = $1)
  group by 1, 2, 3, 4, 5
  having sum(case when e.kind = '${kind}' then 1 else -1 end)`;

/** Streaks as rows against the periods and the history that they come from; the law itself is held by tests. */
export const STREAK_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'streaks-have-their-periods',
    law: 'A run that no pause and no restore touches has as many met periods, from its first to its last, as it is long.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.customer_id, s.code, s.length, s.started_on, s.last_met, met.count
      from streak_state s
      cross join lateral (
        select count(*)::int as count from streak_period p
        where p.program_id = s.program_id and p.customer_id = s.customer_id and p.streak_id = s.streak_id
          and p.cadence = s.cadence and p.met and p.period between s.started_on and s.last_met
      ) met
      where ($1::uuid is null or s.program_id = $1) and s.length > 0 and s.pauses = '[]' and met.count <> s.length`,
  },
  {
    name: 'streaks-know-their-last-period',
    law: 'The last period of a streak that was met is the last one that is on record as met.',
    severity: 'ERROR',
    query: `
      select s.program_id, s.customer_id, s.code, s.last_met, last.period
      from streak_state s
      cross join lateral (
        select max(p.period) as period from streak_period p
        where p.program_id = s.program_id and p.customer_id = s.customer_id and p.streak_id = s.streak_id
          and p.cadence = s.cadence and p.met
      ) last
      where ($1::uuid is null or s.program_id = $1) and s.pauses = '[]' and s.last_met is distinct from last.period`,
  },
  {
    name: 'missed-periods-are-not-met',
    law: 'No period is met that a freeze stands for, or that broke a streak.',
    severity: 'ERROR',
    query: `
      select m.* from (${standing('FREEZE_USED', 'FREEZE_RETURNED')} > 0 union all ${standing('BROKEN', 'HEALED')} > 0) m
      join streak_period p on p.program_id = m.program_id and p.customer_id = m.customer_id and p.streak_id = m.streak_id
        and p.cadence = m.cadence and p.period = m.period
      join streak_state s on s.program_id = m.program_id and s.customer_id = m.customer_id and s.streak_id = m.streak_id
        and s.cadence = m.cadence
      where p.met and s.pauses = '[]'`,
  },
  {
    name: 'streak-marks-stand-once',
    law: 'What is told of a period is taken back before it is told again.',
    severity: 'ERROR',
    query: `
      ${standing('FREEZE_USED', 'FREEZE_RETURNED')} not in (0, 1) union all ${standing('BROKEN', 'HEALED')} not in (0, 1)
      union all ${standing('FREEZE_EARNED', 'FREEZE_WITHDRAWN')} not in (0, 1)`,
  },
  {
    name: 'streaks-are-judged-in-time',
    law: 'Nothing that is due on a streak waits for more than an hour.',
    severity: 'WARNING',
    query: `
      select s.program_id, s.customer_id, s.code, s.next_at from streak_state s
      join program p on p.id = s.program_id and p.state = 'ACTIVE' and p.test_clock is null
      where ($1::uuid is null or s.program_id = $1) and s.next_at < now() - interval '1 hour'`,
  },
];
