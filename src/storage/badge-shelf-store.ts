import { AWARD_COLUMNS, type AwardRow } from './badge-award-store.ts';
import type { Statements } from './postgres.ts';

const HELD = (now: string): string =>
  `a.revoked_at is null and a.expired_at is null and (a.expires_at is null or a.expires_at > ${now})`;

/** Whoever is erased is shown nowhere; counts of holders keep them, without a name. */
const NOT_ERASED =
  'not exists (select from customer c where c.program_id = a.program_id and c.id = a.customer_id and c.erased_at is not null)';

/** The newest awards that a customer holds, newest first. */
export async function readShelf(
  reads: Statements,
  programId: string,
  customerId: string,
  now: Date,
  limit: number,
): Promise<AwardRow[]> {
  return reads.query<AwardRow>(
    `/* read-badge-shelf */ select ${AWARD_COLUMNS} from badge_award a
     where a.program_id = $1 and a.customer_id = $2 and ${HELD('$3::timestamptz')} and ${NOT_ERASED}
     order by a.earned_at desc, a.id desc limit $4`,
    [programId, customerId, now.toISOString(), limit],
  );
}

/** The newest awards of a program that are held and shown, newest first. */
export async function readFeed(reads: Statements, programId: string, now: Date, limit: number): Promise<AwardRow[]> {
  return reads.query<AwardRow>(
    `/* read-badge-feed */ select ${AWARD_COLUMNS} from badge_award a
     where a.program_id = $1 and a.visible and ${HELD('$2::timestamptz')}
     order by a.earned_at desc, a.id desc limit $3`,
    [programId, now.toISOString(), limit],
  );
}

export type HolderRow = { customerId: string; since: Date };

/** Who holds a badge, whoever was awarded last first: since their newest award. */
export async function readHolders(
  reads: Statements,
  programId: string,
  badgeId: string,
  now: Date,
  limit: number,
): Promise<HolderRow[]> {
  return reads.query<HolderRow>(
    `/* read-badge-holders */
    select a.customer_id as "customerId", max(a.earned_at) as since from badge_award a
    where a.program_id = $1 and a.badge_id = $2 and ${HELD('$3::timestamptz')} and ${NOT_ERASED}
    group by a.customer_id order by since desc, a.customer_id desc limit $4`,
    [programId, badgeId, now.toISOString(), limit],
  );
}

/** How many hold badges, and how many were active on the local days since a day: of all, and of the holders. */
export async function countHolders(
  reads: Statements,
  programId: string,
  badgeIds: readonly string[],
  now: Date,
  since: string,
): Promise<{ active: number; badges: ReadonlyMap<string, { holders: number; active: number }> }> {
  const [row] = await reads.query<{ active: number; badges: { id: string; holders: number; active: number }[] | null }>(
    `/* count-badge-holders */
    with active as materialized (
      select distinct d.customer_id from activity_day d where d.program_id = $1 and d.day >= $4::date and d.count > 0
    ), held as (
      select distinct a.badge_id, a.customer_id from badge_award a
      where a.program_id = $1 and a.badge_id = any($2::uuid[]) and ${HELD('$3::timestamptz')}
    ), counted as (
      select h.badge_id as id, count(*) as holders, count(x.customer_id) as active
      from held h left join active x on x.customer_id = h.customer_id group by h.badge_id
    )
    select (select count(*) from active) as active, (select json_agg(counted) from counted) as badges`,
    [programId, badgeIds, now.toISOString(), since],
  );
  const badges = (row?.badges ?? []).map(({ id, holders, active }) => [id, { holders, active }] as const);
  return { active: row?.active ?? 0, badges: new Map(badges) };
}

/** What the ranked copies have of some customers: all that they hold. */
export async function readHeldOf(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Pick<AwardRow, 'id' | 'customerId' | 'badgeId' | 'earnedAt' | 'visible'>[]> {
  return reads.query(
    `/* read-held-badges */
    select a.id, a.customer_id as "customerId", a.badge_id as "badgeId", a.earned_at as "earnedAt", a.visible
    from badge_award a
    where a.program_id = $1 and a.customer_id = any($2::uuid[]) and a.revoked_at is null and a.expired_at is null
      and ${NOT_ERASED}`,
    [programId, customerIds],
  );
}

/** Customers who ever had an award, behind one, by their ids. */
export async function nextAwarded(
  reads: Statements,
  programId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* next-awarded-customers */
    select distinct a.customer_id as id from badge_award a
    where a.program_id = $1 and ($2::uuid is null or a.customer_id > $2) order by 1 limit $3`,
    [programId, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Programs with awards, or one of them, and the badges that were ever awarded in them. */
export async function listAwardedBadges(
  reads: Statements,
  only: string | null = null,
): Promise<{ programId: string; badgeIds: string[] }[]> {
  return reads.query(
    `/* list-awarded-badges */ select program_id as "programId", array_agg(distinct badge_id) as "badgeIds"
     from badge_award where $1::uuid is null or program_id = $1 group by program_id`,
    [only],
  );
}
