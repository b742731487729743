import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from '../postgres.ts';
import { ENTRY_SCORE, type EntryScore } from './apply-scores.ts';
import {
  OWNER,
  REMAINING_SUB,
  REMAINING_UNITS,
  REPORTED_UNITS,
  REVERSED_WHOLE,
  WITHIN_BOUNDS,
} from './remaining-units.ts';

/** One entry whose best or last activity may be gone. */
export type LostBest = { seasonId: string; startsAt: Date | null; endsAt: Date | null; customerId: string };

/**
 * Finds the best or last of one board again among the activities that are left, for some entries. Call it after the
 * reversals are written. The entries are locked first, in order: a statement that follows the lock sees every activity
 * whose transaction touched the entry before. Entries with nothing left get a null score and stay for their version.
 */
export async function recomputeBest(
  tx: Statements,
  programId: string,
  leaderboard: Leaderboard,
  entries: readonly LostBest[],
): Promise<EntryScore[]> {
  if (entries.length === 0) return [];
  const seasonIds = entries.map((entry) => entry.seasonId);
  const customerIds = entries.map((entry) => entry.customerId);
  await tx.query(
    `/* lock-entries */
select from leaderboard_entry e
join unnest($2::uuid[], $3::uuid[]) as l (season_id, customer_id) using (season_id, customer_id)
where e.program_id = $1 order by e.season_id, e.customer_id for update of e`,
    [programId, seasonIds, customerIds],
  );
  const way = leaderboard.direction === 'DESCENDING' ? 'desc' : 'asc';
  const order = leaderboard.metric === 'PROPERTY_LAST' ? `3 desc, 1 ${way}, 2 ${way}` : `1 ${way}, 2 ${way}, 3`;
  // On a board of teams the entry is the team's, and its activities are those of all who were ever in it.
  const mine =
    leaderboard.scope === 'TEAM'
      ? 'a.customer_id in (select m.customer_id from team_member m where m.program_id = $1 and m.team_id = l.customer_id)'
      : 'a.customer_id = l.customer_id';
  return tx.query<EntryScore>(
    `/* recompute-best */
update leaderboard_entry e
set score = found.score, sub_score = coalesce(found.sub_score, 0), reached_at = coalesce(found.reached_at, e.reached_at),
  version = e.version + 1
from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) as l (season_id, customer_id, starts_at, ends_at)
left join lateral (
  select ${REMAINING_UNITS('$7', '$8')} as score, ${REMAINING_SUB(leaderboard)} as sub_score, a.occurred_at as reached_at
  from activity a
  where a.program_id = $1 and ${mine} and a.activity_type_id = $6 and ${OWNER(leaderboard)} = l.customer_id
    and (l.starts_at is null or a.occurred_at >= l.starts_at) and (l.ends_at is null or a.occurred_at < l.ends_at)
    and ${REPORTED_UNITS('$7', '$8')} is not null and not ${REVERSED_WHOLE}
    and ${WITHIN_BOUNDS(leaderboard, REPORTED_UNITS('$7', '$8'))}
  order by ${order} limit 1
) as found on true
where e.program_id = $1 and e.season_id = l.season_id and e.customer_id = l.customer_id
returning ${ENTRY_SCORE('e')}`,
    [
      programId,
      seasonIds,
      customerIds,
      entries.map((entry) => entry.startsAt),
      entries.map((entry) => entry.endsAt),
      leaderboard.activityTypeId,
      leaderboard.property,
      leaderboard.scoreDecimals,
    ],
  );
}
