import type { SeasonSpan } from '#domain/leaderboard/season.ts';

import type { Statements } from '../postgres.ts';

export type WantedSeason = SeasonSpan & { leaderboardId: string };

const STATEMENT = `/* ensure-seasons */
with wanted as (
  select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[]) as w (id, leaderboard_id, key, starts_on, ends_on)
), made as (
  insert into season (program_id, id, leaderboard_id, key, starts_on, ends_on)
  select $1, w.id, w.leaderboard_id, w.key, w.starts_on, w.ends_on
  from wanted w
  where not exists (select from season s where s.program_id = $1 and s.leaderboard_id = w.leaderboard_id and s.key = w.key)
  order by w.leaderboard_id, w.key
  on conflict (program_id, leaderboard_id, key) do nothing
  returning id, leaderboard_id, key
)
select id, leaderboard_id, key from made
union all
select s.id, s.leaderboard_id, s.key from season s
join wanted w on s.program_id = $1 and s.leaderboard_id = w.leaderboard_id and s.key = w.key`;

const ATTEMPTS_MAX = 3;

/** Names a season among the results of ensureSeasons. */
export const seasonName = (leaderboardId: string, key: string): string => `${leaderboardId} ${key}`;

/**
 * Finds or makes seasons; gives their ids by `seasonName`. One statement, but for the rare case that another transaction
 * makes the same season at the same moment: then it is not in this statement's snapshot, and a second look finds it.
 */
export async function ensureSeasons(
  tx: Statements,
  programId: string,
  newId: () => string,
  seasons: readonly WantedSeason[],
): Promise<Map<string, string>> {
  const wanted = new Map(seasons.map((season) => [seasonName(season.leaderboardId, season.key), season]));
  const ids = new Map<string, string>();
  for (let attempt = 1; ids.size < wanted.size; attempt += 1) {
    if (attempt > ATTEMPTS_MAX) throw new Error('a season could neither be made nor found');
    const missing = [...wanted].filter(([name]) => !ids.has(name)).map(([, season]) => season);
    const rows = await tx.query<{ id: string; leaderboard_id: string; key: string }>(STATEMENT, [
      programId,
      missing.map(newId),
      missing.map((season) => season.leaderboardId),
      missing.map((season) => season.key),
      missing.map((season) => season.startsOn),
      missing.map((season) => season.endsOn),
    ]);
    for (const row of rows) ids.set(seasonName(row.leaderboard_id, row.key), row.id);
  }
  return ids;
}
