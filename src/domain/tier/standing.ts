import type { Big } from 'big.js';

import type { CompiledLadder } from './compile.ts';

export const TIER_REASONS = ['EARNED', 'REVIEWED', 'MANUAL', 'INVITED', 'RECALCULATED'] as const;
/** EARNED by an activity, REVIEWED when time was up, MANUAL and INVITED by a person, RECALCULATED from the record. */
export type TierReason = (typeof TIER_REASONS)[number];
export type AssignmentKind = Extract<TierReason, 'MANUAL' | 'INVITED'>;

/** A tier that was given and not earned: the customer is not below it until it ends. */
export type Assignment = { tier: string; kind: AssignmentKind; until: Date | null };

/**
 * Where a customer stands on one ladder. What is earned and what is given are kept apart, so that the end of one does not
 * touch the other; the tier that counts is the higher of the two. Nothing on record means the base of the ladder.
 */
export type Standing = {
  earned: string | null;
  assigned: Assignment | null;
  /** The tier that was written last, and since when; null on both for who was never above the base. */
  tier: string | null;
  since: Date | null;
  /** First day of the period that is reviewed next; null when there is nothing to lose. */
  periodFrom: string | null;
  /** The last day by which a warning was given. */
  warnedFor: string | null;
  /** The shape of the ladder by which `periodFrom` was set. */
  shape: string;
};

export const NO_STANDING: Standing = {
  earned: null,
  assigned: null,
  tier: null,
  since: null,
  periodFrom: null,
  warnedFor: null,
  shape: '',
};

/** One step of a customer's history; null is below the first tier. `until` is the end of what was given by hand. */
export type TierChange = { from: string | null; to: string | null; at: Date; reason: TierReason; until: Date | null };

/** Tier codes by ladder code, in the order of the ladders, when so much is on record. What a ladder has not, it does not show. */
export function tierCodesOf(
  ladders: readonly CompiledLadder[],
  tierOf: (ladderId: string) => string | null,
): Record<string, string> {
  const codes: Record<string, string> = {};
  for (const compiled of ladders) {
    const recorded = compiled.indexOf.get(tierOf(compiled.ladder.id) ?? '') ?? -1;
    const code = codeAt(compiled, Math.max(recorded, compiled.base));
    if (code !== null) codes[compiled.ladder.code] = code;
  }
  return codes;
}

/** The tier that rules call `tier`: the one on the first ladder; empty without one. */
export function firstTier([first]: readonly CompiledLadder[], codes: Readonly<Record<string, string>>): string {
  return first === undefined ? '' : (codes[first.ladder.code] ?? '');
}

/** The code of a place; null below the first tier. */
export function codeAt(compiled: CompiledLadder, index: number): string | null {
  return compiled.tiers[index]?.tier.code ?? null;
}

/** The place of what is earned. A tier that the ladder has no longer counts as the base. */
export function earnedPlace(compiled: CompiledLadder, standing: Standing): number {
  return Math.max(compiled.base, compiled.indexOf.get(standing.earned ?? '') ?? -1);
}

/** The place that counts at an instant: the higher of what is earned and what is given. */
export function placeOf(compiled: CompiledLadder, standing: Standing, now: Date): number {
  const { assigned } = standing;
  const isGiven = assigned !== null && (assigned.until === null || assigned.until > now);
  const given = isGiven ? (compiled.indexOf.get(assigned.tier) ?? -1) : -1;
  return Math.max(earnedPlace(compiled, standing), given);
}

/** The highest place that an amount reaches; reaching the threshold exactly counts. */
export function placeDeserved(compiled: CompiledLadder, amount: Big): number {
  return Math.max(
    compiled.base,
    compiled.tiers.findLastIndex(({ threshold }) => threshold !== null && amount.gte(threshold)),
  );
}

/** Where a review leads from a place when another one is deserved, by the ladder's way down and its tiers that hold for ever. */
export function placeAfterReview(compiled: CompiledLadder, earned: number, deserved: number): number {
  if (deserved >= earned) return deserved;
  const { downgrade } = compiled.ladder;
  if (downgrade === 'NEVER') return earned;
  const oneDown = compiled.tiers.findLastIndex(({ index, threshold }) => index < earned && threshold !== null);
  const kept = compiled.tiers.findLastIndex(({ index, tier }) => index <= earned && tier.neverDown);
  return Math.max(downgrade === 'ONE_STEP' ? oneDown : deserved, kept, compiled.base);
}

/** Whether a review could take anything away. */
export function canFall(compiled: CompiledLadder, earned: number): boolean {
  return placeAfterReview(compiled, earned, -1) < earned;
}

/**
 * The standing after what is earned or given has changed, and the step that this makes in the history, if any. A step is
 * never dated before the one that it follows.
 */
export function moved(
  compiled: CompiledLadder,
  standing: Standing,
  next: Partial<Pick<Standing, 'earned' | 'assigned' | 'periodFrom'>>,
  step: { at: Date; reason: TierReason; always?: boolean },
): { standing: Standing; change: TierChange | null } {
  const at = standing.since !== null && standing.since > step.at ? standing.since : step.at;
  const from = standing.tier ?? codeAt(compiled, compiled.base);
  const after = { ...standing, ...next, shape: compiled.shape };
  const to = codeAt(compiled, placeOf(compiled, after, at));
  if (to === from && step.always !== true) return { standing: after, change: null };
  return {
    standing: { ...after, tier: to, since: at },
    change: { from, to, at, reason: step.reason, until: after.assigned?.until ?? null },
  };
}
