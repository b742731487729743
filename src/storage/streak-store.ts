import type { Run } from '#domain/streak/judge.ts';
import type { StreakCadence } from '#domain/streak/streak.ts';

import type { Statements } from './postgres.ts';

/** One streak of one customer, of which periods from `low` on are wanted, beside those that are not decided. */
export type StreakKey = { customerId: string; streakId: string; cadence: StreakCadence; low: number | null };

/** A period as it is counted: what each condition has come to, by its key. */
export type PeriodAmounts = { period: number; met: boolean; amounts: Record<string, string> };

/** Where a customer stands, as it is on record. */
export type StreakRow = {
  shape: string;
  moves: number;
  base: Run;
  pauses: { from: string; to: string }[];
  bridges: { from: number; to: number }[];
  warnedFor: number | null;
  nextAt: Date | null;
};

export type StreakRecord = {
  /** Null is the program's. */
  zone: string | null;
  moves: { at: Date; from: string | null }[];
  /** Null when nothing was counted yet. */
  row: StreakRow | null;
  periods: PeriodAmounts[];
  /** Lengths that prizes were given for, within the run that the base goes on with. */
  prizes: number[];
};

/** Smaller than any period's number. */
const BEFORE_ALL = -1_000_000;

/** Where customers stand, and what may still change: one statement for the whole batch, in the order of the keys. */
export async function readStreaks(
  statements: Statements,
  programId: string,
  keys: readonly StreakKey[],
): Promise<StreakRecord[]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<{
    zone: string | null;
    moves: [at: string, from: string | null][] | null;
    row: StreakRow | null;
    nextAt: Date | null;
    periods: PeriodAmounts[] | null;
    prizes: number[] | null;
  }>(
    `/* read-streaks */
    select c.time_zone as zone, moved.list as moves, s.next_at as "nextAt",
      case when s.streak_id is not null then jsonb_build_object('shape', s.shape, 'moves', s.moves, 'base', s.base,
        'pauses', s.pauses, 'bridges', s.bridges, 'warnedFor', s.warned_for) end as row,
      counted.list as periods, given.lengths as prizes
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[]) with ordinality
      as key (customer_id, streak_id, cadence, low, position)
    left join customer c on c.program_id = $1 and c.id = key.customer_id
    left join streak_state s on s.program_id = $1 and s.customer_id = key.customer_id and s.streak_id = key.streak_id
      and s.cadence = key.cadence
    left join lateral (
      select jsonb_agg(jsonb_build_array(m.moved_at, m.from_zone) order by m.moved_at) as list from customer_zone_move m
      where m.program_id = $1 and m.customer_id = key.customer_id
    ) moved on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('period', p.period, 'met', p.met, 'amounts', p.amounts) order by p.period) as list
      from streak_period p
      where p.program_id = $1 and p.customer_id = key.customer_id and p.streak_id = key.streak_id
        and p.cadence = key.cadence and s.streak_id is not null
        and p.period >= least(key.low, coalesce(s.through + 1, ${BEFORE_ALL}))
    ) counted on true
    left join lateral (
      select array_agg(e.length) as lengths from streak_event e
      where e.program_id = $1 and e.customer_id = key.customer_id and e.streak_id = key.streak_id and e.cadence = key.cadence
        and e.kind = 'PRIZE_GIVEN' and e.period >= coalesce((s.base ->> 'startedOn')::int, s.through + 1, ${BEFORE_ALL})
    ) given on true
    order by key.position`,
    [
      programId,
      keys.map((key) => key.customerId),
      keys.map((key) => key.streakId),
      keys.map((key) => key.cadence),
      keys.map((key) => key.low),
    ],
  );
  return rows.map(({ zone, moves, row, nextAt, periods, prizes }) => ({
    zone,
    moves: (moves ?? []).map(([at, from]) => ({ at: new Date(at), from })),
    row: row === null ? null : { ...row, nextAt },
    periods: periods ?? [],
    prizes: prizes ?? [],
  }));
}

export type StreakEventKind =
  | 'FREEZE_USED'
  | 'FREEZE_RETURNED'
  | 'FREEZE_EARNED'
  | 'FREEZE_WITHDRAWN'
  | 'FREEZE_GIVEN'
  | 'BROKEN'
  | 'HEALED'
  | 'PAUSED'
  | 'RESUMED'
  | 'RESTORED'
  | 'AT_RISK'
  | 'PRIZE_GIVEN';

