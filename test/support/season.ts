// Seasons for tests: a board with a plan, activities at chosen instants, and a clock that moves.
import { trackActivities } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { setSeasonPlan, type PrizesInput } from '#app/season/set-plan.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import type { Deps } from '#src/deps.ts';
import { findSeasonRun } from '#storage/season-store.ts';

import { runSeasons } from '../../src/jobs/run-seasons.ts';
import { aPurchase } from './activity.ts';
import type { TestBoard } from './leaderboard.ts';
import { aCommand, type TestProgram } from './program.ts';

/** Prizes by rank for the given points, at once and split, unless told otherwise. */
export function somePrizes(points: readonly number[], overrides: Partial<PrizesInput> = {}): PrizesInput {
  return {
    currency: null,
    bands: points.map((amount, index) => ({
      ...{ name: `Place ${index + 1}`, kind: 'RANK', from: index + 1, to: index + 1 },
      ...{ points: amount, reward: null, badge: null },
    })),
    ties: 'SPLIT',
    minimumScore: null,
    minimumEntrants: 0,
    budget: null,
    claimDays: null,
    ...overrides,
  };
}

/** Sets what the seasons of a board promise. */
export async function planSeasons(
  deps: Deps,
  program: TestProgram,
  board: TestBoard,
  plan: { graceMinutes?: number; prizes?: PrizesInput | null; currentToo?: boolean },
): Promise<void> {
  const input = { leaderboardId: board.id, graceMinutes: 720, prizes: null, currentToo: false, ...plan };
  await setSeasonPlan(deps, program.scope, aCommand('seasonPlanSet', input), input);
}

/** Moves the test clock and does what comes due by then. */
export async function moveTo(deps: Deps, program: TestProgram, instant: string): Promise<void> {
  const input = { now: new Date(instant) };
  await setProgramClock(deps, program.scope, aCommand('programClockSet', input), input);
  await runSeasons(deps, program.programId);
}

/** Records purchases, one point a unit, each of which must go through; gives the ids of the activities. */
export async function buy(
  deps: Deps,
  program: TestProgram,
  purchases: readonly { customerId: string; amount: number; at: string }[],
): Promise<string[]> {
  const reports = purchases.map(({ customerId, amount, at }) =>
    aPurchase(customerId, { occurredAt: new Date(at), properties: { amount: String(amount) } }),
  );
  const command = aCommand('activityTrackBatch', reports);
  const { items } = await trackActivities(deps.tracking, program.scope, command, reports);
  return items.map((item) => {
    if (item.status !== 'TRACKED') throw new Error(JSON.stringify(item));
    return item.activityId;
  });
}

/** How a season stands. */
export async function runOf(deps: Deps, program: TestProgram, board: TestBoard, key: string): Promise<SeasonRun> {
  const run = await findSeasonRun(deps.reads, program.programId, board.id, key);
  if (run === null) throw new Error(`no season ${key}`);
  return run;
}
