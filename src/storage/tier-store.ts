import { Big } from 'big.js';

import type { CompiledLadder } from '#domain/tier/compile.ts';
import type { Progress } from '#domain/tier/progress.ts';
import { tierCodesOf, type AssignmentKind, type Standing } from '#domain/tier/standing.ts';

import type { Statements } from './postgres.ts';

/**
 * The tiers of enrolled and paused customers: customer id -> ladder code -> tier code, in the order of the ladders, which
 * are those of the live rule set. Somebody without a tier has none; whoever was never above a first tier that begins at
 * zero has that one. Others than those customers are left out.
 */
export async function findTierCodes(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
  ladders: readonly CompiledLadder[],
): Promise<Map<string, Record<string, string>>> {
  if (customerIds.length === 0 || ladders.length === 0) return new Map();
  const rows = await statements.query<{ id: string; tiers: Record<string, string> }>(
    `/* find-tier-codes */
    select c.id, coalesce(jsonb_object_agg(s.ladder_id, s.tier_code) filter (where s.tier_code is not null), '{}') as tiers
    from customer c
    left join tier_standing s on s.program_id = c.program_id and s.customer_id = c.id
    where c.program_id = $1 and c.id = any($2::uuid[]) and c.enrolment_state in ('ENROLLED', 'PAUSED')
    group by c.id`,
    [programId, customerIds],
  );
  return new Map(rows.map(({ id, tiers }) => [id, tierCodesOf(ladders, (ladderId) => tiers[ladderId] ?? null)]));
}

/** Where one customer stands on one ladder, and when that is looked at next. */
export type StandingRow = {
  customerId: string;
  ladderId: string;
  standing: Standing;
  reviewAt: Date | null;
};

export type RawStanding = {
  customerId: string;
  ladderId: string;
  tier: string | null;
  since: Date | null;
  earned: string | null;
  assigned: string | null;
  assignedKind: AssignmentKind | null;
  lockedUntil: Date | null;
  periodFrom: string | null;
  warnedFor: string | null;
  shape: string;
  reviewAt: Date | null;
};

/** The columns of tier_standing `s` under the names of RawStanding. */
export const STANDING_COLUMNS = `s.tier_code as tier, s.since, s.earned_code as earned, s.assigned_code as assigned,
  s.assigned_kind as "assignedKind", s.locked_until as "lockedUntil", s.period_from as "periodFrom", s.warned_for as "warnedFor",
  s.shape, s.review_at as "reviewAt"`;

/** A row as the domain knows it. */
export function toStanding(row: Omit<RawStanding, 'customerId' | 'ladderId'>): Standing {
  const { tier, since, earned, periodFrom, warnedFor, shape } = row;
  const assigned =
    row.assigned === null || row.assignedKind === null
      ? null
      : { tier: row.assigned, kind: row.assignedKind, until: row.lockedUntil };
  return { tier, since, earned, assigned, periodFrom, warnedFor, shape };
}

