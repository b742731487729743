import { Big } from 'big.js';

import type { Duel, DuelRole, DuelSide, DuelState } from '#domain/duel/duel.ts';

import type { Statements } from './postgres.ts';
import { arrayText } from './sql/columns.ts';
import { attemptsOf, scoreOf } from './sql/duel-score.ts';

/** A duel with its sides, the challenger first. */
export type DuelView = Duel & { sides: readonly DuelSide[] };

type SideRow = Omit<DuelSide, 'score'> & { score: string | null };
type DuelRow = Duel & { sides: SideRow[] };

const COLUMNS = `d.id, d.kind_id as "kindId", d.kind_code as "kindCode", d.state, d.terms, d.created_at as "createdAt",
  d.answer_until as "answerUntil", d.started_at as "startedAt", d.ends_at as "endsAt", d.decided_at as "decidedAt",
  (select jsonb_agg(jsonb_build_object('customerId', s.customer_id, 'role', s.role, 'score', ${scoreOf('s')},
      'attempts', ${attemptsOf('s')}, 'hasWon', s.has_won, 'points', s.points, 'transactionId', s.transaction_id) order by s.role)
   from duel_side s where s.program_id = d.program_id and s.duel_id = d.id) as sides`;

function toView({ sides, ...duel }: DuelRow): DuelView {
  return {
    ...duel,
    sides: sides.map(({ score, ...side }) => ({ ...side, score: score === null ? null : new Big(score) })),
  };
}

/** Duels by their ids. */
export async function readDuels(reads: Statements, programId: string, ids: readonly string[]): Promise<DuelView[]> {
  const rows = await reads.query<DuelRow>(
    `/* read-duels */ select ${COLUMNS} from duel d where d.program_id = $1 and d.id = any($2::uuid[])`,
    [programId, arrayText(ids)],
  );
  return rows.map(toView);
}

/**
 * The duels of customers, the newest first, at most so many of each: those that are not over, and those that were offered
 * after an instant.
 */
export async function readDuelsOf(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
  { since, limit }: { since: Date; limit: number },
): Promise<Map<string, DuelView[]>> {
  const rows = await reads.query<DuelRow & { customerId: string }>(
    `/* read-duels-of */
    select whose.id as "customerId", recent.* from unnest($2::uuid[]) as whose (id)
    cross join lateral (
      select ${COLUMNS} from duel_side mine join duel d on d.program_id = mine.program_id and d.id = mine.duel_id
      where mine.program_id = $1 and mine.customer_id = whose.id and (d.due_at is not null or d.created_at >= $3)
      order by mine.duel_id desc limit $4
    ) recent order by recent.id desc`,
    [programId, arrayText(customerIds), since, limit],
  );
  const views = rows.map(({ customerId, ...row }) => ({ customerId, view: toView(row) }));
  return new Map(
    [...Map.groupBy(views, ({ customerId }) => customerId)].map(([id, own]) => [id, own.map(({ view }) => view)]),
  );
}

/** Open duels of a kind that may be accepted at an instant, the oldest first, but those of one customer. */
export async function listOpenDuels(
  reads: Statements,
  programId: string,
  { kindId, now, exceptOf, limit }: { kindId: string; now: Date; exceptOf: string | null; limit: number },
): Promise<DuelView[]> {
  const rows = await reads.query<DuelRow>(
    `/* list-open-duels */ select ${COLUMNS} from duel d
     where d.program_id = $1 and d.kind_id = $2 and d.state = 'OPEN' and d.answer_until > $3
       and not exists (select from duel_side s where s.program_id = d.program_id and s.duel_id = d.id and s.customer_id = $4)
     order by d.id limit $5`,
    [programId, kindId, now, exceptOf, limit],
  );
  return rows.map(toView);
}

/** A duel, locked until the transaction ends; null when there is none, or where another one holds it and `skipLocked`. */
export async function lockDuel(
  tx: Statements,
  programId: string,
  id: string,
  { skipLocked }: { skipLocked: boolean },
): Promise<DuelView | null> {
  const held = await tx.query(
    `/* lock-duel */ select from duel where program_id = $1 and id = $2 for update ${skipLocked ? 'skip locked' : ''}`,
    [programId, id],
  );
  // Read by a statement of its own, which sees what whoever held the lock before has written.
  const [view = null] = held.length === 0 ? [] : await readDuels(tx, programId, [id]);
  return view;
}

