import type { PageRequest, Position } from '#domain/page.ts';
import type { Standing, TierReason } from '#domain/tier/standing.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** One interval of a customer's history on a ladder: [fromAt, toAt). */
export type TierMembership = {
  id: string;
  customerId: string;
  ladderId: string;
  ladderCode: string;
  tierCode: string;
  tierName: string;
  previousCode: string | null;
  fromAt: Date;
  toAt: Date | null;
  reason: TierReason;
  note: string | null;
  lockedUntil: Date | null;
  revision: number;
  activityId: string | null;
  actor: string;
  recordedAt: Date;
};

/** What one transaction writes of tiers. */
export type TierWrites = {
  days: readonly { customerId: string; measure: string; day: string; amount: string }[];
  standings: readonly {
    customerId: string;
    ladderId: string;
    ladderCode: string;
    standing: Standing;
    reviewAt: Date | null;
  }[];
  /** Open intervals that end; those of customers who have none are passed over. */
  ended: readonly { customerId: string; ladderId: string; at: Date }[];
  begun: readonly TierMembership[];
};

const DAY: Columns<TierWrites['days'][number]> = {
  customer_id: ['uuid', (row) => row.customerId],
  measure: ['text', (row) => row.measure],
  day: ['date', (row) => row.day],
  amount: ['numeric', (row) => row.amount],
};

const STANDING: Columns<TierWrites['standings'][number]> = {
  customer_id: ['uuid', (row) => row.customerId],
  ladder_id: ['uuid', (row) => row.ladderId],
  ladder_code: ['text', (row) => row.ladderCode],
  tier_code: ['text', (row) => row.standing.tier],
  since: ['timestamptz', (row) => row.standing.since?.toISOString() ?? null],
  earned_code: ['text', (row) => row.standing.earned],
  assigned_code: ['text', (row) => row.standing.assigned?.tier ?? null],
  assigned_kind: ['text', (row) => row.standing.assigned?.kind ?? null],
  locked_until: ['timestamptz', (row) => row.standing.assigned?.until?.toISOString() ?? null],
  period_from: ['date', (row) => row.standing.periodFrom],
  warned_for: ['date', (row) => row.standing.warnedFor],
  shape: ['text', (row) => row.standing.shape],
  review_at: ['timestamptz', (row) => row.reviewAt?.toISOString() ?? null],
};

const MEMBERSHIP: Columns<TierMembership> = {
  id: ['uuid', (row) => row.id],
  customer_id: ['uuid', (row) => row.customerId],
  ladder_id: ['uuid', (row) => row.ladderId],
  ladder_code: ['text', (row) => row.ladderCode],
  tier_code: ['text', (row) => row.tierCode],
  tier_name: ['text', (row) => row.tierName],
  previous_code: ['text', (row) => row.previousCode],
  from_at: ['timestamptz', (row) => row.fromAt.toISOString()],
  to_at: ['timestamptz', (row) => row.toAt?.toISOString() ?? null],
  reason: ['text', (row) => row.reason],
  note: ['text', (row) => row.note],
  locked_until: ['timestamptz', (row) => row.lockedUntil?.toISOString() ?? null],
  revision: ['integer', (row) => row.revision],
  activity_id: ['uuid', (row) => row.activityId],
  actor: ['text', (row) => row.actor],
  recorded_at: ['timestamptz', (row) => row.recordedAt.toISOString()],
};

const ADD_AMOUNT = `on conflict (program_id, customer_id, measure, day) do update set amount = tier_day.amount + excluded.amount`;
const REPLACE_STANDING = `on conflict (program_id, customer_id, ladder_id) do update set ${Object.keys(STANDING)
  .filter((name) => name !== 'customer_id' && name !== 'ladder_id')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ')}`;

/**
 * Writes what was decided: days are added to, standings replaced. One statement where nobody's tier changes, which is
 * nearly always; the intervals that end go before it, because only one may be open. Rows of a kind must be distinct.
 */
