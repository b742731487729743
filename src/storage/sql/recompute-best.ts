import type { Leaderboard } from '#domain/program/program.ts';

import type { Statements } from '../postgres.ts';
import type { EntryScore } from './apply-scores.ts';
import { REMAINING_UNITS, REVERSED_WHOLE } from './remaining-units.ts';

/** One entry whose best activity may be gone. */
export type LostBest = { seasonId: string; startsAt: Date | null; endsAt: Date | null; customerId: string };

/**
 * Finds the best of one PROPERTY_BEST board again among the activities that are left, for some entries. Call it after the
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
  const best = leaderboard.direction === 'DESCENDING' ? 'desc' : 'asc';
  return tx.query<EntryScore>(
    `/* recompute-best */
update leaderboard_entry e
set score = found.score, reached_at = coalesce(found.reached_at, e.reached_at), version = e.version + 1
from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) as l (season_id, customer_id, starts_at, ends_at)
left join lateral (
  select ${REMAINING_UNITS('$7', '$8')} as score, a.occurred_at as reached_at
  from activity a
  where a.program_id = $1 and a.customer_id = l.customer_id and a.activity_type_id = $6
    and (l.starts_at is null or a.occurred_at >= l.starts_at) and (l.ends_at is null or a.occurred_at < l.ends_at)
    and ${REMAINING_UNITS('$7', '$8')} is not null and not ${REVERSED_WHOLE}
  order by 1 ${best}, 2 limit 1
) as found on true
where e.program_id = $1 and e.season_id = l.season_id and e.customer_id = l.customer_id
returning e.season_id as "seasonId", e.customer_id as "customerId", e.score, e.version, e.reached_at as "reachedAt"`,
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
