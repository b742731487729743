import type { DrawOutcome } from '#domain/draw/draw.ts';
import type { UsedUp } from '#domain/draw/play.ts';
import type { PageRequest } from '#domain/page.ts';

import type { Statements } from './postgres.ts';

/** One play, as it was. */
export type DrawPlayRow = {
  id: string;
  customerId: string;
  drawId: string;
  drawCode: string;
  /** The revision whose weights decided. */
  revision: number;
  ticket: number;
  tickets: number;
  /** Codes of the outcome into which the ticket fell, and of the one that was given. */
  drawn: string;
  given: string;
  usedUp: UsedUp | null;
  /** What was given, as the revision says. */
  outcome: DrawOutcome;
  isFree: boolean;
  cost: number;
  costCurrencyId: string | null;
  paymentId: string | null;
  /** Points that were given. */
  points: number;
  pointsCurrencyId: string | null;
  transactionId: string | null;
  redemptionId: string | null;
  /** Minor units of the program's money. */
  money: number;
  playedAt: Date;
  actor: string;
};

/** What counts for a period: of an outcome, or of the draw as a whole (''). */
export type DrawTally = {
  drawId: string;
  outcome: string;
  period: string;
  plays: number;
  points: number;
  money: number;
};

/** Locks all that is counted of a draw until the transaction ends: after ledger accounts, before stock. */
export async function lockDraw(tx: Statements, programId: string, drawId: string): Promise<void> {
  await tx.query(
    `/* lock-draw */ insert into draw_tally (program_id, draw_id, outcome, period) values ($1, $2, '', 'all')
     on conflict (program_id, draw_id, outcome, period) do update set plays = draw_tally.plays`,
    [programId, drawId],
  );
}

/** What is counted of draws in these periods; what was never played is left out. */
export async function readTallies(
  reads: Statements,
  programId: string,
  drawIds: readonly string[],
  periods: readonly string[],
): Promise<DrawTally[]> {
  return reads.query<DrawTally>(
    `/* read-draw-tallies */ select draw_id as "drawId", outcome, period, plays, points, money from draw_tally
     where program_id = $1 and draw_id = any($2::uuid[]) and period = any($3::text[])`,
    [programId, drawIds, periods],
  );
}

/** Which plays of a customer are counted: all, those of one outcome, or free ones. Null has counted for ever. */
export type PlaysKey = {
  customerId: string;
  drawId: string;
  of: 'ALL' | 'FREE' | { outcome: string };
  since: Date | null;
};

/** How many plays there are by key, in their order. */
export async function countPlays(reads: Statements, programId: string, keys: readonly PlaysKey[]): Promise<number[]> {
  if (keys.length === 0) return [];
  const rows = await reads.query<{ plays: number }>(
    `/* count-draw-plays */
    select count(p.id) as plays
    from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::text[], $6::timestamptz[]) with ordinality
      as key (customer_id, draw_id, free_only, outcome, since, place)
    left join draw_play p on p.program_id = $1 and p.customer_id = key.customer_id and p.draw_id = key.draw_id
      and p.played_at >= coalesce(key.since, '-infinity') and (p.is_free or not key.free_only)
      and (key.outcome is null or p.given = key.outcome)
    group by key.place order by key.place`,
    [
      programId,
      keys.map((key) => key.customerId),
      keys.map((key) => key.drawId),
      keys.map((key) => key.of === 'FREE'),
      keys.map((key) => (typeof key.of === 'string' ? null : key.of.outcome)),
      keys.map((key) => key.since),
    ],
  );
  return rows.map(({ plays }) => plays);
}

/** Writes a play and adds it to what is counted in the given periods. The draw is locked. */
export async function insertPlay(
  tx: Statements,
  programId: string,
  play: DrawPlayRow,
  periods: readonly string[],
): Promise<void> {
  await tx.query(
    `/* insert-draw-play */
    with played as (
      insert into draw_play (program_id, id, customer_id, draw_id, draw_code, revision, ticket, tickets, drawn, given, used_up, outcome,
        is_free, cost, cost_currency_id, payment_id, points, points_currency_id, transaction_id, redemption_id, money, played_at, actor)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    )
    insert into draw_tally as t (program_id, draw_id, outcome, period, plays, points, money)
    select $1, $4, outcome, period, 1, $17, $21
    from unnest(array['', $10]) as outcome cross join unnest($24::text[]) as period
    on conflict (program_id, draw_id, outcome, period)
      do update set plays = t.plays + 1, points = t.points + excluded.points, money = t.money + excluded.money`,
    [
      programId,
      play.id,
      play.customerId,
      play.drawId,
      play.drawCode,
      play.revision,
      play.ticket,
      play.tickets,
      play.drawn,
      play.given,
      play.usedUp,
      JSON.stringify(play.outcome),
      play.isFree,
      play.cost,
      play.costCurrencyId,
      play.paymentId,
      play.points,
      play.pointsCurrencyId,
      play.transactionId,
      play.redemptionId,
      play.money,
      play.playedAt,
      play.actor,
      periods,
    ],
  );
}

const COLUMNS = `id, customer_id as "customerId", draw_id as "drawId", draw_code as "drawCode", revision, ticket, tickets, drawn, given,
  used_up as "usedUp", outcome, is_free as "isFree", cost, cost_currency_id as "costCurrencyId", payment_id as "paymentId", points,
  points_currency_id as "pointsCurrencyId", transaction_id as "transactionId", redemption_id as "redemptionId", money,
  played_at as "playedAt", actor`;

/** Plays by id, in no order; ids of nothing are left out. */
export async function findPlays(reads: Statements, programId: string, ids: readonly string[]): Promise<DrawPlayRow[]> {
  return reads.query<DrawPlayRow>(
    `/* find-draw-plays */ select ${COLUMNS} from draw_play where program_id = $1 and id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** A customer's plays, newest first (ids are time-ordered), `limit + 1` in the direction of travel; null is of any draw. */
export async function listPlays(
  reads: Statements,
  programId: string,
  where: { customerId: string; drawCode: string | null },
  page: PageRequest,
): Promise<DrawPlayRow[]> {
  return reads.query<DrawPlayRow>(
    `/* list-draw-plays */ select ${COLUMNS} from draw_play
     where program_id = $1 and customer_id = $2 and ($3::text is null or draw_code = $3)
       and ($4::uuid is null or id < $4) and ($5::uuid is null or id > $5)
     order by id ${page.backwards ? 'asc' : 'desc'} limit $6`,
    [programId, where.customerId, where.drawCode, page.after?.id ?? null, page.before?.id ?? null, page.limit + 1],
  );
}
