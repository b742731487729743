import type { Big } from 'big.js';

import type { ChallengePrizeEffect } from '#domain/activity/effect.ts';
import type { CompiledChallenge, CompiledStep } from '#domain/challenge/compile.ts';
import { isShared } from '#domain/challenge/compile.ts';
import { mayCount } from '#domain/challenge/counter.ts';
import { whyClosed } from '#domain/challenge/eligible.ts';
import type { ChallengeLedger, RunMoved } from '#domain/challenge/give.ts';
import { sharedPrizeOf } from '#domain/challenge/prize.ts';
import {
  isComplete,
  openRun,
  ownersOf,
  progressOf,
  runEnd,
  runPeriod,
  stepAmounts,
  type Run,
} from '#domain/challenge/run.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { MeasuredFact } from '#domain/tier/measure.ts';
import { insertPrizes, type ChallengePrizeRow } from '#storage/challenge-prize-store.ts';
import {
  lockSharedGoals,
  readCompleted,
  readLatestRuns,
  writeRuns,
  type LatestRun,
  type RunKey,
  type RunWrite,
} from '#storage/challenge-store.ts';
import { readTeamsOf } from '#storage/team-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/** The challenges of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchChallenges = ChallengeLedger & { save(tx: Tx): Promise<void> };

/** One activity of the batch, before it is decided. */
type Acting = { customerId: string; occurredAt: Date; type: { id: string } };

const NO_CHALLENGES: BatchChallenges = { count: () => [], keepPrize: () => undefined, save: async () => undefined };

/**
 * Reads how far the customers of a batch are with the challenges that its activities may move; nothing where none is live.
 * Goals that are shared are locked until the transaction ends: those of one program count one batch after the other. The
 * accounts of the default currency must be locked.
 */