/** What is on record of these customers; a ladder on which one was never above the base is left out. */
export async function readStandings(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<StandingRow[]> {
  const rows = await statements.query<RawStanding>(
    `/* read-tier-standings */
    select s.customer_id as "customerId", s.ladder_id as "ladderId", ${STANDING_COLUMNS}
    from tier_standing s where s.program_id = $1 and s.customer_id = any($2::uuid[])`,
    [programId, customerIds],
  );
  return rows.map((row) => ({
    customerId: row.customerId,
    ladderId: row.ladderId,
    standing: toStanding(row),
    reviewAt: row.reviewAt,
  }));
}

/** When customers joined, and on which local day: where the present membership began, or else when they became known; and whether they take part now. */
export async function readJoinedDays(
  statements: Statements,
  programId: string,
  timeZone: string,
  customerIds: readonly string[],
): Promise<Map<string, { on: string; at: Date; takesPart: boolean }>> {
  const rows = await statements.query<{ id: string; on: string; at: Date; takesPart: boolean }>(
    `/* read-joined-days */
    select id, at, (at at time zone $3)::date as on, state in ('ENROLLED', 'PAUSED') as "takesPart" from (
      select c.id, c.enrolment_state as state, coalesce((
        select min(e.from_at) from enrolment e
        where e.program_id = c.program_id and e.customer_id = c.id and e.state = 'ENROLLED' and e.from_at >= coalesce((
          select max(l.from_at) from enrolment l
          where l.program_id = c.program_id and l.customer_id = c.id and l.state = 'LEFT'), '-infinity')
      ), c.created_at) as at
      from customer c where c.program_id = $1 and c.id = any($2::uuid[])
    ) as joined`,
    [programId, customerIds, timeZone],
  );
  return new Map(rows.map(({ id, ...joined }) => [id, joined]));
}

/** Which days of a customer's measure to read: those since a day, and the sum of what lies before it. */
export type ProgressKey = { customerId: string; measure: string; from: string };

/** What customers have of measures, in the order of the keys, in one statement. */
export async function readProgress(
  statements: Statements,
  programId: string,
  keys: readonly ProgressKey[],
): Promise<Progress[]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<{ before: string; days: string[]; amounts: string[] }>(
    `/* read-tier-progress */
    select coalesce(sum(d.amount) filter (where d.day < key.from_day), 0)::text as before,
      coalesce(array_agg(d.day::text order by d.day) filter (where d.day >= key.from_day), '{}') as days,
      coalesce(array_agg(d.amount::text order by d.day) filter (where d.day >= key.from_day), '{}') as amounts
    from unnest($2::uuid[], $3::text[], $4::date[]) with ordinality as key (customer_id, measure, from_day, position)
    left join tier_day d on d.program_id = $1 and d.customer_id = key.customer_id and d.measure = key.measure
    group by key.position order by key.position`,
    [programId, keys.map((key) => key.customerId), keys.map((key) => key.measure), keys.map((key) => key.from)],
  );
  return rows.map(({ before, days, amounts }) => ({
    before: new Big(before),
    days: days.map((day, index) => ({ day, amount: new Big(amounts[index] ?? 0) })),
  }));
}

/** Sums of a measure over the days [from, to) with the standing on the ladder that counts it; null has no bound. */
export type WindowKey = {
  customerId: string;
  ladderId: string;
  measure: string;
  from: string | null;
  to: string | null;
};

/** What the activity path has to know before it decides: one statement for the whole batch, in the order of the keys. */
export async function readWindows(
  statements: Statements,
  programId: string,
  keys: readonly WindowKey[],
): Promise<{ sum: Big; row: StandingRow | null }[]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<RawStanding & { sum: string; known: boolean }>(
    `/* read-tier-windows */
    select key.customer_id as "customerId", key.ladder_id as "ladderId", s.customer_id is not null as known, ${STANDING_COLUMNS}, coalesce(w.sum, 0)::text as sum
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[]) with ordinality
      as key (customer_id, ladder_id, measure, from_day, to_day, position)
    left join tier_standing s on s.program_id = $1 and s.customer_id = key.customer_id and s.ladder_id = key.ladder_id
    left join lateral (
      select sum(d.amount) as sum from tier_day d
      where d.program_id = $1 and d.customer_id = key.customer_id and d.measure = key.measure
        and d.day >= coalesce(key.from_day, '-infinity') and d.day < coalesce(key.to_day, 'infinity')
    ) w on true
    order by key.position`,
    [
      programId,
      keys.map((key) => key.customerId),
      keys.map((key) => key.ladderId),
      keys.map((key) => key.measure),
      keys.map((key) => key.from),
      keys.map((key) => key.to),
    ],
  );
  return rows.map((row) => ({
    sum: new Big(row.sum),
    row: row.known
      ? { customerId: row.customerId, ladderId: row.ladderId, standing: toStanding(row), reviewAt: row.reviewAt }
      : null,
  }));
}
