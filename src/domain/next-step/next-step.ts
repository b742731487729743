import { Big } from 'big.js';

export const NEXT_STEP_KINDS = ['TIER', 'LEVEL', 'MILESTONE', 'CHALLENGE', 'BADGE', 'STREAK', 'REWARD'] as const;
export type NextStepKind = (typeof NEXT_STEP_KINDS)[number];

/** One of several things that something takes. */
export type CandidatePart = { code: string; name: string; needed: Big; has: Big; unit: string };

/** Something that a customer may reach: what it takes, and what they have of it, in the same unit. */
export type Candidate = {
  kind: NextStepKind;
  /** Code of the tier, level, milestone, challenge, badge, streak or reward; for a tier, `within` is its ladder. */
  code: string;
  within: string | null;
  name: string;
  needed: Big;
  has: Big;
  /** What is counted: `points`, `gems` (a point currency's code), a property such as `amount`, `activities`, or `steps` in parts. */
  unit: string;
  /** What it is made of, where it takes several things. */
  parts?: readonly CandidatePart[];
};

export type NextStep = Candidate & {
  missing: Big;
  /** Of what it takes, from 0 (there) to 1 (nothing yet). */ share: number;
};

/**
 * Orders what a customer may reach by how near it is: the smallest missing share first; of equal ones what takes less, then
 * by kind and code, so that the order never changes by itself. What is reached already comes first, with nothing missing.
 */
export function rankNextSteps(candidates: readonly Candidate[], limit: number): NextStep[] {
  return candidates
    .map((candidate) => {
      const missing = candidate.has.gte(candidate.needed) ? new Big(0) : candidate.needed.minus(candidate.has);
      const share = candidate.needed.lte(0) ? 0 : Math.min(1, missing.div(candidate.needed).toNumber());
      return { ...candidate, missing, share };
    })
    .toSorted(
      (a, b) =>
        a.share - b.share ||
        a.needed.cmp(b.needed) ||
        NEXT_STEP_KINDS.indexOf(a.kind) - NEXT_STEP_KINDS.indexOf(b.kind) ||
        (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    )
    .slice(0, limit);
}
