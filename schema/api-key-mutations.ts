import { createApiKey } from '#app/api-key/create.ts';
import { grantorOf } from '#app/api-key/grant.ts';
import { revokeApiKey } from '#app/api-key/revoke.ts';
import { OVERLAP_MINUTES_DEFAULT, OVERLAP_MINUTES_MAX, rotateApiKey } from '#app/api-key/rotate.ts';

import { ApiKeyRef } from './api-key.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { PermissionEnum, RoleEnum } from './permission.ts';

const readKey = ({ keyId }: { keyId: string }, _args: object, context: Context) =>
  present(context.loaders.apiKey.load(keyId));

const SECRET =
  'The secret, shown here and never again. Null on a replay: it is not stored; make another key when the first reply is lost.';

defineMutation('secretKeyCreate', {
  description: 'Makes a key for a server. Nobody can grant more than they hold: that answers FORBIDDEN.',
  permission: 'key:write',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    role: t.field({ type: RoleEnum, required: true, description: 'What it may do.' }),
    scopes: t.field({
      type: [PermissionEnum],
      description: 'A part of the role to hold; null, the default, holds all of it.',
    }),
    adjustmentMax: t.field({
      type: 'Points',
      description: 'Most points that one manual adjustment may move, from 1; null, the default, sets no limit.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends; null, the default, never.' }),
  }),
  run: ({ name, role, scopes, adjustmentMax, expiresAt }, context, command) =>
    createApiKey(context.deps, grantorOf(programOf(context)), command, {
      kind: 'SECRET',
      name,
      role,
      scopes: scopes ?? null,
      adjustmentMax: adjustmentMax ?? null,
      expiresAt: expiresAt ?? null,
    }),
  payload: (t) => ({
    apiKey: t.field({ type: ApiKeyRef, description: 'The new key.', resolve: readKey }),
    secret: t.exposeString('secret', { nullable: true, description: SECRET }),
  }),
});

defineMutation('publishableKeyCreate', {
  description: 'Makes a key that may be seen by anybody: it reads public boards and nothing else.',
  permission: 'key:write',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    allowedOrigins: t.stringList({
      required: true,
      defaultValue: [],
      description:
        'Origins from which alone it is taken, such as https://shop.example, 50 at most; empty, the default, takes it from anywhere.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends; null, the default, never.' }),
  }),
  run: ({ name, allowedOrigins, expiresAt }, context, command) =>
    createApiKey(context.deps, grantorOf(programOf(context)), command, {
      kind: 'PUBLISHABLE',
      name,
      allowedOrigins,
      expiresAt: expiresAt ?? null,
    }),
  payload: (t) => ({
    apiKey: t.field({ type: ApiKeyRef, description: 'The new key.', resolve: readKey }),
    secret: t.exposeString('secret', { nullable: true, description: SECRET }),
  }),
});

defineMutation('apiKeyRotate', {
  description:
    'Makes a key that can do the same, and lets the old one end after an overlap. Customer tokens that the old key minted live on. Nobody can rotate a key that holds more than they do: that answers FORBIDDEN. Causes caller.revoked, with the instant at which the old key ends.',
  permission: 'key:write',
  input: (t) => ({
    apiKeyId: t.id({ required: true, description: 'The old key.' }),
    overlapMinutes: t.int({
      required: true,
      defaultValue: OVERLAP_MINUTES_DEFAULT,
      description: `How long the old key is still taken, 0 to ${OVERLAP_MINUTES_MAX} minutes; a day by default. 0 ends it at once.`,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the new key ends; null for never. Left out, it lives as long as the old one was made to.',
    }),
  }),
  run: ({ apiKeyId, overlapMinutes, expiresAt }, context, command) =>
    rotateApiKey(context.deps, grantorOf(programOf(context)), command, {
      keyId: wantedUuid('ApiKey', apiKeyId, 'key', ['apiKeyId']),
      overlapMinutes,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }),
  payload: (t) => ({
    apiKey: t.field({ type: ApiKeyRef, description: 'The new key.', resolve: readKey }),
    oldApiKey: t.field({
      type: ApiKeyRef,
      description: 'The old key, with its end.',
      resolve: ({ oldKeyId }, _args, context) => present(context.loaders.apiKey.load(oldKeyId)),
    }),
    secret: t.exposeString('secret', { nullable: true, description: SECRET }),
  }),
});

defineMutation('apiKeyRevoke', {
  description:
    'Ends a key at once, with every customer token that it minted and every open socket. Other servers follow within a second. Causes caller.revoked.',
  permission: 'key:write',
  input: (t) => ({ apiKeyId: t.id({ required: true, description: 'Which key; the one that asks may name itself.' }) }),
  run: ({ apiKeyId }, context, command) =>
    revokeApiKey(context.deps, scopeOf(context), command, {
      keyId: wantedUuid('ApiKey', apiKeyId, 'key', ['apiKeyId']),
    }),
  payload: (t) => ({ apiKey: t.field({ type: ApiKeyRef, description: 'The revoked key.', resolve: readKey }) }),
});
