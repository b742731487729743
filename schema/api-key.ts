import { findApiKeyPage } from '#app/api-key/list.ts';
import { grantedPermissions, may, PUBLISHABLE_PERMISSIONS } from '#domain/caller.ts';
import { apiKeyStateAt, type ApiKeyRecord, type ApiKeyState } from '#storage/api-key-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';
import { PermissionEnum, RoleEnum } from './permission.ts';

const ApiKeyKind = builder.enumType('ApiKeyKind', {
  description: 'Where a key may be kept.',
  values: {
    SECRET: { description: 'On a server alone; begins with lsk_.' },
    PUBLISHABLE: { description: 'In pages and apps, where anybody can read it; begins with lpk_.' },
  } satisfies Record<ApiKeyRecord['kind'], object>,
});

const ApiKeyStateEnum = builder.enumType('ApiKeyState', {
  description: 'Whether a key is taken.',
  values: {
    ACTIVE: { description: 'It is taken.' },
    EXPIRED: { description: 'Its time is over, by its own date or after a rotation.' },
    REVOKED: { description: 'It was revoked.' },
  } satisfies Record<ApiKeyState, object>,
});

export const ApiKeyRef = builder.objectRef<ApiKeyRecord>('ApiKey');

builder.node(ApiKeyRef, {
  description: 'A key of the program. Its secret was shown once, when it was made, and is on record nowhere.',
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) =>
    may(context.caller, 'key:read') ? ids.map((id) => context.loaders.apiKey.load(id)) : ids.map(() => null),
  fields: (t) => ({
    kind: t.field({ type: ApiKeyKind, description: 'Where it may be kept.', resolve: (it) => it.kind }),
    state: t.field({
      type: ApiKeyStateEnum,
      description: 'Whether it is taken now.',
      resolve: (it, _args, context) => apiKeyStateAt(it, context.deps.clock()),
    }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    prefix: t.exposeString('prefix', {
      description: 'The first twelve characters of its secret, to tell keys apart by.',
    }),
    role: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'Its role; null on a publishable key.',
      resolve: (it) => it.role,
    }),
    scopes: t.field({
      type: [PermissionEnum],
      nullable: true,
      description: 'The part of the role that it holds; null holds all of it.',
      resolve: (it) => (it.scopes === null ? null : [...it.scopes]),
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description: 'What it may do: its role, narrowed by its scopes.',
      resolve: (it) => (it.role === null ? [...PUBLISHABLE_PERMISSIONS] : [...grantedPermissions(it.role, it.scopes)]),
    }),
    adjustmentMax: t.expose('adjustmentMax', {
      type: 'Points',
      nullable: true,
      description: 'Most points that one manual adjustment with it may move; null sets no limit.',
    }),
    allowedOrigins: t.field({
      type: ['String'],
      description: 'Origins from which a publishable key is taken; empty takes it from anywhere.',
      resolve: (it) => [...it.allowedOrigins],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.exposeString('createdBy', { description: 'Who made it, such as key:key_01….' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends by itself; null when it does not.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null when it was not.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'About when it was last used, noted once a minute at most; null when never.',
    }),
    rotatedTo: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key that took its place; null when none did.',
      resolve: (it, _args, context) => (it.rotatedTo === null ? null : context.loaders.apiKey.load(it.rotatedTo)),
    }),
  }),
});

const ApiKeyWhere = builder.inputType('ApiKeyWhere', {
  description: 'Which keys; all parts must hold.',
  fields: (t) => ({
    kind: t.field({ type: ApiKeyKind, description: 'Of this kind; left out, of any.' }),
    state: t.field({ type: ApiKeyStateEnum, description: 'In this state now; left out, in any.' }),
  }),
});

const ApiKeyConnection = connectionType('ApiKey', ApiKeyRef);

builder.queryField('apiKeys', (t) =>
  t.field({
    type: ApiKeyConnection,
    description: 'Keys of the program, newest first. Needs key:read.',
    authScopes: { permission: 'key:read' },
    args: { ...pageArgs, where: t.arg({ type: ApiKeyWhere, description: 'Which ones.' }) },
    resolve: async (_root, { where, ...args }, context) => {
      const filter = { kind: where?.kind ?? null, state: where?.state ?? null };
      const page = readPage(args, ['apiKeys', filter], isEmptyKey);
      const rows = await findApiKeyPage(context.deps, programOf(context).programId, filter, page);
      return connectionOf(rows, page, ({ id }) => ({ key: '', id }));
    },
  }),
);
