import type { BacktestReport, BacktestValue } from '#domain/backtest/report.ts';
import type { RuleSetContent } from '#domain/rule-set/content.ts';

import type { Statements } from './postgres.ts';

export const BACKTEST_STATES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];
export const BACKTEST_SOURCES = ['DRAFT', 'REVISION', 'FILE'] as const;
export type BacktestSource = (typeof BACKTEST_SOURCES)[number];

/** What a run was asked for. */
export type BacktestRequest = {
  id: string;
  source: BacktestSource;
  sourceRevision: number | null;
  content: RuleSetContent;
  liveRevision: number;
  from: Date;
  to: Date;
  segmentBy: string | null;
  value: BacktestValue | null;
  requestedAt: Date;
  requestedBy: string;
};

/** A run as it stands, without the rules that it tests. */
export type BacktestRun = Omit<BacktestRequest, 'content'> & {
  state: BacktestState;
  attempt: number;
  startedAt: Date | null;
  heartbeatAt: Date | null;
  activitiesDone: number;
  /** Null until they are counted. */
  activitiesTotal: number | null;
  endedAt: Date | null;
  report: BacktestReport | null;
  failure: string | null;
  version: number;
};

/** A run in a worker's hands: beats, results and failures count only as long as nobody took it over. */
export type BacktestClaim = { programId: string; id: string; attempt: number };

const COLUMNS = `id, state, source, source_revision as "sourceRevision", live_revision as "liveRevision", counted_from as "from",
  counted_to as "to", segment_by as "segmentBy", case when minor_per_thousand is null then null else jsonb_build_object(
    'minorPerThousand', trim_scale(minor_per_thousand)::text, 'moneyCurrency', money_currency) end as value,
  requested_at as "requestedAt", requested_by as "requestedBy", attempt, started_at as "startedAt", heartbeat_at as "heartbeatAt",
  activities_done as "activitiesDone", activities_total as "activitiesTotal", ended_at as "endedAt", report, failure, version`;

/** Writes a new run that waits, unless the program has an open one: then it gives false. */
export async function insertBacktest(
  statements: Statements,
  programId: string,
  run: BacktestRequest,
): Promise<boolean> {
  const rows = await statements.query(
    `/* insert-backtest */ insert into backtest_run (program_id, id, source, source_revision, content, live_revision, counted_from,
      counted_to, segment_by, minor_per_thousand, money_currency, requested_at, requested_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (program_id) where state in ('QUEUED', 'RUNNING') do nothing returning 1`,
    [
      programId,
      run.id,
      run.source,
      run.sourceRevision,
      JSON.stringify(run.content),
      run.liveRevision,
      run.from,
      run.to,
      run.segmentBy,
      run.value?.minorPerThousand ?? null,
      run.value?.moneyCurrency ?? null,
      run.requestedAt,
      run.requestedBy,
    ],
  );
  return rows.length > 0;
}

/** Forgets runs that have ended, all but the newest. */
export async function forgetOldBacktests(statements: Statements, programId: string, kept: number): Promise<void> {
  await statements.query(
    `/* forget-old-backtests */ delete from backtest_run where program_id = $1 and ended_at is not null and id not in (
      select id from backtest_run where program_id = $1 order by id desc limit $2)`,
    [programId, kept],
  );
}

/** A run by id, or null when this program has none of that id. */
export async function readBacktest(statements: Statements, programId: string, id: string): Promise<BacktestRun | null> {
  const [row] = await statements.query<BacktestRun>(
    `/* read-backtest */ select ${COLUMNS} from backtest_run where program_id = $1 and id = $2`,
    [programId, id],
  );
  return row ?? null;
}

/** Runs of a program, the newest first. */
export async function listBacktests(statements: Statements, programId: string, limit: number): Promise<BacktestRun[]> {
  return statements.query<BacktestRun>(
    `/* list-backtests */ select ${COLUMNS} from backtest_run where program_id = $1 order by id desc limit $2`,
    [programId, limit],
  );
}

/**
 * Takes a run that waits, or one whose worker was last heard of before `lostBefore`; from the beginning. Null when there is
 * nothing to take.
 */
