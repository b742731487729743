import { NotFoundError } from '#domain/errors.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { assertCanBecome, type Redemption } from '#domain/redemption/redemption.ts';
import { lockRedemption, saveRedemption } from '#storage/redemption-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type CloseRedemption = { redemptionId: string | null; reason: string | null };
export type RedemptionClosed = { redemptionId: string };

/** The customer has used what was issued: a code was redeemed in the shop, a discount was taken. Final. */
export function markRedemptionUsed(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CloseRedemption,
): Promise<RedemptionClosed & { replayed: boolean }> {
  return closeRedemption(deps, scope, command, input, 'USED');
}

/** The tenant has delivered what was issued: the mug was sent, the feature unlocked, the money given. */
export function markRedemptionFulfilled(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CloseRedemption,
): Promise<RedemptionClosed & { replayed: boolean }> {
  return closeRedemption(deps, scope, command, input, 'FULFILLED');
}

/** Moves no points and no stock, so the redemption alone is locked. Throws NotFoundError, StateConflictError. */
async function closeRedemption(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CloseRedemption,
  state: 'USED' | 'FULFILLED',
): Promise<RedemptionClosed & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const reason = readReason(input.reason);
    const { redemptionId } = input;
    const redemption = redemptionId === null ? null : await lockRedemption(tx, tx.programId, redemptionId);
    if (redemption === null) throw new NotFoundError('redemption', ['redemptionId']);
    assertCanBecome(redemption, state, tx.now);
    const closed: Redemption = { ...redemption, state, closedAt: tx.now, expiresAt: null };
    await saveRedemption(tx, tx.programId, closed, { at: tx.now, actor: tx.actor, reason }, tx.now);
    const { customerId, id } = redemption;
    tx.emit({ type: 'redemption.changed', customerId, redemptionId: id, state });
    return { redemptionId: id };
  });
}
