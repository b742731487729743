import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { assigned, released } from '#domain/tier/assign.ts';
import type { AssignmentKind } from '#domain/tier/standing.ts';

import { requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { openCustomerTiers, requireTierReason, saveChanged, stepped, type TierNow } from './change.ts';

export type AssignTier = {
  customer: CustomerName;
  ladder: string;
  tier: string;
  kind: AssignmentKind;
  /** When it ends; null holds until it is released. */
  until: Date | null;
  reason: string;
};

export type TierAssigned = { customerId: string; from: string | null; to: string | null };

/**
 * Gives a customer a tier by hand or by invitation. Until its end they are not below it, whatever a review finds; above it
 * they rise and fall by what they earn. Throws NotFoundError, InvalidInputError for an end that is not ahead, and
 * StateConflictError for who has left or is blocked, or has earned a higher one. Causes tier.changed.
 */
export function assignTier(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: AssignTier,
): Promise<TierAssigned & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const note = requireTierReason(input.reason);
    if (input.until !== null && input.until <= tx.now)
      throw new InvalidInputError('What is given ends ahead of now.', ['until']);
    const { customerId, revision, tiers } = await openCustomerTiers(
      deps,
      tx,
      input.customer,
      input.ladder,
      requireUsers,
    );
    const now = onlyTier(tiers);
    const { compiled } = now.view;
    if (!compiled.indexOf.has(input.tier)) throw new NotFoundError('tier', ['tier']);
    const { tier, kind, until } = input;
    const outcome = assigned(compiled, now.state.standing, { tier, kind, until }, tx.now);
    if ('refused' in outcome)
      throw new StateConflictError(`The customer has earned ${outcome.earned}, which is higher.`, outcome.refused, [
        'tier',
      ]);
    await saveChanged(deps, tx, revision, [stepped(now, outcome, note)]);
    tx.audit({
      action: 'tier.assigned',
      subject: publicId('Customer', customerId),
      after: { ladder: input.ladder, tier, kind, until, reason: note },
    });
    return { customerId, from: outcome.change?.from ?? null, to: outcome.change?.to ?? null };
  });
}

/** Ends a tier that was given, before its time. Throws NotFoundError, and StateConflictError when none was given. */
export function releaseTier(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { customer: CustomerName; ladder: string; reason: string },
): Promise<TierAssigned & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const note = requireTierReason(input.reason);
    const { customerId, revision, tiers } = await openCustomerTiers(deps, tx, input.customer, input.ladder);
    const now = onlyTier(tiers);
    const outcome = released(now.view.compiled, now.state.standing, tx.now);
    if (outcome === null)
      throw new StateConflictError('No tier of this ladder was given to the customer.', 'NOT_ASSIGNED', ['ladder']);
    await saveChanged(deps, tx, revision, [stepped(now, outcome, note)]);
    tx.audit({
      action: 'tier.released',
      subject: publicId('Customer', customerId),
      after: { ladder: input.ladder, reason: note },
    });
    const { tier } = outcome.standing;
    return { customerId, from: outcome.change?.from ?? tier, to: tier };
  });
}

function onlyTier([only]: readonly TierNow[]): TierNow {
  if (only === undefined) throw new NotFoundError('ladder', ['ladder']);
  return only;
}
