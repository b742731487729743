import { acceptFriend, removeFriend, requestFriend } from '#app/friend/change.ts';
import { FRIENDS_MAX } from '#domain/friend/friend.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { FriendRow } from '#storage/friend-store.ts';

import { actingCustomer } from './acting-customer.ts';
import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { defineMutation, type Inputs } from './mutation.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const FriendStandingEnum = builder.enumType('FriendStanding', {
  description: 'How far a friendship is, as one of the two sees it.',
  ...publicSurface,
  values: {
    REQUESTED: { description: 'The customer has asked; the other has not answered.' },
    ASKED: { description: 'The other has asked; the customer has not answered.' },
    ACCEPTED: { description: 'The two are friends.' },
  } satisfies Record<FriendRow['standing'], object>,
});

const FriendRef = builder.objectRef<FriendRow>('Friend').implement({
  description: 'Somebody who is a friend of a customer, or whom a request is open with.',
  ...publicSurface,
  fields: (t) => ({
    customerId: t.id({ description: 'The other one, cus_….', resolve: (it) => publicId('Customer', it.friendId) }),
    displayName: t.string({
      nullable: true,
      description: 'The name or alias by which others know the customer; null when there is none to show.',
      resolve: (it, _args, context) => context.deps.displayNames.of(programOf(context).programId, it.friendId),
    }),
    standing: t.field({
      type: FriendStandingEnum,
      description: 'How far the friendship is.',
      resolve: (it) => it.standing,
    }),
    since: t.expose('since', { type: 'DateTime', description: 'When it came to this.' }),
  }),
});

builder.objectField(CustomerRef, 'friends', (t) =>
  t.field({
    type: [FriendRef],
    ...publicSurface,
    description: `Friends and open requests, the latest first; at most ${FRIENDS_MAX} that the customer made. Needs customer:read, or self:read for one’s own.`,
    authScopes: { permission: ['customer:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.friends.load(id))],
  }),
);

const inputOf = (t: Inputs) => ({
  customerId: t.id({ description: 'Whose friend, cus_…; a customer token leaves it out and means its own.' }),
  friendId: t.id({ required: true, description: 'The other one, cus_….' }),
});

type Given = { customerId?: string | number | null | undefined; friendId: string | number };

/** A customer's token acts for its own customer. Throws a top-level error for another one. */
function partiesOf({ customerId, friendId }: Given, context: Context) {
  const customer = actingCustomer(context, customerId, 'A customer token makes its own friends only.');
  return { customer, friend: { id: uuidOf('Customer', String(friendId)), externalId: null } };
}

const OWN = ['team:write', 'self:social'] as const;
const EVENT = 'Causes friend.changed.';

defineMutation('friendRequest', {
  description: `Asks somebody to be a friend; where that one has asked before, the two are friends at once. A customer has at most ${FRIENDS_MAX} friends and requests. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: inputOf,
  run: (input, context, command) => requestFriend(context.deps, scopeOf(context), command, partiesOf(input, context)),
  payload: (t) => ({
    accepted: t.boolean({ description: 'Whether the two are friends now.', resolve: (it) => it.state === 'ACCEPTED' }),
  }),
});

defineMutation('friendAccept', {
  description: `Accepts a request: \`friendId\` is who asked. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: inputOf,
  run: (input, context, command) => acceptFriend(context.deps, scopeOf(context), command, partiesOf(input, context)),
  payload: (t) => ({
    accepted: t.boolean({ description: 'Whether the two are friends now.', resolve: (it) => it.state === 'ACCEPTED' }),
  }),
});

defineMutation('friendRemove', {
  description: `Ends a friendship, declines a request or takes one back. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: inputOf,
  run: (input, context, command) => removeFriend(context.deps, scopeOf(context), command, partiesOf(input, context)),
  payload: (t) => ({
    friendId: t.id({
      description: 'Who is no friend any more, cus_….',
      resolve: (it) => publicId('Customer', it.friendId),
    }),
  }),
});