/** How many duels of a kind each customer takes part in that run, or has itself offered and that can be accepted. */
export async function countAtOnce(
  tx: Statements,
  programId: string,
  kindId: string,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ customerId: string; count: number }>(
    `/* count-duels-at-once */ select s.customer_id as "customerId", count(*)::int from duel_side s
     join duel d on d.program_id = s.program_id and d.id = s.duel_id
     where s.program_id = $1 and s.customer_id = any($3::uuid[]) and d.kind_id = $2 and d.due_at is not null
       and (d.state = 'RUNNING' or s.role = 'CHALLENGER')
     group by s.customer_id`,
    [programId, kindId, arrayText(customerIds)],
  );
  return new Map(rows.map(({ customerId, count }) => [customerId, count]));
}

/** Which of these customers have had how many prizes of a kind since an instant. */
export async function countPrizes(
  tx: Statements,
  programId: string,
  { kindId, customerIds, since }: { kindId: string; customerIds: readonly string[]; since: Date },
): Promise<Map<string, number>> {
  const rows = await tx.query<{ customerId: string; count: number }>(
    `/* count-duel-prizes */ select s.customer_id as "customerId", count(*)::int from duel_side s
     join duel d on d.program_id = s.program_id and d.id = s.duel_id
     where s.program_id = $1 and s.customer_id = any($3::uuid[]) and d.kind_id = $2 and s.points > 0 and d.decided_at >= $4
     group by s.customer_id`,
    [programId, kindId, arrayText(customerIds), since],
  );
  return new Map(rows.map(({ customerId, count }) => [customerId, count]));
}

/** Keeps a new duel; `opponentId` is null for an open one. */
export async function insertDuel(
  tx: Statements,
  programId: string,
  duel: Duel & { challengerId: string; opponentId: string | null },
): Promise<void> {
  await tx.query(
    `/* insert-duel */ insert into duel (program_id, id, kind_id, kind_code, state, terms, created_at, answer_until, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [
      programId,
      duel.id,
      duel.kindId,
      duel.kindCode,
      duel.state,
      JSON.stringify(duel.terms),
      duel.createdAt,
      duel.answerUntil,
    ],
  );
  await insertSide(tx, programId, duel.id, 'CHALLENGER', duel.challengerId);
  if (duel.opponentId !== null) await insertSide(tx, programId, duel.id, 'OPPONENT', duel.opponentId);
}

/** Puts a customer on a side of a duel. */
export async function insertSide(
  tx: Statements,
  programId: string,
  duelId: string,
  role: DuelRole,
  customerId: string,
): Promise<void> {
  await tx.query(
    '/* insert-duel-side */ insert into duel_side (program_id, duel_id, role, customer_id) values ($1, $2, $3, $4)',
    [programId, duelId, role, customerId],
  );
}

/** Writes how far a duel is. */
export async function updateDuel(
  tx: Statements,
  programId: string,
  id: string,
  to: { state: DuelState; startedAt: Date | null; endsAt: Date | null; decidedAt: Date | null; dueAt: Date | null },
): Promise<void> {
  await tx.query(
    `/* update-duel */ update duel set state = $3, started_at = $4, ends_at = $5, decided_at = $6, due_at = $7
     where program_id = $1 and id = $2`,
    [programId, id, to.state, to.startedAt, to.endsAt, to.decidedAt, to.dueAt],
  );
}

/** Writes how a duel ended for a side. */
export async function updateSide(
  tx: Statements,
  programId: string,
  duelId: string,
  { customerId, hasWon, points, transactionId }: Omit<DuelSide, 'role' | 'score' | 'attempts'>,
): Promise<void> {
  await tx.query(
    `/* update-duel-side */ update duel_side set has_won = $4, points = $5, transaction_id = $6
     where program_id = $1 and duel_id = $2 and customer_id = $3`,
    [programId, duelId, customerId, hasWon, points, transactionId],
  );
}

/** Duels of any program that have to be decided, or lapse, the longest due first. */
export async function findDueDuels(
  reads: Statements,
  now: Date,
  limit: number,
): Promise<{ programId: string; id: string }[]> {
  return reads.query(
    `/* find-due-duels */ select d.program_id as "programId", d.id from duel d join program p on p.id = d.program_id
     where d.due_at <= coalesce(p.test_clock, $1::timestamptz) and p.state = 'ACTIVE' order by d.due_at, d.id limit $2`,
    [now, limit],
  );
}
