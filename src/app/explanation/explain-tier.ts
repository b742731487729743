import { explainTier } from '#domain/explanation/tier.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import type { RuleSetContent } from '#domain/rule-set/content.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';
import type { TierMembership } from '#storage/tier-membership-store.ts';

import { formatOf, type ExplanationReads } from './reads.ts';

/** Why a customer holds or held a tier, by what was written down and by the revision that decided. */
export async function explainTierMembership(
  deps: ExplanationReads,
  programId: string,
  membership: TierMembership,
  locale: string | null,
): Promise<Explanation> {
  const [catalogue, [customer], revision] = await Promise.all([
    deps.catalogues.current(programId),
    findCustomerFacts(deps.reads, programId, [membership.customerId], []),
    readRevision(deps.reads, programId, membership.revision),
  ]);
  const threshold = revision === null ? null : thresholdIn(revision.content, membership);
  return explainTier({ ...membership, threshold }, formatOf(catalogue, locale ?? customer?.locale ?? null));
}

/** What the ladder asked for then: `1000 POINTS_EARNED, CALENDAR`. */
function thresholdIn({ ladders }: RuleSetContent, { ladderId, tierCode }: TierMembership): string | null {
  const ladder = ladders.find(({ id }) => id === ladderId);
  const threshold = ladder?.tiers.find(({ code }) => code === tierCode)?.threshold;
  if (ladder === undefined || threshold === undefined || threshold === null) return null;
  return `${threshold} ${ladder.basis.kind}, ${ladder.period.kind}`;
}
