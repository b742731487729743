import { CustomerTally } from '#domain/backtest/customers.ts';
import { Replay } from '#domain/backtest/replay.ts';
import { buildReport, type BacktestReport } from '#domain/backtest/report.ts';
import { UserError } from '#domain/errors.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSetContent } from '#domain/rule-set/content.ts';
import { compileRuleSet, EMPTY_RULE_SET, type RuleSet } from '#domain/rule-set/rule-set.ts';
import {
  beatBacktest,
  claimBacktest,
  endBacktest,
  releaseBacktest,
  type BacktestClaim,
  type BacktestRun,
} from '#storage/backtest-store.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findReplayBounds, hasPrizes, readOutstanding, type ReplayBounds } from '#storage/replay-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import { isUnavailable, type AppDeps } from '../transaction.ts';
import { createPace } from './pace.ts';
import { hasBalanceCaps, readSteps, type ReplayStep } from './read-facts.ts';

/** Most activities of one run, warming up included, and its longest time. */
export const BACKTEST_ACTIVITIES_MAX = 5_000_000;
/** Most customers: of each is kept what they used and reached, some kilobytes. */
export const BACKTEST_CUSTOMERS_MAX = 250_000;
export const BACKTEST_MS_MAX = 3_600_000;
/** A worker that was not heard of for so long has lost its run. */
export const BACKTEST_LOST_MS = 30_000;
/** A run that ended this many workers ends none any more. */
const ATTEMPTS_MAX = 5;
const PAGE_SIZE = 2_000;
const BEAT_EVERY_MS = 500;

export type BacktestDeps = AppDeps & { reads: Statements };
export type BacktestProgress = { done: number; total: number };
export type BacktestOptions = {
  /** Aborted when the worker stops: the run then waits again. */
  signal?: AbortSignal;
  /** Called whenever the run's row has changed; with how far it is, while it runs. */
  onChange?: (progress: BacktestProgress | null) => void;
  pageSize?: number;
  lostMs?: number;
  activitiesMax?: number;
};

/** Why a run ends without a report, as its row tells it. */
class BacktestFailure extends Error {}
/** The run is no longer this worker's: it was cancelled or taken over, or the worker stops. */
class RunLost extends Error {}

/**
 * Does a back-test from its beginning, if it waits or its worker was lost, and writes what came of it into its row: the only
 * thing that it writes. Does nothing when another worker has it. A store that is away leaves the run to be taken again.
 */
export async function runBacktest(
  deps: BacktestDeps,
  { programId, runId }: { programId: string; runId: string },
  options: BacktestOptions = {},
): Promise<void> {
  const now = deps.clock();
  const lostBefore = new Date(now.getTime() - (options.lostMs ?? BACKTEST_LOST_MS));
  const run = await claimBacktest(deps.reads, programId, runId, { now, lostBefore });
  if (run === null) return;
  const claim = { programId, id: runId, attempt: run.attempt };
  options.onChange?.(null);
  try {
    if (run.attempt > ATTEMPTS_MAX) throw new BacktestFailure(`Given up after ${ATTEMPTS_MAX} attempts.`);
    const report = await replay(deps, claim, run, options);
    await endBacktest(deps.reads, claim, deps.clock(), { report });
  } catch (error) {
    if (options.signal?.aborted === true) await releaseBacktest(deps.reads, claim);
    else if (!(error instanceof RunLost)) await fail(deps, claim, error);
  }
  options.onChange?.(null);
}

async function fail(deps: BacktestDeps, claim: BacktestClaim, error: unknown): Promise<void> {
  if (isUnavailable(error)) throw error;
  const isKnown = error instanceof BacktestFailure || error instanceof UserError;
  if (!isKnown) deps.log.error({ err: error, ...claim }, 'a back-test failed');
  const failure = isKnown ? error.message : 'The replay failed; the log of the worker says why.';
  await endBacktest(deps.reads, claim, deps.clock(), { failure });
}

