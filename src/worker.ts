import { creditBadges, runExpireBadges } from '#src/jobs/credit-badges.ts';
import { endRedemptions } from '#src/jobs/end-redemptions.ts';
import { runJudgeStreaks } from '#src/jobs/judge-streaks.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';
import { runSeasons } from '#src/jobs/run-seasons.ts';
import { settleChallenges } from '#src/jobs/settle-challenges.ts';
import { runSettleDue } from '#src/jobs/settle-due.ts';
import { settleDuels } from '#src/jobs/settle-duels.ts';

import { startBacktests } from './backtests.ts';
import type { Deps } from './deps.ts';
import { startRelay } from './relay.ts';
import { startSchedule } from './schedule.ts';

const SETTLE_EVERY_MS = 1_000;

/**
 * Everything that runs beside the API: hands on what was committed, writes down what comes due, and looks after the house.
 * Any number of workers may run; none of them doubles another's work.
 */
export async function startWorker(deps: Deps): Promise<{ stop(): Promise<void> }> {
  const relay = startRelay(deps);
  const due = [runSettleDue, endRedemptions, runReviewTiers, runJudgeStreaks, settleChallenges, settleDuels];
  const settling = everySecond(deps, due);
  // By themselves: the standings of a large season take their time.
  const seasons = everySecond(deps, [(all) => runSeasons(all)]);
  const badges = everySecond(deps, [runExpireBadges, (all) => creditBadges(all)]);
  const schedule = startSchedule(deps);
  const backtests = startBacktests(deps);
  return {
    async stop() {
      await Promise.all([
        relay.stop(),
        settling.stop(),
        seasons.stop(),
        badges.stop(),
        schedule.stop(),
        backtests.stop(),
      ]);
    },
  };
}

/** Does some work, one after another, a second after it was done last: what is due is written within about a second of its time. */
function everySecond(deps: Deps, work: readonly ((deps: Deps) => Promise<unknown>)[]): { stop(): Promise<void> } {
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const settle = async (): Promise<void> => {
    try {
      for (const settleOne of work) await settleOne(deps);
    } catch (error) {
      deps.log.warn({ err: error }, 'what is due could not be settled; the next turn tries again');
    }
    if (!isStopping) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = settle();
    }, SETTLE_EVERY_MS).unref();
  };
  schedule();

  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