/** Something that happened to a streak, kept for ever. */
export type StreakEventRow = {
  id: string;
  customerId: string;
  streakId: string;
  cadence: StreakCadence;
  shape: string;
  kind: StreakEventKind;
  period: number | null;
  length: number;
  detail: Record<string, unknown>;
  at: Date;
  activityId: string | null;
  note: string | null;
  actor: string;
  recordedAt: Date;
};

export type StreakPast = {
  /** All met periods, rising. */
  met: number[];
  events: Pick<StreakEventRow, 'kind' | 'period' | 'length' | 'shape' | 'at' | 'detail'>[];
};

/** All that the length of streaks comes from, for those that have to be judged from the beginning. */
export async function readStreakPasts(
  statements: Statements,
  programId: string,
  keys: readonly Omit<StreakKey, 'low'>[],
): Promise<StreakPast[]> {
  if (keys.length === 0) return [];
  const rows = await statements.query<{
    met: number[] | null;
    events: (Omit<StreakPast['events'][number], 'at'> & { at: string })[] | null;
  }>(
    `/* read-streak-pasts */
    select counted.met, happened.list as events
    from unnest($2::uuid[], $3::uuid[], $4::text[]) with ordinality as key (customer_id, streak_id, cadence, position)
    left join lateral (
      select array_agg(p.period order by p.period) as met from streak_period p
      where p.program_id = $1 and p.customer_id = key.customer_id and p.streak_id = key.streak_id
        and p.cadence = key.cadence and p.met
    ) counted on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('kind', e.kind, 'period', e.period, 'length', e.length, 'shape', e.shape,
        'at', e.at, 'detail', e.detail) order by e.id) as list
      from streak_event e
      where e.program_id = $1 and e.customer_id = key.customer_id and e.streak_id = key.streak_id and e.cadence = key.cadence
    ) happened on true
    order by key.position`,
    [programId, keys.map((key) => key.customerId), keys.map((key) => key.streakId), keys.map((key) => key.cadence)],
  );
  return rows.map(({ met, events }) => ({
    met: met ?? [],
    events: (events ?? []).map((event) => ({ ...event, at: new Date(event.at) })),
  }));
}

/** Whose streaks something is due on, of active programs, each by its own time. Reads the index streak_state_due. */
export async function findDueStreaks(
  reads: Statements,
  clock: Date,
  limit: number,
): Promise<{ programId: string; customerId: string }[]> {
  return reads.query(
    `/* find-due-streaks */
    select distinct p.id as "programId", due.customer_id as "customerId"
    from program p
    cross join lateral (
      select s.customer_id from streak_state s
      where s.program_id = p.id and s.next_at <= coalesce(p.test_clock, $1::timestamptz)
      order by s.next_at
      limit $2
    ) due
    where p.state = 'ACTIVE'
    limit $2`,
    [clock, limit],
  );
}

/** Leaves streaks that are not live, or paused, alone until a revision wakes them. */
export async function restStreaks(
  tx: Statements,
  programId: string,
  now: Date,
  customerIds: readonly string[],
  liveIds: readonly string[],
): Promise<void> {
  await tx.query(
    `/* rest-streaks */ update streak_state set next_at = null
     where program_id = $1 and customer_id = any($2::uuid[]) and not streak_id = any($3::uuid[]) and next_at <= $4`,
    [programId, customerIds, liveIds, now],
  );
}

/** Keeps moves to another zone, and has the streaks of those who moved looked at. */
export async function recordMoves(
  tx: Statements,
  programId: string,
  at: Date,
  moves: readonly { customerId: string; from: string | null; to: string | null }[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(
    `/* record-moves */
    with moved as (
      insert into customer_zone_move (program_id, moved_at, customer_id, from_zone, to_zone)
      select $1, $2::timestamptz, * from unnest($3::uuid[], $4::text[], $5::text[])
      on conflict (program_id, customer_id, moved_at) do update set to_zone = excluded.to_zone
    )
    update streak_state s set next_at = least(coalesce(s.next_at, $2), $2::timestamptz)
    from (
      select k.program_id, k.customer_id, k.streak_id from streak_state k
      where k.program_id = $1 and k.customer_id = any($3::uuid[])
      order by k.customer_id, k.streak_id for update
    ) mine
    where s.program_id = mine.program_id and s.customer_id = mine.customer_id and s.streak_id = mine.streak_id`,
    [programId, at, moves.map((move) => move.customerId), moves.map((move) => move.from), moves.map((move) => move.to)],
  );
}
