import type { CompiledChallenge } from '#domain/challenge/compile.ts';
import { whyClosed, type ChallengeClosed } from '#domain/challenge/eligible.ts';
import { mayBegin, ownersOf, runPeriod, stateAt, type Run, type RunState } from '#domain/challenge/run.ts';
import { readPrizesOfRuns, type ChallengePrizeRow } from '#storage/challenge-prize-store.ts';
import { readContributions, readLatestRuns, type LatestRun } from '#storage/challenge-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';
import { findContenders } from './contenders.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** How far a customer is with a challenge, alone or as one of those who share it. */
export type ChallengeProgress = {
  customerId: string;
  compiled: CompiledChallenge;
  /** The calendar period that runs now; all for a challenge without any. */
  period: string;
  /** The newest run of the period; null before the first. */
  run: (Run & { state: RunState }) | null;
  completions: number;
  /** Why nothing counts for the customer now; null when it does, or would once joined. */
  closed: ChallengeClosed | null;
  /** Whether a run would begin by joining now. */
  canJoin: boolean;
  prize: ChallengePrizeRow | null;
  /** Of a shared goal: the customer's counted activities, and how many customers have any. */
  contribution: { activities: number; contributors: number } | null;
};

/**
 * How far customers are with all live challenges in the running periods, in the order of the challenges; a number of
 * statements that does not grow with theirs. Those that are paused are left out, and so are team challenges of who is in no
 * team.
 */
export async function readChallenges(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, ChallengeProgress[]>> {
  const catalogue = await deps.catalogues.current(programId);
  const { program, ruleSet } = catalogue;
  const live = ruleSet.challenges.filter(({ challenge }) => !challenge.paused);
  if (live.length === 0) return new Map();
  const now = program.testClock ?? deps.clock();
  const contenders = await findContenders(deps.reads, catalogue, customerIds);
  const wanted = contenders.flatMap((contender) =>
    live.flatMap((compiled) => {
      const { customerId, teamId } = contender;
      const period = runPeriod(compiled.challenge, now, program.timeZone);
      return ownersOf(compiled, { customerId, teamId, programId }).map((ownerId) => ({
        contender,
        compiled,
        key: { challengeId: compiled.challenge.id, ownerId, period },
      }));
    }),
  );
  const latest = await readLatestRuns(
    deps.reads,
    programId,
    wanted.map(({ key }) => key),
  );
  const of = await readShares(deps.reads, programId, wanted, latest);
  const progress = wanted.map(({ contender, compiled, key }, index): ChallengeProgress => {
    const { latest: run, completions } = latest[index] ?? { latest: null, completions: 0 };
    const state = run === null ? null : stateAt(run, now);
    const closed = whyClosed(compiled, contender, now);
    const { challenge } = compiled;
    return {
      customerId: contender.customerId,
      compiled,
      period: key.period,
      run: run === null || state === null ? null : { ...run, state },
      completions,
      closed,
      canJoin: challenge.mustJoin && closed === null && state !== 'RUNNING' && mayBegin(challenge, run, completions),
      ...of(contender.customerId, run?.id ?? null),
    };
  });
  return Map.groupBy(progress, ({ customerId }) => customerId);
}

type Shares = Pick<ChallengeProgress, 'prize' | 'contribution'>;

/** What customers have of runs: their prizes, and of shared goals their part. */
async function readShares(
  reads: Statements,
  programId: string,
  wanted: readonly { contender: { customerId: string }; key: { ownerId: string } }[],
  latest: readonly LatestRun[],
): Promise<(customerId: string, runId: string | null) => Shares> {
  const runs = wanted.flatMap(({ contender: { customerId }, key }, index) => {
    const run = latest[index]?.latest;
    return run === null || run === undefined
      ? []
      : [{ runId: run.id, customerId, isShared: key.ownerId !== customerId }];
  });
  const [prizes, contributions] = await Promise.all([
    readPrizesOfRuns(
      reads,
      programId,
      runs.map(({ customerId }) => customerId),
      runs.map(({ runId }) => runId),
    ),
    readContributions(
      reads,
      programId,
      runs.filter(({ isShared }) => isShared),
    ),
  ]);
  const name = (row: { customerId: string; runId: string }): string => `${row.customerId} ${row.runId}`;
  const prizeOf = new Map(prizes.map((prize) => [name(prize), prize]));
  const contributionOf = new Map(contributions.map((row) => [name(row), row]));
  return (customerId, runId) => {
    const key = name({ customerId, runId: runId ?? '' });
    return { prize: prizeOf.get(key) ?? null, contribution: contributionOf.get(key) ?? null };
  };
}
