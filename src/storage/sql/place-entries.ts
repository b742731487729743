import type { Statements } from '../postgres.ts';
import { ENTRY_SCORE, type EntryScore } from './apply-scores.ts';
import { arrayText } from './columns.ts';

/** An entry of a running season, and where it stands. */
export type EntryPlace = { seasonId: string; leaderboardId: string; customerId: string; part: string | null };

/**
 * Where customers stand on boards, in seasons that are not frozen. Locks the customers against changes until the
 * transaction ends, so that what is read of them stays true.
 */
export async function readPlaces(
  tx: Statements,
  programId: string,
  leaderboardIds: readonly string[],
  customerIds: readonly string[],
): Promise<EntryPlace[]> {
  await tx.query(
    '/* share-customers */ select from customer where program_id = $1 and id = any($2) order by id for share',
    [programId, customerIds],
  );
  return tx.query<EntryPlace>(
    `/* read-places */ select e.season_id as "seasonId", s.leaderboard_id as "leaderboardId", e.customer_id as "customerId", e.part
     from season s join leaderboard_entry e on e.program_id = s.program_id and e.season_id = s.id and e.customer_id = any($3)
     where s.program_id = $1 and s.leaderboard_id = any($2) and s.frozen_at is null`,
    [programId, leaderboardIds, customerIds],
  );
}

/** Moves entries to other parts of their boards, and gives them as they are now, in a new version. */
export async function movePlaces(
  tx: Statements,
  programId: string,
  places: readonly EntryPlace[],
): Promise<(EntryScore & { leaderboardId: string })[]> {
  if (places.length === 0) return [];
  const sorted = places.toSorted((a, b) =>
    `${a.seasonId} ${a.customerId}` < `${b.seasonId} ${b.customerId}` ? -1 : 1,
  );
  return tx.query<EntryScore & { leaderboardId: string }>(
    `/* move-places */ update leaderboard_entry e set part = m.part, version = e.version + 1
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[]) as m (season_id, customer_id, part, leaderboard_id)
     where e.program_id = $1 and e.season_id = m.season_id and e.customer_id = m.customer_id
     returning m.leaderboard_id as "leaderboardId", ${ENTRY_SCORE('e')}`,
    [
      programId,
      arrayText(sorted.map((place) => place.seasonId)),
      arrayText(sorted.map((place) => place.customerId)),
      arrayText(sorted.map((place) => place.part)),
      arrayText(sorted.map((place) => place.leaderboardId)),
    ],
  );
}

/** Lists a customer on all boards, or takes it off the lists, in seasons that are not frozen; gives what changed. */
export async function listEntries(
  tx: Statements,
  programId: string,
  customerId: string,
  isListed: boolean,
): Promise<(EntryScore & { leaderboardId: string })[]> {
  return tx.query<EntryScore & { leaderboardId: string }>(
    `/* list-entries */ update leaderboard_entry e set is_listed = $3, version = e.version + 1
     from season s
     where s.program_id = $1 and s.frozen_at is null and e.program_id = s.program_id and e.season_id = s.id
       and e.customer_id = $2 and e.is_listed <> $3
     returning s.leaderboard_id as "leaderboardId", ${ENTRY_SCORE('e')}`,
    [programId, customerId, isListed],
  );
}

/** Takes everybody who does not want to be seen off the lists of seasons that were just filled. */
export async function hideUnlisted(tx: Statements, programId: string, seasonIds: readonly string[]): Promise<void> {
  await tx.query(
    `/* hide-unlisted */ update leaderboard_entry e set is_listed = false
     from board_privacy p
     where p.program_id = $1 and p.appearance = 'HIDDEN' and e.program_id = $1 and e.season_id = any($2)
       and e.customer_id = p.customer_id`,
    [programId, seasonIds],
  );
}

/** One page of the customers of seasons, in order. */
export async function readEntryCustomers(
  tx: Statements,
  programId: string,
  seasonIds: readonly string[],
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `/* read-entry-customers */ select distinct customer_id as id from leaderboard_entry
     where program_id = $1 and season_id = any($2) and ($3::uuid is null or customer_id > $3) order by id limit $4`,
    [programId, seasonIds, after, limit],
  );
  return rows.map((row) => row.id);
}
