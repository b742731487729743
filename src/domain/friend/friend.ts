import { InvalidInputError, LimitExceededError, StateConflictError } from '../errors.ts';

/** Friendship is mutual: one asks, the other accepts. */
export type FriendState = 'REQUESTED' | 'ACCEPTED';

/** Most friends and open requests of one customer, both together: a window over friends reads them all. */
export const FRIENDS_MAX = 500;

/** What two customers are to each other: nothing, friends, or one has asked the other. */
export type Relation = { kind: 'NONE' } | { kind: 'FRIENDS' } | { kind: 'REQUESTED'; by: string };

/** What asking does: a request, or friendship where the other has asked before. Throws a refusal. */
export function decideRequest(
  customerId: string,
  friendId: string,
  relation: Relation,
  counts: { own: number; other: number },
): FriendState {
  if (customerId === friendId) throw new InvalidInputError('Nobody is a friend of themselves.', ['friendId']);
  if (relation.kind === 'FRIENDS')
    throw new StateConflictError('The two are friends already.', 'FRIENDS', ['friendId']);
  if (relation.kind === 'REQUESTED' && relation.by === customerId)
    throw new StateConflictError('This was asked already.', 'REQUESTED', ['friendId']);
  assertRoom(counts);
  return relation.kind === 'REQUESTED' ? 'ACCEPTED' : 'REQUESTED';
}

/** Whether a request is open that the customer can accept. Throws StateConflictError, LimitExceededError. */
export function assertMayAccept(friendId: string, relation: Relation, counts: { own: number; other: number }): void {
  if (relation.kind !== 'REQUESTED' || relation.by !== friendId)
    throw new StateConflictError('There is no open request of this customer.', 'NOT_REQUESTED', ['friendId']);
  assertRoom(counts);
}

function assertRoom({ own, other }: { own: number; other: number }): void {
  if (own < FRIENDS_MAX && other < FRIENDS_MAX) return;
  throw new LimitExceededError(`A customer has at most ${FRIENDS_MAX} friends and open requests.`, FRIENDS_MAX, null, [
    'friendId',
  ]);
}