export async function writeTiers(tx: Statements, programId: string, writes: TierWrites): Promise<void> {
  const { days, standings, ended, begun } = writes;
  if (ended.length > 0) await endMemberships(tx, programId, ended);
  await runParts(tx, 'write-tiers', [
    ...(days.length === 0 ? [] : [insertPart('tier_day', programId, DAY, days, ADD_AMOUNT)]),
    ...(standings.length === 0 ? [] : [insertPart('tier_standing', programId, STANDING, standings, REPLACE_STANDING)]),
    ...(begun.length === 0 ? [] : [insertPart('tier_membership', programId, MEMBERSHIP, begun)]),
  ]);
}

async function endMemberships(tx: Statements, programId: string, ended: TierWrites['ended']): Promise<void> {
  await tx.query(
    `/* end-tier-memberships */
    update tier_membership m set to_at = r.at
    from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as r (customer_id, ladder_id, at)
    where m.program_id = $1 and m.customer_id = r.customer_id and m.ladder_id = r.ladder_id and m.to_at is null`,
    [
      programId,
      ended.map((row) => row.customerId),
      ended.map((row) => row.ladderId),
      ended.map((row) => row.at.toISOString()),
    ],
  );
}

const MEMBERSHIP_COLUMNS = `m.id, m.customer_id as "customerId", m.ladder_id as "ladderId", m.ladder_code as "ladderCode",
  m.tier_code as "tierCode", m.tier_name as "tierName", m.previous_code as "previousCode", m.from_at as "fromAt", m.to_at as "toAt",
  m.reason, m.note, m.locked_until as "lockedUntil", m.revision, m.activity_id as "activityId", m.actor, m.recorded_at as "recordedAt"`;

/** The open intervals of these customers, one a ladder at most. */
export async function findOpenMemberships(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<TierMembership[]> {
  return reads.query<TierMembership>(
    `/* find-open-memberships */ select ${MEMBERSHIP_COLUMNS} from tier_membership m
     where m.program_id = $1 and m.customer_id = any($2::uuid[]) and m.to_at is null`,
    [programId, customerIds],
  );
}

/** Intervals by id; unknown ones are left out. */
export async function findMemberships(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<TierMembership[]> {
  return reads.query<TierMembership>(
    `/* find-memberships */ select ${MEMBERSHIP_COLUMNS} from tier_membership m where m.program_id = $1 and m.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** Where an interval stands in its history: by its beginning, as microseconds since 1970. */
export function positionOfMembership({ fromAt, id }: TierMembership): Position {
  return { key: String(fromAt.getTime() * 1_000), id };
}

/**
 * Pages of the histories of several customers, newest interval first, by customer. `ladderCode` null takes all ladders.
 */
export async function listMemberships(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
  ladderCode: string | null,
  page: PageRequest,
): Promise<Map<string, TierMembership[]>> {
  const direction = page.backwards ? 'asc' : 'desc';
  const rows = await reads.query<TierMembership>(
    `/* list-memberships */
    select ${MEMBERSHIP_COLUMNS} from unnest($2::uuid[]) as wanted (customer_id)
    cross join lateral (
      select k.* from (
        select h.*, (extract(epoch from h.from_at) * 1000000)::bigint as key from tier_membership h
        where h.program_id = $1 and h.customer_id = wanted.customer_id and ($3::text is null or h.ladder_code = $3)
      ) k
      where ($5::bigint is null or (k.key, k.id) < ($5, $6::uuid)) and ($7::bigint is null or (k.key, k.id) > ($7, $8::uuid))
      order by k.key ${direction}, k.id ${direction}
      limit $4
    ) m`,
    [
      programId,
      customerIds,
      ladderCode,
      page.limit + 1,
      page.after?.key ?? null,
      page.after?.id ?? null,
      page.before?.key ?? null,
      page.before?.id ?? null,
    ],
  );
  return Map.groupBy(rows, (row) => row.customerId);
}
