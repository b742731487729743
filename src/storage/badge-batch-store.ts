import { Big } from 'big.js';

import type { BookedAward } from '#domain/badge/book.ts';

import { bookedOf, type BookedRow } from './badge-award-store.ts';
import type { Statements } from './postgres.ts';

/** A measure of one customer over the local days [from, to); null has no bound. */
export type AmountKey = { customerId: string; measure: string; from: string | null; to: string | null };

/** A badge of one customer, and the period that is decided in. */
export type AwardKey = { customerId: string; badgeId: string; period: string };

/** How far the past has been credited by a badge. */
export type BadgeCover = { badgeId: string; shape: string; cursor: string | null; isDone: boolean };

export type BadgeFacts = {
  /** In the order of the keys: the sum, and how many days are above zero. */
  amounts: { sum: Big; days: number }[];
  /** What decides about the next award: the last one of each level and period, and what is held now. */
  awards: (BookedAward & { customerId: string })[];
  covers: ReadonlyMap<string, BadgeCover>;
};

/** In JSON, instants are text. */
type RawAward = Omit<BookedRow, 'earnedAt' | 'expiresAt' | 'revokedAt'> & {
  customerId: string;
  earnedAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
};

const RAW = `'customerId', a.customer_id, 'badgeId', a.badge_id, 'levelCode', a.level_code, 'period', a.period,
  'occurrence', a.occurrence, 'byHand', a.by_hand, 'earnedAt', a.earned_at, 'expiresAt', a.expires_at,
  'revokedAt', a.revoked_at, 'revokedWhy', a.revoked_why, 'id', a.id, 'activityId', a.activity_id`;

/**
 * What the activity path has to know before it decides, in one statement for the whole batch. The number of awards read does
 * not grow with how often a badge was awarded.
 */
export async function readBadgeFacts(
  statements: Statements,
  programId: string,
  {
    amounts,
    awards,
    badgeIds,
  }: { amounts: readonly AmountKey[]; awards: readonly AwardKey[]; badgeIds: readonly string[] },
): Promise<BadgeFacts> {
  const [row] = await statements.query<{
    amounts: { sum: string; days: number }[] | null;
    awards: RawAward[] | null;
    covers: BadgeCover[] | null;
  }>(
    `/* read-badge-facts */
    select (
      select json_agg(json_build_object('sum', counted.sum::text, 'days', counted.days) order by key.position)
      from unnest($2::uuid[], $3::text[], $4::date[], $5::date[]) with ordinality
        as key (customer_id, measure, from_day, to_day, position)
      cross join lateral (
        select coalesce(sum(d.amount), 0) as sum, count(*) filter (where d.amount > 0) as days from tier_day d
        where d.program_id = $1 and d.customer_id = key.customer_id and d.measure = key.measure
          and d.day >= coalesce(key.from_day, '-infinity') and d.day < coalesce(key.to_day, 'infinity')
      ) counted
    ) as amounts, (
      select json_agg(json_build_object(${RAW})) from (
        select distinct x.* from unnest($6::uuid[], $7::uuid[], $8::text[]) as key (customer_id, badge_id, period)
        cross join lateral (
          (select distinct on (b.level_code) b.* from badge_award b
          where b.program_id = $1 and b.customer_id = key.customer_id and b.badge_id = key.badge_id and b.period = key.period
            and b.revoked_why is distinct from 'REVERSAL'
          order by b.level_code, b.occurrence desc)
          union all
          (select distinct on (b.level_code, b.by_hand) b.* from badge_award b
          where b.program_id = $1 and b.customer_id = key.customer_id and b.badge_id = key.badge_id
            and b.revoked_at is null and b.expired_at is null
          order by b.level_code, b.by_hand, b.expires_at desc nulls first)
        ) x
      ) a
    ) as awards, (
      select json_agg(json_build_object('badgeId', f.badge_id, 'shape', f.shape, 'cursor', f.cursor_id, 'isDone', f.done_at is not null))
      from badge_backfill f where f.program_id = $1 and f.badge_id = any($9::uuid[])
    ) as covers`,
    [
      programId,
      ...[amounts.map((key) => key.customerId), amounts.map((key) => key.measure)],
      ...[amounts.map((key) => key.from), amounts.map((key) => key.to)],
      ...[awards.map((key) => key.customerId), awards.map((key) => key.badgeId), awards.map((key) => key.period)],
      badgeIds,
    ],
  );
  return {
    amounts: (row?.amounts ?? []).map(({ sum, days }) => ({ sum: new Big(sum), days })),
    awards: (row?.awards ?? []).map((award) => ({
      ...bookedOf({
        ...award,
        earnedAt: new Date(award.earnedAt),
        expiresAt: dated(award.expiresAt),
        revokedAt: dated(award.revokedAt),
      }),
      customerId: award.customerId,
    })),
    covers: new Map((row?.covers ?? []).map((cover) => [cover.badgeId, cover])),
  };
}

const dated = (text: string | null): Date | null => (text === null ? null : new Date(text));
