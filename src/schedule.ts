import {
  Logger as WorkerLogger,
  parseCronItems,
  run,
  type CronItem,
  type Runner,
  type TaskList,
} from 'graphile-worker';
import type { Logger } from 'pino';

import { STREAM_KEPT_MS } from '#domain/stream/cursor.ts';
import { runCelebrateOccasions } from '#src/jobs/celebrate-occasions.ts';
import { checkBadgeDrift } from '#src/jobs/check-badge-drift.ts';
import { checkDrift } from '#src/jobs/check-drift.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { closeDaysOfAll } from '#src/jobs/close-days.ts';
import { runFillStreaks } from '#src/jobs/fill-streaks.ts';
import { runSendExpiryNotices } from '#src/jobs/send-expiry-notices.ts';
import { runSweepErasures } from '#src/jobs/sweep-erasures.ts';
import { runTellRanks } from '#src/jobs/tell-ranks.ts';
import { forgetCustomerEvents } from '#storage/customer-event-store.ts';
import { forgetInboxItems } from '#storage/inbox-store.ts';
import { deleteRefusedAttempts } from '#storage/redemption-refusal-store.ts';
import { deleteStepUpCodes } from '#storage/step-up-store.ts';
import { deleteOldOutcomes, ensurePartitions } from '#storage/upkeep-store.ts';

import type { Deps } from './deps.ts';

/** How long outcomes of mutations are kept; callers are promised 24 hours. */
const OUTCOMES_KEPT_MS = 48 * 3_600_000;
/** How long refused redemptions can be explained, and used or unused step-up codes are remembered. */
const REFUSALS_KEPT_MS = 90 * 86_400_000;
/** How long an inbox keeps an item. */
const INBOX_KEPT_MS = 90 * 86_400_000;
/** The log is kept a little longer than readers are promised, so that nobody reads what is just being forgotten. */
const LOG_SLACK_MS = 3_600_000;
const PARTITIONS_AHEAD = 3;
const RESTART_MS = 2_000;

/** What runs by the clock (UTC), once however many workers there are. */
const CRON: CronItem[] = [
  { task: 'ensure-partitions', match: '11 1 * * *' },
  { task: 'delete-old-outcomes', match: '23 * * * *' },
  { task: 'forget-refused-redemptions', match: '41 2 * * *' },
  { task: 'forget-told-events', match: '37 * * * *' },
  { task: 'check-invariants', match: '7 * * * *' },
  { task: 'check-drift', match: '*/15 * * * *' },
  { task: 'celebrate-occasions', match: '*/10 * * * *' },
  { task: 'fill-streaks', match: '* * * * *' },
  { task: 'close-days', match: '*/5 * * * *' },
  { task: 'send-expiry-notices', match: '*/10 * * * *' },
  { task: 'sweep-erasures', match: '* * * * *' },
  { task: 'tell-ranks', match: '* * * * *' },
];

/** A job that could not run is not made up for: the next one does the same work. */
const OPTIONS = { maxAttempts: 3, backfillPeriod: 0 };

/** The jobs by name. Each is safe to be cut off and to run again. */
function tasksOf(deps: Deps): TaskList {
  return {
    'ensure-partitions': () => ensurePartitions(deps.reads, PARTITIONS_AHEAD),
    'delete-old-outcomes': async () => {
      const before = new Date(deps.clock().getTime() - OUTCOMES_KEPT_MS);
      const outcomes = await deleteOldOutcomes(deps.reads, before);
      deps.log.info({ outcomes }, 'old outcomes of mutations were forgotten');
    },
    'forget-refused-redemptions': async () => {
      const now = deps.clock().getTime();
      await deleteRefusedAttempts(deps.reads, new Date(now - REFUSALS_KEPT_MS));
      await deleteStepUpCodes(deps.reads, new Date(now - REFUSALS_KEPT_MS));
    },
    'forget-told-events': async () => {
      // By the clock of the wall, also for programs with one of their own: readers come back in real time.
      const now = Date.now();
      await forgetCustomerEvents(deps.reads, new Date(now - STREAM_KEPT_MS - LOG_SLACK_MS));
      await forgetInboxItems(deps.reads, new Date(now - INBOX_KEPT_MS));
    },
    'check-invariants': async () => {
      for (const offence of await checkInvariants(deps.reads))
        deps.log.error(offence, 'a truth of the record is broken');
    },
    'close-days': () => closeDaysOfAll(deps),
    'send-expiry-notices': async () => {
      await runSendExpiryNotices(deps);
    },
    'sweep-erasures': async () => {
      await runSweepErasures(deps);
    },
    'tell-ranks': async () => {
      await runTellRanks(deps);
    },
    'fill-streaks': async () => {
      await runFillStreaks(deps);
    },
    'celebrate-occasions': async () => {
      await runCelebrateOccasions(deps);
    },
    'check-drift': async () => {
      await checkDrift(deps);
      await checkBadgeDrift(deps);
    },
  };
}

/** Runs the jobs until it is stopped, and begins again when the database had been away. */
export function startSchedule(deps: Deps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let runner: Runner | null = null;
  let wakeUp: () => void = () => undefined;

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        runner = await run({
          // Connections of its own: one listens all the time, and jobs shall not wait for the API's.
          connectionString: deps.config.databaseUrl,
          maxPoolSize: 3,
          concurrency: 1,
          noHandleSignals: true,
          taskList: tasksOf(deps),
          parsedCronItems: parseCronItems(CRON.map((item) => ({ ...item, options: OPTIONS }))),
          logger: new WorkerLogger(() => logTo(deps.log)),
        });
        if (stopping.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        deps.log.warn({ err: error }, 'the schedule was interrupted and begins again');
      }
      if (stopping.signal.aborted) return;
      await new Promise<void>((resolve) => {
        wakeUp = resolve;
        setTimeout(resolve, RESTART_MS).unref();
      });
    }
  }

  const running = keepRunning();
  return {
    async stop() {
      stopping.abort();
      wakeUp();
      // A runner that has stopped by itself refuses to be stopped again.
      await runner?.stop().catch(() => undefined);
      await running;
    },
  };
}

/** The library tells of every step; only what somebody should look at is worth more than a debug line. */
function logTo(log: Logger): (level: string, message: string) => void {
  return (level, message) => {
    if (level === 'error') log.error(message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  };
}
