import type { BookedAward } from '#domain/badge/book.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

export const REVOKED_WHYS = ['HAND', 'REVERSAL'] as const;
export type RevokedWhy = (typeof REVOKED_WHYS)[number];

/** An award as it is kept. */
export type AwardRow = {
  id: string;
  customerId: string;
  badgeId: string;
  badgeCode: string;
  levelCode: string;
  /** The level's place from 1, as it was then. */
  levelNumber: number;
  period: string;
  occurrence: number;
  byHand: boolean;
  earnedAt: Date;
  recordedAt: Date;
  expiresAt: Date | null;
  activityId: string | null;
  revision: number;
  silent: boolean;
  points: number | null;
  transactionId: string | null;
  reason: string | null;
  actor: string;
  visible: boolean;
  revokedAt: Date | null;
  revokedWhy: RevokedWhy | null;
  revokedReason: string | null;
  revokedBy: string | null;
  expiredAt: Date | null;
};

/** What an award has when it is made. */
export type NewAward = Omit<
  AwardRow,
  'visible' | 'revokedAt' | 'revokedWhy' | 'revokedReason' | 'revokedBy' | 'expiredAt'
>;

const AWARD: Columns<NewAward> = {
  id: ['uuid', (row) => row.id],
  customer_id: ['uuid', (row) => row.customerId],
  badge_id: ['uuid', (row) => row.badgeId],
  badge_code: ['text', (row) => row.badgeCode],
  level_code: ['text', (row) => row.levelCode],
  level_number: ['integer', (row) => row.levelNumber],
  period: ['text', (row) => row.period],
  occurrence: ['integer', (row) => row.occurrence],
  by_hand: ['boolean', (row) => row.byHand],
  earned_at: ['timestamptz', (row) => row.earnedAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
  expires_at: ['timestamptz', (row) => row.expiresAt],
  activity_id: ['uuid', (row) => row.activityId],
  revision: ['integer', (row) => row.revision],
  silent: ['boolean', (row) => row.silent],
  points: ['bigint', (row) => row.points],
  transaction_id: ['uuid', (row) => row.transactionId],
  reason: ['text', (row) => row.reason],
  actor: ['text', (row) => row.actor],
};

/** Days of what badges count for themselves: to be added to what is kept, or to take its place. */
export type MatchDay = { customerId: string; measure: string; day: string; amount: string };

const DAY: Columns<MatchDay> = {
  customer_id: ['uuid', (row) => row.customerId],
  measure: ['text', (row) => row.measure],
  day: ['date', (row) => row.day],
  amount: ['numeric', (row) => row.amount],
};

/** What one transaction writes of badges; rows of a kind are distinct, and no day is both added to and replaced. */
export type BadgeWrites = {
  awards: readonly NewAward[];
  addedDays: readonly MatchDay[];
  wholeDays: readonly MatchDay[];
};

/** Writes awards and days. An award that is on record already is refused by the database: nothing is awarded twice. */
export async function writeBadges(tx: Statements, programId: string, writes: BadgeWrites): Promise<void> {
  const { awards, addedDays, wholeDays } = writes;
  const conflict = 'on conflict (program_id, customer_id, measure, day) do update set amount =';
  await runParts(tx, 'write-badges', [
    ...(awards.length === 0 ? [] : [insertPart('badge_award', programId, AWARD, awards)]),
    ...(addedDays.length === 0
      ? []
      : [insertPart('tier_day', programId, DAY, addedDays, `${conflict} tier_day.amount + excluded.amount`)]),
  ]);
  if (wholeDays.length > 0)
    await runParts(tx, 'write-badge-days', [
      insertPart('tier_day', programId, DAY, wholeDays, `${conflict} excluded.amount`),
    ]);
}

export const AWARD_COLUMNS = `a.id, a.customer_id as "customerId", a.badge_id as "badgeId", a.badge_code as "badgeCode",
  a.level_code as "levelCode", a.level_number as "levelNumber", a.period, a.occurrence, a.by_hand as "byHand",
  a.earned_at as "earnedAt", a.recorded_at as "recordedAt", a.expires_at as "expiresAt", a.activity_id as "activityId",
  a.revision, a.silent, a.points, a.transaction_id as "transactionId", a.reason, a.actor, a.visible,
  a.revoked_at as "revokedAt", a.revoked_why as "revokedWhy", a.revoked_reason as "revokedReason",
  a.revoked_by as "revokedBy", a.expired_at as "expiredAt"`;

/** What decisions look at. */
export type BookedRow = Pick<
  AwardRow,
  | 'id'
  | 'badgeId'
  | 'levelCode'
  | 'period'
  | 'occurrence'
  | 'byHand'
  | 'earnedAt'
  | 'expiresAt'
  | 'activityId'
  | 'revokedAt'
  | 'revokedWhy'
>;

/** An award as decisions look at it. */
export function bookedOf(row: BookedRow): BookedAward {
  const { badgeId, levelCode: level, period, occurrence, byHand, earnedAt, expiresAt, revokedAt } = row;
  const since = row.activityId ?? row.id;
  return {
    badgeId,
    level,
    period,
    occurrence,
    byHand,
    earnedAt,
    expiresAt,
    revokedAt,
    freed: row.revokedWhy === 'REVERSAL',
    since,
  };
}

/** All awards of these customers, of these badges alone where they are given; the oldest first. */
export async function listAwards(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
  badgeIds: readonly string[] | null = null,
): Promise<AwardRow[]> {
  return reads.query<AwardRow>(
    `/* list-badge-awards */ select ${AWARD_COLUMNS} from badge_award a
     where a.program_id = $1 and a.customer_id = any($2::uuid[]) and ($3::uuid[] is null or a.badge_id = any($3))
     order by a.id`,
    [programId, customerIds, badgeIds],
  );
}

/** Awards by id; unknown ones are left out. */
export async function findAwards(reads: Statements, programId: string, ids: readonly string[]): Promise<AwardRow[]> {
  if (ids.length === 0) return [];
  return reads.query<AwardRow>(
    `/* find-badge-awards */ select ${AWARD_COLUMNS} from badge_award a where a.program_id = $1 and a.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** Revokes awards that are not revoked yet, and gives those. */
export async function revokeAwards(
  tx: Statements,
  programId: string,
  ids: readonly string[],
  by: { at: Date; why: RevokedWhy; reason: string; actor: string },
): Promise<AwardRow[]> {
  if (ids.length === 0) return [];
  return tx.query<AwardRow>(
    `/* revoke-badge-awards */
    update badge_award a set revoked_at = $3, revoked_why = $4, revoked_reason = $5, revoked_by = $6
    where a.program_id = $1 and a.id = any($2::uuid[]) and a.revoked_at is null
    returning ${AWARD_COLUMNS}`,
    [programId, ids, by.at.toISOString(), by.why, by.reason, by.actor],
  );
}

/** Says which transaction carried the points of an award that had given none. */
export async function payAwards(
  tx: Statements,
  programId: string,
  paid: readonly { id: string; points: number; transactionId: string }[],
): Promise<void> {
  if (paid.length === 0) return;
  await tx.query(
    `/* pay-badge-awards */
    update badge_award a set points = r.points, transaction_id = r.transaction_id
    from unnest($2::uuid[], $3::bigint[], $4::uuid[]) as r (id, points, transaction_id)
    where a.program_id = $1 and a.id = r.id and a.transaction_id is null`,
    [programId, paid.map((row) => row.id), paid.map((row) => row.points), paid.map((row) => row.transactionId)],
  );
}

/** Shows awards to others, or not; gives those that it changed. */
export async function showAwards(
  tx: Statements,
  programId: string,
  customerId: string,
  badgeId: string,
  visible: boolean,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `/* show-badge-awards */ update badge_award set visible = $4
     where program_id = $1 and customer_id = $2 and badge_id = $3 and visible <> $4 returning id`,
    [programId, customerId, badgeId, visible],
  );
  return rows.map(({ id }) => id);
}

/** Programs that have awards which have expired by their own clock and are not marked so. */
export async function findExpired(reads: Statements, now: Date): Promise<string[]> {
  const rows = await reads.query<{ programId: string }>(
    `/* find-expired-badges */
    select distinct a.program_id as "programId" from badge_award a
    join program p on p.id = a.program_id and p.state <> 'ARCHIVED'
    where a.expires_at is not null and a.expired_at is null and a.revoked_at is null
      and a.expires_at <= coalesce(p.test_clock, $1)`,
    [now.toISOString()],
  );
  return rows.map(({ programId }) => programId);
}

/** Marks awards that have expired, the earliest first, and gives them. Rows that another process marks are passed over. */
export async function expireAwards(tx: Statements, programId: string, now: Date, limit: number): Promise<AwardRow[]> {
  return tx.query<AwardRow>(
    `/* expire-badge-awards */
    update badge_award a set expired_at = a.expires_at
    from (
      select program_id, id from badge_award
      where program_id = $1 and expires_at is not null and expired_at is null and revoked_at is null and expires_at <= $2
      order by expires_at limit $3 for update skip locked
    ) due
    where a.program_id = due.program_id and a.id = due.id
    returning ${AWARD_COLUMNS}`,
    [programId, now.toISOString(), limit],
  );
}
