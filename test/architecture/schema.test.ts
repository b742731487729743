import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  GraphQLBoolean,
  GraphQLInputObjectType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
} from 'graphql';
import { describe, expect, test } from 'vitest';

import { generatedFiles } from '#schema/generated-files.ts';
import { publicSchema, schema } from '#schema/index.ts';

import { ROOT } from './tree.ts';

/** Types that Relay and GraphQL themselves describe. */
const STANDARD = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

/** Every element without a description, as `Type.field(argument)`. */
function undescribed(of: GraphQLSchema): string[] {
  return Object.values(of.getTypeMap()).flatMap((type) =>
    type.name.startsWith('__') || STANDARD.has(type.name) ? [] : undescribedIn(type),
  );
}

function undescribedIn(type: GraphQLNamedType): string[] {
  return [...(says(type) ? [] : [type.name]), ...undescribedParts(type)];
}

function undescribedParts(type: GraphQLNamedType): string[] {
  if (isEnumType(type))
    return type
      .getValues()
      .filter((value) => !says(value))
      .map((value) => `${type.name}.${value.name}`);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields())
      .filter((field) => !says(field))
      .map((field) => `${type.name}.${field.name}`);
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    ...(says(field) ? [] : [`${type.name}.${field.name}`]),
    ...field.args
      .filter((argument) => !says(argument))
      .map((argument) => `${type.name}.${field.name}(${argument.name})`),
  ]);
}

function says(element: { description?: string | null | undefined }): boolean {
  return (element.description ?? '').trim() !== '';
}

type Root = GraphQLObjectType | null | undefined;

/** Root fields that do not say who may use them. */
function withoutPermission(root: Root): string[] {
  return Object.values(root?.getFields() ?? {})
    .filter((field) => {
      const options = field.extensions.pothosOptions as { authScopes?: unknown } | undefined;
      return options?.authScopes === undefined;
    })
    .map((field) => field.name);
}

/** Mutations that do not have the one shape: `name(input: { idempotencyKey: String! }): Payload | UserError…`. */
function withoutIdempotency(root: Root): string[] {
  return Object.values(root?.getFields() ?? {})
    .filter((field) => {
      const [argument] = field.args;
      const input = argument === undefined ? undefined : getNamedType(argument.type);
      const key = isInputObjectType(input) ? input.getFields().idempotencyKey : undefined;
      const result = getNamedType(field.type);
      const payload = isUnionType(result) ? result.getTypes().find((type) => type.name.endsWith('Payload')) : undefined;
      return !(key !== undefined && isNonNullType(key.type)) || payload?.getFields().replayed === undefined;
    })
    .map((field) => field.name);
}

describe('the schema', () => {
  test('is as printed: both SDL files, the permission matrix and the typed operations are up to date', async () => {
    for (const [path, content] of await generatedFiles()) {
      const file = join(ROOT, path);
      expect(existsSync(file) ? readFileSync(file, 'utf8') : 'missing', `${path}: run npm run codegen`).toBe(content);
    }
  });

  test('describes every type, field, argument, input field and enum value', () => {
    expect(undescribed(schema)).toEqual([]);
    expect(undescribed(publicSchema)).toEqual([]);
  });

  test('asks a permission for every query, mutation and subscription', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    expect(roots.flatMap((root) => withoutPermission(root))).toEqual([]);
  });

  test('takes an idempotency key on every mutation and tells a replay', () => {
    expect(withoutIdempotency(schema.getMutationType())).toEqual([]);
  });

  test('shows customers and partners nothing that only the full graph has', () => {
    for (const [name, type] of Object.entries(publicSchema.getTypeMap())) {
      const full = schema.getType(name);
      expect(full, name).toBeDefined();
      if (isObjectType(type) && isObjectType(full)) {
        expect(Object.keys(type.getFields()).filter((field) => !(field in full.getFields()))).toEqual([]);
      }
    }
  });
});

describe('each of these rules', () => {
  const bare = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { open: { type: GraphQLString, args: { all: { type: GraphQLBoolean } } } },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        spend: {
          type: GraphQLString,
          args: {
            input: {
              type: new GraphQLInputObjectType({ name: 'SpendInput', fields: { amount: { type: GraphQLString } } }),
            },
          },
        },
      },
    }),
  });

  test('would notice a bare element', () => {
    expect(undescribed(bare)).toEqual(
      expect.arrayContaining(['Query', 'Query.open', 'Query.open(all)', 'SpendInput.amount']),
    );
  });

  test('would notice an open field and a mutation without a key', () => {
    expect(withoutPermission(bare.getQueryType())).toEqual(['open']);
    expect(withoutIdempotency(bare.getMutationType())).toEqual(['spend']);
  });
});
