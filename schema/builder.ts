import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import SubGraphPlugin from '@pothos/plugin-sub-graph';
import { isObjectType, type GraphQLNamedType } from 'graphql';

import { may, PERMISSIONS, type Permission } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';
import { parsePublicId, publicId, type IdType } from '#domain/ids.ts';
import type { PrismaClient } from '#prisma';

import type PrismaTypes from '../prisma/generated/pothos.ts';
import { getDatamodel } from '../prisma/generated/pothos.ts';
import type { Context } from './context.ts';
import { nodeIdPlugin } from './node-id-plugin.ts';
import { permissionPlugin } from './permission-plugin.ts';

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
    BoardVersion: { Input: number; Output: number };
  };
};

/** Who may ask for a node at all; the loader of each type decides who gets that type, and answers null to others. */
const NODE_READERS = PERMISSIONS.filter((permission) => permission.endsWith(':read'));

const isNodeType = (type: GraphQLNamedType | undefined): boolean =>
  isObjectType(type) && type.getInterfaces().some((implemented) => implemented.name === 'Node');

/** Plugins and the type map; it defines no types. */
export const builder = new SchemaBuilder<SchemaTypes>({
  defaultFieldNullability: false,
  plugins: [ErrorsPlugin, permissionPlugin, RelayPlugin, PrismaPlugin, SubGraphPlugin, nodeIdPlugin],
  prisma: {
    client: (context: Context): PrismaClient => context.deps.prisma,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    idFieldOptions: { description: 'Global id: its prefix tells the type. Opaque otherwise.' },
    nodeTypeOptions: { description: 'Anything with a global id.', subGraphs: ['Public'] },
    nodeQueryOptions: {
      description:
        'Anything by its global id; null for what is missing, malformed, of another program or not for this caller.',
      subGraphs: ['Public'],
      authScopes: { permission: NODE_READERS },
      args: { id: { description: 'Global id of any type.' } },
      resolve: (_root, { id }, _context, info, resolveNode) =>
        isNodeType(info.schema.getType(id.typename)) ? resolveNode(id) : null,
    },
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: 'Where a page stands in its list.', subGraphs: ['Public'] },
    hasNextPageFieldOptions: { description: 'Whether more follows this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether something precedes this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first item; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last item; null on an empty page.' },
    encodeGlobalID: (typename, id) => publicId(typename as IdType, String(id)),
    decodeGlobalID: (id) => {
      const parsed = parsePublicId(id);
      return parsed === null ? { typename: 'Unknown', id } : { typename: parsed.type, id: parsed.uuid };
    },
  },
  scopeAuth: {
    authScopes: (context) => ({
      permission: (wanted) =>
        (typeof wanted === 'string' ? [wanted] : wanted).some((permission) => may(context.caller, permission)),
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

builder.queryType({
  description: 'Reads. Every field says which permission it needs.',
  subGraphs: ['Public'],
  defaultSubGraphsForFields: [],
});
builder.mutationType({
  description: 'Writes: one mutation a business action, each with an idempotency key and a union of typed refusals.',
  subGraphs: ['Public'],
  defaultSubGraphsForFields: [],
});
builder.subscriptionType({
  description: 'Live streams: first a snapshot, then what changes.',
  subGraphs: ['Public'],
  defaultSubGraphsForFields: [],
});
