import { NotFoundError } from '#domain/errors.ts';
import { assertMayAccept, decideRequest, type FriendState } from '#domain/friend/friend.ts';
import { deleteRelation, lockRelation, writeRelation } from '#storage/friend-store.ts';

import { requireCustomers, requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

export type FriendInput = { customer: CustomerName; friend: CustomerName };
export type FriendResult = { customerId: string; friendId: string; state: FriendState | 'NONE'; replayed: boolean };

const partiesOf = ({ customer, friend }: FriendInput) => [
  { ...customer, path: ['customerId'] },
  { ...friend, path: ['friendId'] },
];

function announce(tx: Tx, customerId: string, friendId: string, state: FriendState | 'NONE'): void {
  tx.emit({ type: 'friend.changed', customerId, friendId, state });
}

/**
 * Asks somebody to be a friend; where that one has asked before, the two are friends at once. Throws InvalidInputError,
 * NotFoundError, StateConflictError, LimitExceededError.
 */
export function requestFriend(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: FriendInput,
): Promise<FriendResult> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = '', friendId = ''] = await requireUsers(tx, partiesOf(input));
    const { relation, counts } = await lockRelation(tx, tx.programId, customerId, friendId);
    const state = decideRequest(customerId, friendId, relation, counts);
    await writeRelation(tx, tx.programId, { customerId, friendId, state, since: tx.now });
    announce(tx, customerId, friendId, state);
    return { customerId, friendId, state };
  });
}

/** Accepts a request. Throws NotFoundError, StateConflictError, LimitExceededError. */
export function acceptFriend(deps: AppDeps, scope: Scope, command: Command, input: FriendInput): Promise<FriendResult> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = '', friendId = ''] = await requireUsers(tx, partiesOf(input));
    const { relation, counts } = await lockRelation(tx, tx.programId, customerId, friendId);
    // The open request is counted for the one who asked; it becomes the friendship.
    assertMayAccept(friendId, relation, { own: counts.own, other: counts.other - 1 });
    await writeRelation(tx, tx.programId, { customerId, friendId, state: 'ACCEPTED', since: tx.now });
    announce(tx, customerId, friendId, 'ACCEPTED');
    return { customerId, friendId, state: 'ACCEPTED' };
  });
}

/** Ends a friendship, declines a request or takes one back. Throws NotFoundError. */
export function removeFriend(deps: AppDeps, scope: Scope, command: Command, input: FriendInput): Promise<FriendResult> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = '', friendId = ''] = await requireCustomers(tx, partiesOf(input));
    await lockRelation(tx, tx.programId, customerId, friendId);
    if (!(await deleteRelation(tx, tx.programId, customerId, friendId)))
      throw new NotFoundError('friend', ['friendId']);
    announce(tx, customerId, friendId, 'NONE');
    return { customerId, friendId, state: 'NONE' };
  });
}
