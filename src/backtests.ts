import { Logger as WorkerLogger, run, type Runner } from 'graphile-worker';

import { resumeBacktests, runQueuedBacktest } from '#src/jobs/run-backtests.ts';

import type { Deps } from './deps.ts';

const RESTART_MS = 2_000;
const LOOK_EVERY_MS = 15_000;

/**
 * Works off back-tests, one at a time a worker, until it is stopped. Apart from the schedule, whose jobs must not wait for
 * one that takes minutes. What a dead worker had is taken up again; what this one has when it stops waits for the next.
 */
export function startBacktests(deps: Deps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let runner: Runner | null = null;
  let wakeUp: () => void = () => undefined;

  /** Whoever watches a run reads its row; a message that is lost is made up for by the next one. */
  const onChange = (programId: string, runId: string): void => {
    deps.live.announce([{ kind: 'backtest', of: { programId, runId }, message: {} }]).catch(() => undefined);
  };

  async function look(): Promise<void> {
    if (stopping.signal.aborted) return;
    await resumeBacktests(deps).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'back-tests that wait could not be looked for');
    });
  }

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        runner = await run({
          connectionString: deps.config.databaseUrl,
          maxPoolSize: 2,
          concurrency: 1,
          noHandleSignals: true,
          taskList: {
            'run-backtest': (payload) =>
              runQueuedBacktest(deps, payload, { signal: stopping.signal, onChange }).catch((error: unknown) => {
                // The row says that the run is not done, which is what counts: it is enqueued anew.
                deps.log.warn({ err: error }, 'a back-test was interrupted');
              }),
          },
          logger: new WorkerLogger(() => (level, message) => {
            if (level === 'error') deps.log.error(message);
            else deps.log.debug(message);
          }),
        });
        if (stopping.signal.aborted) await runner.stop();
        await look();
        await runner.promise;
      } catch (error) {
        deps.log.warn({ err: error }, 'back-tests were interrupted and begin again');
      }
      if (!stopping.signal.aborted)
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
          setTimeout(resolve, RESTART_MS).unref();
        });
    }
  }

  const running = keepRunning();
  const looking = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return {
    async stop() {
      stopping.abort();
      clearInterval(looking);
      wakeUp();
      // A runner that has stopped by itself refuses to be stopped again.
      await runner?.stop().catch(() => undefined);
      await running;
    },
  };
}
