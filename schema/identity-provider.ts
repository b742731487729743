import { addIdentityProvider } from '#app/identity-provider/add.ts';
import { findIdentityProviders } from '#app/identity-provider/list.ts';
import { removeIdentityProvider } from '#app/identity-provider/remove.ts';
import { may } from '#domain/caller.ts';
import { LimitExceededError } from '#domain/errors.ts';
import type { IdentityProviderRecord } from '#storage/identity-provider-store.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';

const IdentityProviderRef = builder.objectRef<IdentityProviderRecord>('IdentityProvider');

builder.node(IdentityProviderRef, {
  description: "Where the tenant's own staff sign in. Its tokens are taken when they name issuer, audience and a role.",
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) =>
    may(context.caller, 'key:read') ? ids.map((id) => context.loaders.identityProvider.load(id)) : ids.map(() => null),
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'The claim iss of its tokens.' }),
    audience: t.exposeString('audience', { description: 'The claim aud of its tokens, or one of them.' }),
    jwksUri: t.exposeString('jwksUri', {
      nullable: true,
      description: 'Where its keys are fetched; null when they were given.',
    }),
    jwks: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'Its public keys as they were given; null when they are fetched.',
      resolve: (it) => it.jwks,
    }),
    roleClaim: t.exposeString('roleClaim', { description: 'The claim that names the role.' }),
    adjustmentMax: t.expose('adjustmentMax', {
      type: 'Points',
      nullable: true,
      description: 'Most points that one manual adjustment by its people may move; null sets no limit.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    removedAt: t.expose('removedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was removed; null when it was not.',
    }),
  }),
});

builder.queryField('identityProviders', (t) =>
  t.field({
    type: [IdentityProviderRef],
    description: 'Identity providers of the program, oldest first, at most 20. Needs key:read.',
    authScopes: { permission: 'key:read' },
    resolve: (_root, _args, context) => findIdentityProviders(context.deps, programOf(context).programId),
  }),
);

const readProvider = ({ providerId }: { providerId: string }, _args: object, context: Context) =>
  present(context.loaders.identityProvider.load(providerId));

defineMutation('identityProviderAdd', {
  description:
    'Lets staff sign in with tokens of an identity provider, signed with RS256, PS256, ES256 or EdDSA, with sub and exp. Issuer and audience together name the program: a pair can be in use once.',
  permission: 'key:write',
  errors: [LimitExceededError],
  input: (t) => ({
    issuer: t.string({ required: true, description: 'The claim iss, to the letter.' }),
    audience: t.string({ required: true, description: 'The claim aud, to the letter; best the id of the program.' }),
    jwks: t.field({ type: 'JSONObject', description: 'Its public keys, a JSON Web Key Set of 1 to 20; or jwksUri.' }),
    jwksUri: t.string({
      description: 'Public https address of its key set, which answers without a redirect; or jwks.',
    }),
    roleClaim: t.string({
      required: true,
      defaultValue: 'laurel_role',
      description: 'The claim that names one of the roles, such as DATA_ANALYST, alone or first in a list.',
    }),
    adjustmentMax: t.field({
      type: 'Points',
      description:
        'Most points that one manual adjustment by its people may move, from 1; null sets no limit. A token’s claim laurel_adjustment_max may say less.',
    }),
  }),
  run: ({ issuer, audience, jwks, jwksUri, roleClaim, adjustmentMax }, context, command) =>
    addIdentityProvider(context.deps, scopeOf(context), command, {
      issuer,
      audience,
      jwks: jwks ?? null,
      jwksUri: jwksUri ?? null,
      roleClaim,
      adjustmentMax: adjustmentMax ?? null,
    }),
  payload: (t) => ({
    identityProvider: t.field({
      type: IdentityProviderRef,
      description: 'The new identity provider.',
      resolve: readProvider,
    }),
  }),
});

defineMutation('identityProviderRemove', {
  description:
    'Ends an identity provider at once: its tokens are refused, and so are customer tokens that its people minted. Causes caller.revoked.',
  permission: 'key:write',
  input: (t) => ({ identityProviderId: t.id({ required: true, description: 'Which one.' }) }),
  run: async ({ identityProviderId }, context, command) =>
    removeIdentityProvider(context.deps, scopeOf(context), command, {
      providerId: wantedUuid('IdentityProvider', identityProviderId, 'identity provider', ['identityProviderId']),
    }),
  payload: (t) => ({
    identityProvider: t.field({
      type: IdentityProviderRef,
      description: 'The removed identity provider.',
      resolve: readProvider,
    }),
  }),
});
