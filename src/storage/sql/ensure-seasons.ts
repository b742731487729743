import type { SeasonSpan } from '#domain/leaderboard/season.ts';

import type { Statements } from '../postgres.ts';

/** A season as it is made where it is missing; `graceMinutes` is its board's. */
export type WantedSeason = SeasonSpan & { leaderboardId: string; graceMinutes: number };

/** A season's id, and whether it is sealed, or about to be, so that its scores stand. */
export type EnsuredSeason = { id: string; frozen: boolean };

const STATEMENT = `/* ensure-seasons */
with wanted as (
  select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::integer[])
    as w (id, leaderboard_id, key, starts_on, ends_on, name, starts_at, ends_at, grace_minutes)
), made as (
  insert into season (program_id, id, leaderboard_id, key, starts_on, ends_on, name, starts_at, ends_at, created_at,
    seals_at, next_at, state, opened_at)
  select $1, w.id, w.leaderboard_id, w.key, w.starts_on, w.ends_on, w.name, w.starts_at, w.ends_at, $11,
    greatest(w.ends_at, case when w.ends_at is null then null else $11::timestamptz end) + w.grace_minutes * interval '1 minute', w.starts_at,
    case when w.ends_at is null then 'OPEN' else 'SCHEDULED' end, case when w.ends_at is null then $11::timestamptz end
  from wanted w
  where not exists (select from season s where s.program_id = $1 and s.leaderboard_id = w.leaderboard_id and s.key = w.key)
  order by w.leaderboard_id, w.key
  on conflict (program_id, leaderboard_id, key) do nothing
  returning id, leaderboard_id, key, false as frozen
)
select id, leaderboard_id, key, frozen from made
union all
select s.id, s.leaderboard_id, s.key, s.frozen_at is not null from season s
join wanted w on s.program_id = $1 and s.leaderboard_id = w.leaderboard_id and s.key = w.key`;

const ATTEMPTS_MAX = 3;

/** Names a season among the results of ensureSeasons. */
export const seasonName = (leaderboardId: string, key: string): string => `${leaderboardId} ${key}`;

/**
 * Finds or makes seasons; gives them by `seasonName`. One statement, but for the rare case that another transaction
 * makes the same season at the same moment: then it is not in this statement's snapshot, and a second look finds it. One
 * that is made after its end, by an import or with a new board, has its grace from `now` on.
 */
export async function ensureSeasons(
  tx: Statements,
  programId: string,
  newId: () => string,
  now: Date,
  seasons: readonly WantedSeason[],
): Promise<Map<string, EnsuredSeason>> {
  const wanted = new Map(seasons.map((season) => [seasonName(season.leaderboardId, season.key), season]));
  const found = new Map<string, EnsuredSeason>();
  for (let attempt = 1; found.size < wanted.size; attempt += 1) {
    if (attempt > ATTEMPTS_MAX) throw new Error('a season could neither be made nor found');
    const missing = [...wanted].filter(([name]) => !found.has(name)).map(([, season]) => season);
    const rows = await tx.query<EnsuredSeason & { leaderboard_id: string; key: string }>(STATEMENT, [
      programId,
      missing.map(newId),
      missing.map((season) => season.leaderboardId),
      missing.map((season) => season.key),
      missing.map((season) => season.startsOn),
      missing.map((season) => season.endsOn),
      missing.map((season) => season.name),
      missing.map((season) => season.startsAt),
      missing.map((season) => season.endsAt),
      missing.map((season) => season.graceMinutes),
      now,
    ]);
    for (const { id, frozen, leaderboard_id, key } of rows) found.set(seasonName(leaderboard_id, key), { id, frozen });
  }
  return found;
}
