import type { CompiledLadder } from '#domain/tier/compile.ts';
import type { TierWarning } from '#domain/tier/review.ts';
import { NO_STANDING, type Standing, type TierChange } from '#domain/tier/standing.ts';
import type { TierMembership, TierWrites } from '#storage/tier-membership-store.ts';
import type { StandingRow } from '#storage/tier-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/** One customer on one ladder, as it is on record and as it shall be. */
export type TierState = {
  customerId: string;
  compiled: CompiledLadder;
  /** What is on record; null when nothing is. */
  recorded: StandingRow | null;
  standing: Standing;
  reviewAt: Date | null;
  steps: TierStep[];
  warnings: TierWarning[];
};

/** A change with what brought it about. */
export type TierStep = TierChange & { activityId: string | null; note: string | null };

/** A state that starts from what is on record. */
export function openState(customerId: string, compiled: CompiledLadder, recorded: StandingRow | null): TierState {
  return {
    customerId,
    compiled,
    recorded,
    standing: recorded?.standing ?? NO_STANDING,
    reviewAt: recorded?.reviewAt ?? null,
    steps: [],
    warnings: [],
  };
}

/**
 * What states write, and their events: one `tier.changed` a change of tier, one `tier.at_risk` a warning. States that are as
 * they were write nothing.
 */
export function collectTierWrites(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  revision: number,
  states: readonly TierState[],
): Omit<TierWrites, 'days'> {
  const writes = { standings: [] as TierWrites['standings'][number][], ended: [] as TierWrites['ended'][number][] };
  const begun: TierMembership[] = [];
  for (const state of states) {
    const { customerId, compiled, recorded, standing, reviewAt, steps } = state;
    const { id: ladderId, code: ladderCode } = compiled.ladder;
    const isSame =
      standing === (recorded?.standing ?? NO_STANDING) && sameInstant(reviewAt, recorded?.reviewAt ?? null);
    if (!isSame) writes.standings.push({ customerId, ladderId, ladderCode, standing, reviewAt });
    const [first] = steps;
    if (first !== undefined) writes.ended.push({ customerId, ladderId, at: first.at });
    for (const [index, step] of steps.entries()) {
      if (step.to !== null) begun.push(membershipOf(deps, tx, revision, state, step, steps[index + 1]?.at ?? null));
      announce(tx, state, step);
    }
    for (const { tier, toTier, required, endsOn, reviewAt: at } of state.warnings)
      tx.emit({
        type: 'tier.at_risk',
        customerId,
        ladderId,
        ladder: ladderCode,
        tier,
        toTier,
        required: required.toFixed(),
        endsOn,
        reviewAt: at.toISOString(),
      });
  }
  return { ...writes, begun };
}

function announce(tx: Tx, { customerId, compiled }: TierState, { from, to, reason, at }: TierStep): void {
  if (from === to) return;
  const { id: ladderId, code: ladder } = compiled.ladder;
  tx.emit({ type: 'tier.changed', customerId, ladderId, ladder, from, to, reason, since: at.toISOString() });
}

function membershipOf(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  revision: number,
  { customerId, compiled }: TierState,
  step: TierStep,
  toAt: Date | null,
): TierMembership {
  const tierCode = step.to ?? '';
  const tier = compiled.tiers[compiled.indexOf.get(tierCode) ?? -1]?.tier;
  return {
    id: deps.newId(),
    customerId,
    ladderId: compiled.ladder.id,
    ladderCode: compiled.ladder.code,
    tierCode,
    tierName: tier?.name ?? tierCode,
    previousCode: step.from,
    fromAt: step.at,
    toAt,
    reason: step.reason,
    note: step.note,
    lockedUntil: step.until,
    revision,
    activityId: step.activityId,
    actor: step.activityId === null && step.note === null && step.reason === 'REVIEWED' ? 'system:review' : tx.actor,
    recordedAt: tx.now,
  };
}

function sameInstant(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}
