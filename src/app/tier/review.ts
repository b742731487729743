import { publicId } from '#domain/ids.ts';
import { explainReview } from '#domain/tier/explain.ts';
import { recalculated } from '#domain/tier/review.ts';

import type { CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openCustomerTiers, requireTierReason, saveChanged, stepped } from './change.ts';

export type ReviewTiers = { customer: CustomerName; ladder: string | null; reason: string; dryRun: boolean };

/** What the review found on one ladder, in figures and in words. */
export type TierReviewed = {
  ladder: string;
  from: string | null;
  to: string | null;
  amount: string;
  deserved: string | null;
  text: string;
};

/**
 * Reviews a customer now, before the time: what is due is done, and then each tier is held against what the record says, of
 * this period and the last. It goes down as the ladder says, and up as far as it is deserved. `dryRun` tells and writes
 * nothing but the key. Throws NotFoundError. Causes tier.changed.
 */
export function reviewCustomerTiers(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ReviewTiers,
): Promise<{ customerId: string; reviews: TierReviewed[]; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const note = requireTierReason(input.reason);
    const { customerId, revision, tiers } = await openCustomerTiers(deps, tx, input.customer, input.ladder);
    const states = [];
    const reviews: TierReviewed[] = [];
    for (const now of tiers) {
      const { compiled, progress, clock } = now.view;
      const outcome = recalculated(compiled, now.state.standing, progress, clock);
      const state = stepped(now, outcome, note);
      states.push(state);
      reviews.push(explainReview(compiled, now.state.standing, state.standing, progress, clock));
    }
    if (!input.dryRun) {
      await saveChanged(deps, tx, revision, states);
      tx.audit({
        action: 'tier.reviewed',
        subject: publicId('Customer', customerId),
        after: { reviews, reason: note },
      });
    }
    return { customerId, reviews };
  });
}
