import { Big } from 'big.js';

import type { ChallengeProgressed } from '#domain/activity/effect.ts';
import type { Run } from '#domain/challenge/run.ts';
import { deletePrize, readPrizesOfRuns } from '#storage/challenge-prize-store.ts';
import {
  lockSharedGoals,
  readLatestRuns,
  readRuns,
  readStanding,
  writeRuns,
  type ContributionWrite,
  type RunWrite,
} from '#storage/challenge-store.ts';

import type { Tx } from '../transaction.ts';

/**
 * Takes back what a wholly reversed activity had counted for challenges, by the laws of `#domain/challenge/run.ts`. Call it
 * with the customer's account locked and the reversal written; points that were given for it are taken back with the activity's other points.
 */
export async function undoProgress(
  tx: Tx,
  activity: { id: string; customerId: string; effects: readonly { kind: string }[] },
): Promise<void> {
  const counted = activity.effects.filter(
    (effect): effect is ChallengeProgressed => effect.kind === 'CHALLENGE_PROGRESSED',
  );
  if (counted.length === 0) return;
  const { customerId } = activity;
  const ids = counted.map(({ runId }) => runId);
  // Whose they are never changes; how far they are is read under the lock.
  const known = await readRuns(tx, tx.programId, ids);
  await lockSharedGoals(
    tx,
    known.filter(({ goal }) => goal !== 'PERSONAL'),
  );
  const runs = new Map((await readRuns(tx, tx.programId, ids)).map((run) => [run.id, run]));
  const latest = await readLatestRuns(tx, tx.programId, [...runs.values()]);
  const newest = new Set(latest.flatMap(({ latest: run }) => run?.id ?? []));
  const prizes = await readPrizesOfRuns(tx, tx.programId, [customerId], ids);
  const writes: RunWrite[] = [];
  const contributions: ContributionWrite[] = [];
  for (const effect of counted) {
    const run = runs.get(effect.runId);
    if (run === undefined) continue;
    const prize = prizes.find(({ runId }) => runId === run.id);
    const isClaimed = prize?.state === 'GIVEN' && effect.prize?.transactionId !== prize.transactionId;
    const opens = run.goal === 'PERSONAL' && run.completedBy === activity.id && !isClaimed;
    if (run.state !== 'RUNNING' && !opens) continue;
    if (opens) await deletePrize(tx, tx.programId, run.id, customerId);
    const isOpen = run.state === 'RUNNING' || newest.has(run.id);
    // While it was completed, nothing that was reversed was taken out of it.
    const amounts = opens ? await recounted(tx, run, customerId) : reduced(run, effect);
    writes.push({ ...run, ...(isOpen ? OPEN : REVOKED), amounts });
    if (run.goal !== 'PERSONAL') contributions.push({ runId: run.id, customerId, activities: -1 });
    const event = { challengeId: run.challengeId, runId: run.id, isCompleted: false };
    tx.emit({ type: 'challenge.progressed', customerId, ...event });
    if (run.goal !== 'PERSONAL') tx.emit({ type: 'challenge.goal_moved', ownerId: run.ownerId, ...event });
  }
  if (writes.length > 0) await writeRuns(tx, tx.programId, writes, contributions);
}

const OPEN = { state: 'RUNNING', completedAt: null, completedBy: null } as const;
const REVOKED = { state: 'REVOKED' } as const;

/** The run's steps by the activities that stand. */
async function recounted(
  tx: Tx,
  { id, amounts }: Pick<Run, 'id' | 'amounts'>,
  customerId: string,
): Promise<Map<string, Big>> {
  const standing = await readStanding(tx, tx.programId, { customerId, runId: id });
  return new Map([...amounts.keys()].map((step) => [step, standing.get(step) ?? new Big(0)]));
}

/** The run's steps without what the activity had counted. */
function reduced({ amounts }: Pick<Run, 'amounts'>, { steps }: ChallengeProgressed): Map<string, Big> {
  const left = new Map(amounts);
  for (const { step, amount } of steps) {
    const rest = (left.get(step) ?? new Big(0)).minus(amount);
    left.set(step, rest.lt(0) ? new Big(0) : rest);
  }
  return left;
}
