// The API in this process, on the small schema or the real one, with its stores.
import { afterAll } from 'vitest';

import type { SecretKeyCaller } from '#domain/caller.ts';
import { readConfig } from '#src/config.ts';
import { createDeps, type Deps } from '#src/deps.ts';
import { createServer, type LaurelServer, type ServerOptions } from '#src/server.ts';

import { testDatabase } from '../support/database.ts';
import { testRedis } from '../support/redis.ts';
import { smallSchema } from './small-schema.ts';

export type Laurel = { url: string; wsUrl: string; port: number; server: LaurelServer; deps: Deps };

/** A key that the caller cache knows without the record, so that tests of the way in need no program. */
export const KEY = 'lsk_of_these_tests';

const keyCaller: SecretKeyCaller = {
  kind: 'SECRET_KEY',
  programId: '00000000-0000-7000-8000-000000000001',
  keyId: '00000000-0000-7000-8000-000000000002',
  role: 'OWNER',
  actor: 'key:test',
  permissions: new Set(),
  expiresAt: null,
  adjustmentMax: null,
};

/** Opens the stores once a file. */
export async function openDeps(environment: Record<string, string> = {}): Promise<Deps> {
  const { url: databaseUrl } = await testDatabase();
  const { url: redisUrl } = await testRedis();
  const deps = createDeps(
    readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      LAUREL_TOKEN_SECRET: 'a secret of these tests, long enough',
      LAUREL_LOG_LEVEL: 'silent',
      LAUREL_DATABASE_WAIT_MS: '60000',
      LAUREL_ALLOWED_ORIGINS: 'https://shop.example',
      ...environment,
    }),
  );
  afterAll(() => deps.close());
  const remember = deps.callers.remember.bind(deps.callers);
  deps.callers.remember = (bearer, identify) =>
    bearer === KEY ? Promise.resolve(keyCaller) : remember(bearer, identify);
  return deps;
}

/** Starts a server on the given stores; it stops after the file's tests. */
export async function startLaurel(deps: Deps, options: Partial<ServerOptions> = {}): Promise<Laurel> {
  const server = createServer(deps, { schema: smallSchema, ...options });
  const port = await server.listen(0, '127.0.0.1');
  afterAll(() => server.close());
  return { url: `http://127.0.0.1:${port}/graphql`, wsUrl: `ws://127.0.0.1:${port}/graphql`, port, server, deps };
}

/** Sends an operation as most clients do. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