export async function openChallenges(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<BatchChallenges> {
  const types = new Set(acting.map(({ type }) => type.id));
  const live = catalogue.ruleSet.challenges.filter(
    ({ challenge, steps }) => !challenge.paused && steps.some(({ counter }) => mayCount(counter, types)),
  );
  if (live.length === 0) return NO_CHALLENGES;
  const customerIds = [...new Set(acting.map(({ customerId }) => customerId))];
  const teams = live.some(({ challenge }) => challenge.goal === 'TEAM')
    ? await readTeamsOf(tx, tx.programId, customerIds)
    : NO_TEAMS;
  const keys = new Map<string, RunKey>();
  const shared = new Map<string, RunKey>();
  const { timeZone } = catalogue.program;
  for (const { customerId, occurredAt } of acting) {
    for (const compiled of live) {
      const period = runPeriod(compiled.challenge, occurredAt, timeZone);
      const owners = ownersOf(compiled, {
        customerId,
        teamId: teams.get(customerId)?.teamId ?? null,
        programId: tx.programId,
      });
      for (const ownerId of owners) {
        const key = { challengeId: compiled.challenge.id, ownerId, period };
        keys.set(nameOf(key), key);
        if (isShared(compiled.challenge)) shared.set(nameOf(key), key);
      }
    }
  }
  const required = [...new Set(live.flatMap(({ requires }) => requires))];
  const [, latest, completed] = await Promise.all([
    lockSharedGoals(tx, [...shared.values()]),
    readLatestRuns(tx, tx.programId, [...keys.values()]),
    readCompleted(tx, tx.programId, customerIds, required),
  ]);
  const states = new Map([...keys.keys()].map((name, index) => [name, latest[index] ?? NOTHING_YET]));
  return new Batch(deps, tx, catalogue, live, teams, states, completed);
}

const NOTHING_YET: LatestRun = { latest: null, completions: 0 };
const NOTHING_COMPLETED: ReadonlySet<string> = new Set();
const NO_TEAMS: ReadonlyMap<string, { teamId: string }> = new Map();

function nameOf({ challengeId, ownerId, period }: RunKey): string {
  return `${challengeId} ${ownerId} ${period}`;
}

class Batch implements BatchChallenges {
  readonly #deps: Pick<AppDeps, 'newId'>;
  readonly #tx: Tx;
  readonly #catalogue: Catalogue;
  readonly #live: readonly CompiledChallenge[];
  readonly #teams: ReadonlyMap<string, { teamId: string }>;
  readonly #states: Map<string, LatestRun>;
  /** Ids of what each customer has completed. */
  readonly #completed: Map<string, Set<string>>;
  readonly #moved = new Map<string, RunWrite>();
  /** By `run customer`. */
  readonly #contributions = new Map<string, { runId: string; customerId: string; activities: number }>();
  readonly #prizes: ChallengePrizeRow[] = [];

  constructor(
    deps: Pick<AppDeps, 'newId'>,
    tx: Tx,
    catalogue: Catalogue,
    live: readonly CompiledChallenge[],
    teams: ReadonlyMap<string, { teamId: string }>,
    states: Map<string, LatestRun>,
    completed: readonly { customerId: string; challengeId: string }[],
  ) {
    this.#deps = deps;
    this.#tx = tx;
    this.#catalogue = catalogue;
    this.#live = live;
    this.#teams = teams;
    this.#states = states;
    this.#completed = new Map();
    for (const { customerId, challengeId } of completed) this.#complete(customerId, challengeId);
  }

  count(acting: { customerId: string; activityId: string }, seen: EarningFacts, fact: MeasuredFact): RunMoved[] {
    const whose = {
      customerId: acting.customerId,
      teamId: this.#teams.get(acting.customerId)?.teamId ?? null,
      programId: this.#tx.programId,
    };
    // What this activity completes opens what waits for it to the next one, not to itself.
    const open = this.#live.filter((compiled) => this.#isOpenTo(compiled, acting.customerId, seen));
    return open.flatMap((compiled) => {
      const amounts = stepAmounts(compiled, fact, seen);
      if (amounts.size === 0) return [];
      return ownersOf(compiled, whose).flatMap((ownerId) => this.#move(compiled, ownerId, acting, seen, amounts) ?? []);
    });
  }

  #isOpenTo(
    compiled: CompiledChallenge,
    customerId: string,
    { customer, account, tiers, activity }: EarningFacts,
  ): boolean {
    const completed = this.#completed.get(customerId) ?? NOTHING_COMPLETED;
    const who = {
      customer,
      account,
      tiers: Object.values(tiers ?? {}),
      completed,
      hasTeam: this.#teams.has(customerId),
    };
    return whyClosed(compiled, who, activity.occurredAt) === null;
  }

  #move(
    compiled: CompiledChallenge,
    ownerId: string,
    { customerId, activityId }: { customerId: string; activityId: string },
    { activity: { occurredAt } }: EarningFacts,
    amounts: ReadonlyMap<CompiledStep, Big>,
  ): RunMoved | null {
    const { challenge } = compiled;
    const { timeZone } = this.#catalogue.program;
    const period = runPeriod(challenge, occurredAt, timeZone);
    const name = nameOf({ challengeId: challenge.id, ownerId, period });
    const { latest, completions } = this.#states.get(name) ?? NOTHING_YET;
    const opened = openRun(compiled, latest, completions, occurredAt);
    if (opened.kind === 'NONE') return null;
    const before: Run =
      opened.kind === 'RUN' ? opened.run : this.#begin(compiled, ownerId, period, opened.number, occurredAt);
    const progress = progressOf(compiled, before, amounts);
    if (progress.length === 0) return null;
    const after = new Map([...before.amounts, ...progress.map(({ step, total }): [string, Big] => [step, total])]);
    const isDone = isComplete(compiled, after);
    const run: Run = isDone
      ? { ...before, amounts: after, state: 'COMPLETED', completedAt: occurredAt }
      : { ...before, amounts: after };
    this.#states.set(name, { latest: run, completions: completions + (isDone ? 1 : 0) });
    this.#moved.set(run.id, {
      ...run,
      goal: challenge.goal,
      completedBy: isDone ? activityId : null,
      prize: isDone && isShared(challenge) ? sharedPrizeOf(compiled) : null,
    });
    if (isShared(challenge)) this.#contribute(run.id, customerId);
    else if (isDone) this.#complete(customerId, challenge.id);
    const event = { challengeId: challenge.id, runId: run.id, isCompleted: isDone };
    this.#tx.emit({ type: 'challenge.progressed', customerId, ...event });
    if (isShared(challenge)) this.#tx.emit({ type: 'challenge.goal_moved', ownerId, ...event });
    return { compiled, run, progress };
  }

  #begin(compiled: CompiledChallenge, ownerId: string, period: string, number: number, occurredAt: Date): Run {
    return {
      id: this.#deps.newId(),
      challengeId: compiled.challenge.id,
      ownerId,
      period,
      number,
      state: 'RUNNING',
      startedAt: occurredAt,
      endsAt: runEnd(compiled, occurredAt, this.#catalogue.program.timeZone),
      completedAt: null,
      amounts: new Map(),
    };
  }

  #complete(customerId: string, challengeId: string): void {
    const completed = this.#completed.get(customerId) ?? new Set();
    this.#completed.set(customerId, completed.add(challengeId));
  }

  #contribute(runId: string, customerId: string): void {
    const key = `${runId} ${customerId}`;
    const { activities = 0 } = this.#contributions.get(key) ?? {};
    this.#contributions.set(key, { runId, customerId, activities: activities + 1 });
  }

  keepPrize({ compiled, run }: RunMoved, customerId: string, prize: ChallengePrizeEffect): void {
    const isGiven = prize.claimUntil === null;
    const id = this.#deps.newId();
    const { challenge } = compiled;
    this.#prizes.push({
      id,
      runId: run.id,
      customerId,
      role: 'WINNER',
      state: isGiven ? 'GIVEN' : 'CLAIMABLE',
      currencyId: prize.currencyId,
      points: prize.points,
      expiry: challenge.prize?.expiry ?? null,
      claimUntil: prize.claimUntil === null ? null : new Date(prize.claimUntil),
      transactionId: prize.transactionId,
      createdAt: this.#tx.now,
      givenAt: isGiven ? this.#tx.now : null,
    });
    const { points, claimUntil } = prize;
    const event = { customerId, challenge: challenge.code, prizeId: id, points, isNew: true, claimUntil };
    this.#tx.emit({ type: 'challenge.prize_changed', ...event });
  }

  async save(tx: Tx): Promise<void> {
    await Promise.all([
      writeRuns(tx, tx.programId, [...this.#moved.values()], [...this.#contributions.values()]),
      insertPrizes(tx, tx.programId, this.#prizes),
    ]);
  }
}
