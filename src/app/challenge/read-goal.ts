import type { CompiledChallenge } from '#domain/challenge/compile.ts';
import { runPeriod, stateAt, type Run, type RunState } from '#domain/challenge/run.ts';
import { readContributions, readLatestRuns } from '#storage/challenge-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';

/** How far a shared goal is, the same for everybody. */
export type GoalState = {
  compiled: CompiledChallenge;
  /** The calendar period that runs now; all for a challenge without any. */
  period: string;
  /** The newest run of the period; null before the first. */
  run: (Run & { state: RunState }) | null;
  /** How many customers have contributed to it. */
  contributors: number;
};

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** How far a live shared goal is, of a team or of the community, whose owner is the program; null when it is not live. */
export async function readGoal(
  deps: { reads: Statements; clock: () => Date; catalogues: Catalogues },
  programId: string,
  challengeId: string,
  ownerId: string,
): Promise<GoalState | null> {
  const { program, ruleSet } = await deps.catalogues.current(programId);
  const compiled = ruleSet.challenges.find(({ challenge }) => challenge.id === challengeId && !challenge.paused);
  if (compiled === undefined) return null;
  const now = program.testClock ?? deps.clock();
  const period = runPeriod(compiled.challenge, now, program.timeZone);
  const [found] = await readLatestRuns(deps.reads, programId, [{ challengeId, ownerId, period }]);
  const run = found?.latest ?? null;
  if (run === null) return { compiled, period, run, contributors: 0 };
  const [contribution] = await readContributions(deps.reads, programId, [{ runId: run.id, customerId: NOBODY }]);
  const contributors = contribution?.contributors ?? 0;
  return { compiled, period, run: { ...run, state: stateAt(run, now) }, contributors };
}
