import { mintCustomerToken, type Minter } from '#app/customer-token/mint.ts';
import { revokeCustomerTokens } from '#app/customer-token/revoke-all.ts';
import type { ProgramCaller } from '#domain/caller.ts';
import { ForbiddenError, InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { programOf, scopeOf } from './context.ts';
import { wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';

/** The token names its minter and ends with them. Neither a customer nor a publishable key holds token:mint. */
function minterOf(caller: ProgramCaller): Minter {
  const { programId, actor } = caller;
  if (caller.kind === 'SECRET_KEY') return { programId, actor, keyId: caller.keyId, providerId: null };
  if (caller.kind === 'STAFF') return { programId, actor, keyId: null, providerId: caller.providerId };
  throw new ForbiddenError('Tokens are minted by secret keys and by staff.');
}

function customerOf(customerId: string | number | null | undefined, externalId: string | null | undefined) {
  const hasId = customerId !== null && customerId !== undefined;
  const hasExternalId = externalId !== null && externalId !== undefined;
  if (hasId === hasExternalId) throw new InvalidInputError('Give customerId or externalId, not both.', ['customerId']);
  return hasId
    ? { id: wantedUuid('Customer', customerId, 'customer', ['customerId']) }
    : { externalId: externalId ?? '' };
}

defineMutation('customerTokenMint', {
  description:
    'Mints a token with which one customer reads what is their own and reports activities. It ends by itself, with the key that minted it, and when the customer is blocked. A replay answers the same token.',
  permission: 'token:mint',
  input: (t) => ({
    customerId: t.id({ description: 'For whom; or externalId.' }),
    externalId: t.string({ description: "For whom, by the tenant's own id; or customerId." }),
    ttlSeconds: t.int({
      required: true,
      defaultValue: 3_600,
      description: 'How long it lives, 60 to 86,400 seconds; an hour by default.',
    }),
  }),
  run: async ({ customerId, externalId, ttlSeconds }, context, command) =>
    mintCustomerToken(context.deps, minterOf(programOf(context)), command, {
      customer: customerOf(customerId, externalId),
      ttlSeconds,
    }),
  payload: (t) => ({
    customerId: t.id({ description: 'For whom.', resolve: ({ customerId }) => publicId('Customer', customerId) }),
    token: t.exposeString('token', { description: 'Sent in the authorization header after Bearer.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
  }),
});

defineMutation('customerTokensRevoke', {
  description: 'Ends all tokens of one customer at once, and the sockets that hold one. Causes caller.revoked.',
  permission: 'token:mint',
  input: (t) => ({ customerId: t.id({ required: true, description: 'Whose tokens.' }) }),
  run: async ({ customerId }, context, command) =>
    revokeCustomerTokens(context.deps, scopeOf(context), command, {
      customerId: wantedUuid('Customer', customerId, 'customer', ['customerId']),
    }),
  payload: (t) => ({
    customerId: t.id({
      description: 'Whose tokens ended.',
      resolve: ({ customerId }) => publicId('Customer', customerId),
    }),
  }),
});
