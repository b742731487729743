import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import SubGraphPlugin from '@pothos/plugin-sub-graph';
import type { PrismaClient } from '#prisma';
import { may, type Permission } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';
import { parsePublicId, publicId, type IdType } from '#domain/ids.ts';
import type PrismaTypes from '../prisma/generated/pothos.ts';
import { getDatamodel } from '../prisma/generated/pothos.ts';
import type { Context } from './context.ts';

/** The part of the graph that customers' widgets and partners may rely on; a type or root field joins it by name. */
export type SubGraph = 'Public';

export type SchemaTypes = {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  SubGraphs: SubGraph;
  AuthScopes: {
    /** The caller holds this permission, or any one of these. */
    permission: Permission | readonly Permission[];
    /** Anybody, without proving who they are. Written out, so that no field is open by forgetting. */
    open: boolean;
  };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    Date: { Input: string; Output: string | Date };
    TimeZone: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    Points: { Input: number; Output: number | bigint };
    JSONObject: { Input: Record<string, unknown>; Output: unknown };
  };
};

/** Plugins and the type map; it defines no types. */
export const builder = new SchemaBuilder<SchemaTypes>({
  defaultFieldNullability: false,
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, PrismaPlugin, SubGraphPlugin],
  prisma: {
    client: (context: Context): PrismaClient => context.deps.prisma,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    encodeGlobalID: (typename, id) => publicId(typename as IdType, String(id)),
    decodeGlobalID: (id) => {
      const parsed = parsePublicId(id);
      return parsed === null ? { typename: 'Unknown', id } : { typename: parsed.type, id: parsed.uuid };
    },
  },
  scopeAuth: {
    authScopes: (context) => ({
      permission: (wanted) => (typeof wanted === 'string' ? [wanted] : wanted).some((permission) => may(context.caller, permission)),
      open: (isOpen) => isOpen,
    }),
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, context) =>
      context.caller.kind === 'ANONYMOUS'
        ? new UnauthenticatedError('Send a key or a token in the authorization header.')
        : new ForbiddenError('This key or token does not permit that.'),
  },
  errors: { directResult: true, defaultUnionOptions: { subGraphs: ['Public'] } },
  subGraphs: { defaultForTypes: [], fieldsInheritFromTypes: true },
});

builder.queryType({ description: 'Reads. Every field says which permission it needs.', subGraphs: ['Public'], defaultSubGraphsForFields: [] });
builder.mutationType({
  description: 'Writes: one mutation a business action, each with an idempotency key and a union of typed refusals.',
  subGraphs: ['Public'],
  defaultSubGraphsForFields: [],
});
builder.subscriptionType({ description: 'Live streams: first a snapshot, then what changes.', subGraphs: ['Public'], defaultSubGraphsForFields: [] });
