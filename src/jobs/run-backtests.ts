import { BACKTEST_LOST_MS, runBacktest, type BacktestDeps } from '#app/backtest/run.ts';
import { enqueueBacktest, findOpenBacktests } from '#storage/backtest-store.ts';

export type RunBacktestOptions = { signal: AbortSignal; onChange: (programId: string, runId: string) => void };

/** The job of one back-test, as it was enqueued with its row. Another worker's run it leaves alone. */
export async function runQueuedBacktest(
  deps: BacktestDeps,
  payload: unknown,
  { signal, onChange }: RunBacktestOptions,
): Promise<void> {
  const { programId, id: runId } = payload as { programId: string; id: string };
  await runBacktest(deps, { programId, runId }, { signal, onChange: () => onChange(programId, runId) });
}

/**
 * Enqueues anew the back-tests that wait for longer than they should, and those whose worker has died: its job would stay
 * locked for hours. Doing it twice, or for a run that is taken meanwhile, changes nothing.
 */
export async function resumeBacktests(deps: BacktestDeps): Promise<number> {
  const open = await findOpenBacktests(deps.reads, new Date(deps.clock().getTime() - BACKTEST_LOST_MS));
  for (const { programId, id } of open) await enqueueBacktest(deps.reads, programId, id);
  return open.length;
}