export async function claimBacktest(
  statements: Statements,
  programId: string,
  id: string,
  { now, lostBefore }: { now: Date; lostBefore: Date },
): Promise<(BacktestRun & { content: RuleSetContent }) | null> {
  const [row] = await statements.query<BacktestRun & { content: RuleSetContent }>(
    `/* claim-backtest */
    update backtest_run set state = 'RUNNING', attempt = attempt + 1, started_at = $3, heartbeat_at = $3, activities_done = 0,
      activities_total = null, version = version + 1
    where program_id = $1 and id = $2 and (state = 'QUEUED' or state = 'RUNNING' and heartbeat_at < $4)
    returning ${COLUMNS}, content`,
    [programId, id, now, lostBefore],
  );
  return row ?? null;
}

const MINE = `program_id = $1 and id = $2 and attempt = $3 and state = 'RUNNING'`;

/** Tells how far a run has come; false when it was cancelled, or taken over by another worker. */
export async function beatBacktest(
  statements: Statements,
  { programId, id, attempt }: BacktestClaim,
  { now, done, total }: { now: Date; done: number; total: number },
): Promise<boolean> {
  const rows = await statements.query(
    `/* beat-backtest */ update backtest_run set heartbeat_at = $4, activities_done = $5, activities_total = $6, version = version + 1
    where ${MINE} returning 1`,
    [programId, id, attempt, now, done, total],
  );
  return rows.length > 0;
}

/** Ends a run with its report or its failure; false when it was cancelled or taken over meanwhile. */
export async function endBacktest(
  statements: Statements,
  { programId, id, attempt }: BacktestClaim,
  now: Date,
  result: { report: BacktestReport } | { failure: string },
): Promise<boolean> {
  const isDone = 'report' in result;
  const rows = await statements.query(
    `/* end-backtest */ update backtest_run set state = $4, ended_at = $5, heartbeat_at = $5, report = $6, failure = $7, version = version + 1
    where ${MINE} returning 1`,
    [
      programId,
      id,
      attempt,
      isDone ? 'DONE' : 'FAILED',
      now,
      isDone ? JSON.stringify(result.report) : null,
      isDone ? null : result.failure,
    ],
  );
  return rows.length > 0;
}

/** Puts a run back among those that wait: its worker stops. */
export async function releaseBacktest(
  statements: Statements,
  { programId, id, attempt }: BacktestClaim,
): Promise<void> {
  await statements.query(
    `/* release-backtest */ update backtest_run set state = 'QUEUED', started_at = null, heartbeat_at = null, activities_done = 0,
      activities_total = null, version = version + 1 where ${MINE}`,
    [programId, id, attempt],
  );
}

/** Cancels a run that waits or runs; false when it has ended. */
export async function cancelBacktest(
  statements: Statements,
  programId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const rows = await statements.query(
    `/* cancel-backtest */ update backtest_run set state = 'CANCELLED', ended_at = $3, version = version + 1
    where program_id = $1 and id = $2 and state in ('QUEUED', 'RUNNING') returning 1`,
    [programId, id, now],
  );
  return rows.length > 0;
}

/** Runs of all programs that wait, or whose worker was last heard of before an instant. */
export async function findOpenBacktests(
  statements: Statements,
  lostBefore: Date,
): Promise<{ programId: string; id: string }[]> {
  return statements.query(
    `/* find-open-backtests */ select program_id as "programId", id from backtest_run
    where state = 'QUEUED' or state = 'RUNNING' and heartbeat_at < $1 order by id limit 100`,
    [lostBefore],
  );
}

/**
 * Hands a run to the workers, in the transaction that wrote it. Before the first worker ever ran there is nothing to hand it
 * to; a worker that begins looks for runs that wait.
 */
export async function enqueueBacktest(statements: Statements, programId: string, id: string): Promise<void> {
  const [queue] = await statements.query<{ exists: boolean }>(
    `/* find-queue */ select to_regclass('graphile_worker._private_jobs') is not null as exists`,
  );
  if (queue?.exists !== true) return;
  await statements.query(
    `/* enqueue-backtest */ select graphile_worker.add_job('run-backtest', payload := $1::json, job_key := $2, max_attempts := 1)`,
    [JSON.stringify({ programId, id }), `backtest:${id}`],
  );
}
