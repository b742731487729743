// The small language of tests that need a program: make one, act as somebody, run an operation of the real schema.
import { randomUUID } from 'node:crypto';

import { graphql, GraphQLSchema, type ExecutionResult } from 'graphql';
import { afterAll } from 'vitest';

import { createApiKey } from '#app/api-key/create.ts';
import { grantorOf } from '#app/api-key/grant.ts';
import type { Command } from '#app/mutation.ts';
import { createProgram, type ProgramCreateInput } from '#app/program/create.ts';
import type { Scope } from '#app/transaction.ts';
import {
  ANONYMOUS,
  CUSTOMER_PERMISSIONS,
  OPERATOR_PERMISSIONS,
  PUBLISHABLE_PERMISSIONS,
  ROLE_PERMISSIONS,
  type AnonymousCaller,
  type Caller,
  type CustomerCaller,
  type OperatorCaller,
  type PublishableKeyCaller,
  type Role,
  type SecretKeyCaller,
} from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import { schema } from '#schema/index.ts';
import { createLoaders } from '#schema/loaders/index.ts';
import { readConfig } from '#src/config.ts';
import { createDeps, type Deps } from '#src/deps.ts';

export const TEST_TOKEN_SECRET = 'a secret for tests, long enough to sign with';

/** Deps on a test's own database, closed after the tests of the file. Call it after `testDatabase()`. */
export function testDeps(databaseUrl: string, options: { redisUrl?: string; clock?: () => Date } = {}): Deps {
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    REDIS_URL: options.redisUrl ?? 'redis://127.0.0.1:1',
    LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET,
    LAUREL_LOG_LEVEL: 'silent',
    // A machine that is busy with other tests may be slow to connect; that is no fault of what is tested.
    LAUREL_DATABASE_WAIT_MS: '60000',
  });
  const deps = createDeps(config, options.clock);
  afterAll(() => deps.close());
  return deps;
}

/** A program as tests speak of it: ids are UUIDs, `publicId` is its outside form. */
export type TestProgram = {
  programId: string;
  publicId: string;
  /** The default spendable currency `points`. */
  currencyId: string;
  ownerKeyId: string;
  ownerSecret: string;
  scope: Scope;
};

/** A new program, by default LIVE, in UTC and EUR, with the currency `points` and an OWNER key. */
export async function aProgram(deps: Deps, overrides: Partial<ProgramCreateInput> = {}): Promise<TestProgram> {
  const input: ProgramCreateInput = { name: 'A program', timeZone: 'UTC', currency: 'EUR', mode: 'LIVE', ...overrides };
  const { programId, ownerKeyId, ownerSecret } = await createProgram(
    deps,
    'test',
    aCommand('programCreate', input),
    input,
  );
  const [currency] = await deps.reads.query<{ id: string }>('select id from point_currency where program_id = $1', [
    programId,
  ]);
  if (currency === undefined || ownerSecret === null) throw new Error('a new program has a currency and a secret');
  return {
    programId,
    publicId: publicId('Program', programId),
    currencyId: currency.id,
    ownerKeyId,
    ownerSecret,
    scope: { programId, actor: `key:${publicId('ApiKey', ownerKeyId)}` },
  };
}

/** A command of the given name with a key of its own, for calling use cases directly. */
export function aCommand(mutation: string, input: unknown, idempotencyKey: string = randomUUID()): Command {
  return { mutation, idempotencyKey, input };
}

/** The tenant's own server. */
export function asOwner(program: TestProgram): SecretKeyCaller {
  return asRole(program, 'OWNER');
}

/** A secret key of one role. It is not on record: use `aKey` where the key itself matters. */
export function asRole(program: TestProgram, role: Role, adjustmentMax: number | null = null): SecretKeyCaller {
  return {
    kind: 'SECRET_KEY',
    programId: program.programId,
    keyId: program.ownerKeyId,
    role,
    adjustmentMax,
    actor: program.scope.actor,
    permissions: new Set(ROLE_PERMISSIONS[role]),
    expiresAt: null,
  };
}

/** One customer of the program, by UUID. */
export function asCustomer(program: TestProgram, customerId: string): CustomerCaller {
  return {
    kind: 'CUSTOMER',
    programId: program.programId,
    customerId,
    keyId: program.ownerKeyId,
    providerId: null,
    actor: `customer:${publicId('Customer', customerId)}`,
    permissions: new Set(CUSTOMER_PERMISSIONS),
    expiresAt: new Date(Date.now() + 3_600_000),
  };
}

/** Anybody who read the publishable key out of a page. */
export function asPublishable(program: TestProgram): PublishableKeyCaller {
  return {
    kind: 'PUBLISHABLE_KEY',
    programId: program.programId,
    keyId: program.ownerKeyId,
    allowedOrigins: [],
    actor: program.scope.actor,
    permissions: new Set(PUBLISHABLE_PERMISSIONS),
    expiresAt: null,
  };
}

export function asOperator(): OperatorCaller {
  const keyId = randomUUID();
  return {
    kind: 'OPERATOR',
    keyId,
    actor: `operator:${publicId('OperatorKey', keyId)}`,
    permissions: new Set(OPERATOR_PERMISSIONS),
    expiresAt: null,
  };
}

export function anonymous(): AnonymousCaller {
  return ANONYMOUS;
}

/** Makes a secret key of a role on record and answers it with its secret. */
export async function aKey(deps: Deps, program: TestProgram, role: Role): Promise<{ keyId: string; secret: string }> {
  const input = { kind: 'SECRET' as const, name: `A key of ${role}`, role };
  const key = await createApiKey(deps, grantorOf(asOwner(program)), aCommand('secretKeyCreate', input), input);
  if (key.secret === null) throw new Error('a new key has a secret');
  return { keyId: key.keyId, secret: key.secret };
}

/** Whether the schema as a whole is valid is a test of its own, and not a reason for every other test to fail. */
export const trustedSchema = new GraphQLSchema({ ...schema.toConfig(), assumeValid: true });

/** Runs an operation against the real schema as the given caller, with loaders of its own, as one request does. */
export async function execute<Data = Record<string, unknown>>(
  deps: Deps,
  caller: Caller,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<ExecutionResult<Data>> {
  const contextValue = { caller, deps, requestId: randomUUID(), loaders: createLoaders(deps, caller) };
  return (await graphql({
    schema: trustedSchema,
    source: document,
    variableValues: variables,
    contextValue,
  })) as ExecutionResult<Data>;
}
