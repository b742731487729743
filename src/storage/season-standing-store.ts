import type { TieRule } from '#domain/leaderboard/standing.ts';
import type { SealedRow } from '#domain/season/sealed.ts';

import type { Statements } from './postgres.ts';

type Ranked = { programId: string; id: string; direction: 'DESCENDING' | 'ASCENDING'; tieRule: TieRule };

const RANKS: Record<TieRule, string> = {
  COMPETITION: 'rank() over equal_order',
  DENSE: 'dense_rank() over equal_order',
  FIRST_TO_REACH: 'row_number() over board_order',
};

/**
 * Copies the frozen entries of a season into its sealed record, with their places, in one statement, and gives the number
 * of listed rows. Entries without a score are not on the board.
 */
export async function writeStandings(tx: Statements, season: Ranked): Promise<number> {
  const way = season.direction === 'DESCENDING' ? 'desc' : 'asc';
  const tied = season.tieRule === 'FIRST_TO_REACH' ? '1' : 'count(*) over (partition by part, score, sub_score)';
  const rows = await tx.query<{ listed: number }>(
    `/* write-standings */
    with written as (
      insert into season_standing (program_id, season_id, customer_id, part, position, rank, tied, score, sub_score, reached_at)
      select program_id, season_id, customer_id, part, row_number() over board_order, ${RANKS[season.tieRule]}, ${tied},
        score, sub_score, reached_at
      from leaderboard_entry
      where program_id = $1 and season_id = $2 and score is not null and is_listed and part is not null
      window board_order as (partition by part order by score ${way}, sub_score ${way}, reached_at, customer_id),
        equal_order as (partition by part order by score ${way}, sub_score ${way})
      returning 1
    ), unlisted as (
      insert into season_standing (program_id, season_id, customer_id, part, score, sub_score, reached_at)
      select program_id, season_id, customer_id, part, score, sub_score, reached_at
      from leaderboard_entry
      where program_id = $1 and season_id = $2 and score is not null and not (is_listed and part is not null)
    )
    select count(*) as listed from written`,
    [season.programId, season.id],
  );
  return rows[0]?.listed ?? 0;
}

const ROW = `customer_id as "customerId", part, position, rank, tied, score, sub_score as "subScore", reached_at as "reachedAt"
  from season_standing`;

/** Where a page of sealed rows begins: after this one. */
export type SealedPlace = { part: string; position: number };

/** Listed rows of a sealed season in the order of part (by its bytes) and position. */
export async function readSealedPage(
  reads: Statements,
  programId: string,
  seasonId: string,
  after: SealedPlace | null,
  limit: number,
): Promise<SealedRow[]> {
  return reads.query<SealedRow>(
    `/* read-sealed-page */ select ${ROW}
     where program_id = $1 and season_id = $2 and position is not null
       and ($3::text is null or (part collate "C", position) > ($3 collate "C", $4::integer))
     order by part collate "C", position limit $5`,
    [programId, seasonId, after?.part ?? null, after?.position ?? null, limit],
  );
}

/** Listed rows of one part by position, `count` from after `offset`. */
export async function readSealedPart(
  reads: Statements,
  programId: string,
  seasonId: string,
  { part, offset, count }: { part: string; offset: number; count: number },
): Promise<SealedRow[]> {
  return reads.query<SealedRow>(
    `/* read-sealed-part */ select ${ROW}
     where program_id = $1 and season_id = $2 and part = $3 and position > $4 and position <= $4 + $5 order by position`,
    [programId, seasonId, part, offset, count],
  );
}

/** The sealed rows of some customers, those without a place too. */
export async function readSealedOf(
  reads: Statements,
  programId: string,
  seasonId: string,
  customerIds: readonly string[],
): Promise<SealedRow[]> {
  return reads.query<SealedRow>(
    `/* read-sealed-of */ select ${ROW} where program_id = $1 and season_id = $2 and customer_id = any($3)`,
    [programId, seasonId, customerIds],
  );
}

/** All sealed rows, those without a place too, in no order. */
export async function readSealedAll(reads: Statements, programId: string, seasonId: string): Promise<SealedRow[]> {
  return reads.query<SealedRow>(`/* read-sealed-all */ select ${ROW} where program_id = $1 and season_id = $2`, [
    programId,
    seasonId,
  ]);
}
