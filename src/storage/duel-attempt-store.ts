import { Big } from 'big.js';

import type { DuelTerms } from '#domain/duel/duel.ts';

import type { Statements } from './postgres.ts';
import { arrayText } from './sql/columns.ts';
import { attemptsOf, scoreOf } from './sql/duel-score.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** A running duel as one of its customers has it. */
export type RunningSide = {
  duelId: string;
  kindId: string;
  kindCode: string;
  terms: DuelTerms;
  startedAt: Date;
  endsAt: Date;
  customerId: string;
  otherId: string;
  score: Big | null;
  attempts: number;
};

/**
 * The running duels of customers, of these kinds. Nobody decides them until the transaction ends. The accounts of the default
 * currency must be locked: they keep a customer's own attempts still.
 */
export async function lockRunningSides(
  tx: Statements,
  programId: string,
  kindIds: readonly string[],
  customerIds: readonly string[],
): Promise<RunningSide[]> {
  const rows = await tx.query<Omit<RunningSide, 'score'> & { score: string | null }>(
    `/* lock-running-duels */
    select d.id as "duelId", d.kind_id as "kindId", d.kind_code as "kindCode", d.terms, d.started_at as "startedAt",
      d.ends_at as "endsAt", mine.customer_id as "customerId", other.customer_id as "otherId",
      ${scoreOf('mine')} as score, ${attemptsOf('mine')} as attempts
    from duel_side mine
    join duel d on d.program_id = mine.program_id and d.id = mine.duel_id
    join duel_side other on other.program_id = mine.program_id and other.duel_id = mine.duel_id and other.role <> mine.role
    where mine.program_id = $1 and mine.customer_id = any($2::uuid[]) and d.kind_id = any($3::uuid[]) and d.state = 'RUNNING'
    order by d.id for share of d`,
    [programId, arrayText(customerIds), arrayText(kindIds)],
  );
  return rows.map(({ score, ...row }) => ({ ...row, score: score === null ? null : new Big(score) }));
}

export type AttemptWrite = { duelId: string; activityId: string; customerId: string; amount: string };

const ATTEMPTS: Columns<AttemptWrite> = {
  duel_id: ['uuid', (row) => row.duelId],
  activity_id: ['uuid', (row) => row.activityId],
  customer_id: ['uuid', (row) => row.customerId],
  amount: ['numeric', (row) => row.amount],
};

/** Keeps attempts. */
export async function insertAttempts(tx: Statements, programId: string, rows: readonly AttemptWrite[]): Promise<void> {
  if (rows.length === 0) return;
  await runParts(tx, 'insert-duel-attempts', [insertPart('duel_attempt', programId, ATTEMPTS, rows)]);
}

/** Takes back what an activity counted in duels that still run, and gives those duels with both their customers. */
export async function deleteAttempts(
  tx: Statements,
  programId: string,
  activityId: string,
): Promise<{ duelId: string; duel: string; customerIds: string[] }[]> {
  return tx.query(
    `/* delete-duel-attempts */
    with running as materialized (
      select d.id, d.kind_code from duel_attempt a join duel d on d.program_id = a.program_id and d.id = a.duel_id
      where a.program_id = $1 and a.activity_id = $2 and d.state = 'RUNNING' for share of d
    ), gone as (
      delete from duel_attempt a using running where a.program_id = $1 and a.activity_id = $2 and a.duel_id = running.id
      returning a.duel_id, running.kind_code
    )
    select gone.duel_id as "duelId", gone.kind_code as duel,
      array(select s.customer_id from duel_side s where s.program_id = $1 and s.duel_id = gone.duel_id) as "customerIds"
    from gone`,
    [programId, activityId],
  );
}
