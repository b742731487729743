import { randomUUID } from 'node:crypto';

import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  subscribe,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';

import { ROLES, type Caller } from '#domain/caller.ts';
import { schema } from '#schema/index.ts';
import { createLoaders } from '#schema/loaders/index.ts';
import { demandOf, meets } from '#schema/permission-matrix.ts';

import { testDatabase } from '../support/database.ts';
import {
  anonymous,
  aProgram,
  asCustomer,
  asOperator,
  asPublishable,
  asRole,
  execute,
  testDeps,
  trustedSchema,
} from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);

const SCALARS: Record<string, unknown> = {
  ID: 'cus_unknown',
  Int: 1,
  Float: 1,
  Boolean: false,
  String: 'x',
  DateTime: '2026-03-01T00:00:00Z',
  Date: '2026-03-01',
  TimeZone: 'UTC',
  Decimal: '1',
  Points: 1,
  JSONObject: {},
};

/** Some value that the type accepts: enough to reach the check of permissions, which comes before any other. */
function someValue(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return someValue(type.ofType);
  if (isListType(type)) return [someValue(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return SCALARS[type.name];
  const fields = Object.values(type.getFields());
  const given = type.isOneOf
    ? fields.slice(0, 1)
    : fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
  const values = given.map((field) => [
    field.name,
    field.name === 'idempotencyKey' ? randomUUID() : someValue(field.type),
  ]);
  return Object.fromEntries(values) as unknown;
}

function operationOf(
  kind: string,
  field: GraphQLField<unknown, unknown>,
): { document: string; variables: Record<string, unknown> } {
  const required = field.args.filter((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined);
  const declared = required.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = required.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  return {
    document: `${kind}${declared === '' ? '' : ` (${declared})`} { ${field.name}${passed === '' ? '' : `(${passed})`}${selection} }`,
    variables: Object.fromEntries(required.map(({ name, type }) => [name, someValue(type)])),
  };
}

/** Every kind of caller that there is. */
const CALLERS: Caller[] = [
  ...ROLES.map((role) => asRole(program, role)),
  asCustomer(program, deps.newId()),
  asPublishable(program),
  asOperator(),
  anonymous(),
];
const nameOf = (caller: Caller): string => ('role' in caller ? caller.role : caller.kind);

const fieldsOf = (type: GraphQLObjectType | null | undefined): [string, GraphQLField<unknown, unknown>][] =>
  Object.entries(type?.getFields() ?? {});

const codesOf = (errors: readonly { originalError?: unknown }[] | undefined): string[] =>
  (errors ?? []).map(({ originalError }) => (originalError as { code?: string } | undefined)?.code ?? 'OTHER');

describe.each([
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
] as const)('every %s', (kind, type) => {
  it.each(fieldsOf(type))('%s answers exactly those who hold its permission', async (_name, field) => {
    const demand = demandOf(field);
    expect(demand, 'declares what it asks for').not.toBeNull();
    for (const caller of CALLERS) {
      const { document, variables } = operationOf(kind, field);
      const { errors } = await execute(deps, caller, document, variables);
      const denied = codesOf(errors).some((code) => code === 'FORBIDDEN' || code === 'UNAUTHENTICATED');
      expect(denied, `${nameOf(caller)}: ${JSON.stringify(errors)}`).toBe(!meets(caller.permissions, demand));
      if (denied) expect(codesOf(errors)).toEqual([caller.kind === 'ANONYMOUS' ? 'UNAUTHENTICATED' : 'FORBIDDEN']);
    }
  });
});

describe('every subscription', () => {
  it('refuses whoever lacks its permission before anything is sent', async () => {
    for (const [name, field] of fieldsOf(schema.getSubscriptionType())) {
      const demand = demandOf(field);
      expect(demand, name).not.toBeNull();
      const strangers = CALLERS.filter(({ permissions }) => !meets(permissions, demand));
      for (const caller of strangers) {
        const { document, variables } = operationOf('subscription', field);
        const contextValue = { caller, deps, requestId: 'r', loaders: createLoaders(deps, caller) };
        const result = await subscribe({
          schema: trustedSchema,
          document: parse(document),
          variableValues: variables,
          contextValue,
        });
        expect(result, `${name} ${nameOf(caller)}`).toHaveProperty('errors');
        if ('errors' in result)
          expect(codesOf(result.errors)).toEqual([caller.kind === 'ANONYMOUS' ? 'UNAUTHENTICATED' : 'FORBIDDEN']);
      }
    }
  });
});

describe('the program as a page may see it', async () => {
  const shown = await aProgram(deps);
  const PRIVATE = ['policies { clawbackPolicy }', 'state', 'testClock', 'liveRevision', 'createdAt', 'archivedAt'];

  it.each(PRIVATE)('does not show %s to customers and pages', async (field) => {
    for (const caller of [asPublishable(shown), asCustomer(shown, deps.newId())]) {
      const { errors } = await execute(deps, caller, `{ viewer { program { ${field} } } }`);
      expect(codesOf(errors)).toEqual(['FORBIDDEN']);
    }
  });

  it('shows name, zone, mode and point currencies to them', async () => {
    for (const caller of [asPublishable(shown), asCustomer(shown, deps.newId())]) {
      const { data, errors } = await execute(
        deps,
        caller,
        '{ viewer { program { id name timeZone mode currency pointCurrencies { code } } } }',
      );
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        viewer: { program: { id: shown.publicId, mode: 'LIVE', pointCurrencies: [{ code: 'points' }] } },
      });
    }
  });
});