async function replay(
  deps: BacktestDeps,
  claim: BacktestClaim,
  run: BacktestRun & { content: RuleSetContent },
  options: BacktestOptions,
): Promise<BacktestReport> {
  const { reads } = deps;
  const { programId } = claim;
  const catalogue = await deps.catalogues.at(reads, programId);
  const { timeZone, dailyPointsCap } = catalogue.program;
  const live = await liveRules(deps, catalogue, run.liveRevision);
  const draft = compiled(catalogue, 0, run.content, 'The rules under test do not compile any more.');
  const { from, to } = run;
  const hasCaps = hasBalanceCaps(catalogue);
  const work = new Replay({ live, draft, policy: { timeZone, dailyPointsCap }, from, to, hasCaps });
  const activitiesMax = options.activitiesMax ?? BACKTEST_ACTIVITIES_MAX;
  const bounds = await findReplayBounds(reads, programId, {
    from,
    to,
    endId: deps.newId(),
    countMax: activitiesMax + 1,
  });
  if (bounds !== null && bounds.count > activitiesMax)
    throw new BacktestFailure(`A back-test replays at most ${activitiesMax} activities; choose an earlier end.`);
  const progress = createProgress(deps, claim, bounds?.count ?? 0, options);
  const replayed = { activities: 0, reversals: 0 };
  await progress.tell(0);
  if (bounds !== null)
    for await (const kind of replaySteps(deps, catalogue, bounds, run.segmentBy, work, options)) {
      if (kind === 'ACTIVITY') replayed.activities += 1;
      if (kind === 'REVERSAL') replayed.reversals += 1;
      if (!progress.isDue()) continue;
      if (work.customers > BACKTEST_CUSTOMERS_MAX)
        throw new BacktestFailure(`A back-test keeps at most ${BACKTEST_CUSTOMERS_MAX} customers in mind.`);
      await progress.tell(replayed.activities);
    }
  const programNow = await readProgramNow(reads, programId, deps.clock());
  const customers = new CustomerTally(live.ladders[0]?.ladder.code ?? null);
  for (const outcome of work.outcomes(to < programNow ? to : programNow)) {
    customers.add(outcome, run.segmentBy !== null);
    if (progress.isDue()) await progress.tell(replayed.activities);
  }
  await progress.tell(replayed.activities, { always: true });
  return buildReport({
    tally: work.tally,
    customers,
    currencies: catalogue.currencies,
    outstanding: await readOutstanding(reads, programId),
    value: run.value,
    replayed,
    leftOut: givesPrizes(live) || givesPrizes(draft) || (await hasPrizes(reads, programId)) ? ['PRIZES'] : [],
  });
}

async function* replaySteps(
  deps: BacktestDeps,
  catalogue: Catalogue,
  bounds: ReplayBounds,
  segmentBy: string | null,
  work: Replay,
  { pageSize = PAGE_SIZE }: BacktestOptions,
): AsyncGenerator<ReplayStep['kind']> {
  for await (const steps of readSteps(deps.reads, catalogue, bounds, { segmentBy, pageSize }))
    for (const step of steps) {
      follow(work, step);
      yield step.kind;
    }
}

function follow(work: Replay, step: ReplayStep): void {
  switch (step.kind) {
    case 'ACTIVITY':
      return work.activity(step.activity);
    case 'REVERSAL':
      return work.reversal(step.reversal);
    case 'MOVEMENT':
      return work.movement(step.movement);
    case 'TIER':
      return work.tierStep(step.tierStep);
  }
}

/** Whether rules have prizes that a replay takes as they were given, instead of deciding them anew. */
function givesPrizes({ content }: RuleSet): boolean {
  return content.streaks.length + content.challenges.length + content.badges.length + content.draws.length > 0;
}

/** Rests, tells how far it is, and notices when the run is over: `tell` throws RunLost then. */
function createProgress(
  deps: BacktestDeps,
  claim: BacktestClaim,
  total: number,
  options: BacktestOptions,
): { isDue(): boolean; tell(done: number, options?: { always: boolean }): Promise<void> } {
  const pace = createPace();
  const startedAt = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    isDue: () => pace.isDue(),
    async tell(done, { always } = { always: false }) {
      await pace.rest();
      if (options.signal?.aborted === true) throw new RunLost();
      if (!always && performance.now() - toldAt < BEAT_EVERY_MS) return;
      if (performance.now() - startedAt > BACKTEST_MS_MAX)
        throw new BacktestFailure(
          `A back-test runs at most ${BACKTEST_MS_MAX / 60_000} minutes; choose an earlier end.`,
        );
      toldAt = performance.now();
      if (!(await beatBacktest(deps.reads, claim, { now: deps.clock(), done, total }))) throw new RunLost();
      options.onChange?.({ done, total });
    },
  };
}

/** The rules that were live when the run was asked for. */
async function liveRules(deps: BacktestDeps, catalogue: Catalogue, revision: number): Promise<RuleSet> {
  if (revision === 0) return EMPTY_RULE_SET;
  const stored = await readRevision(deps.reads, catalogue.program.id, revision);
  return compiled(catalogue, revision, stored?.content ?? {}, `Revision ${revision} does not compile any more.`);
}

function compiled(catalogue: Catalogue, revision: number, content: unknown, complaint: string): RuleSet {
  const result = compileRuleSet(revision, content, surroundingsOf(catalogue));
  if ('problems' in result) {
    const [problem] = result.problems;
    throw new BacktestFailure(`${complaint} ${problem?.path.join('.') ?? ''}: ${problem?.message ?? ''}`);
  }
  return result.ruleSet;
}
