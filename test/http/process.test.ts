import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';
import { describe, expect, it } from 'vitest';

import { createProgram } from '#app/program/create.ts';
import { readConfig } from '#src/config.ts';
import { createDeps } from '#src/deps.ts';

import { testDatabase } from '../support/database.ts';
import { ownRedis } from '../support/redis.ts';
import { ownPostgres, startApp, type RunningApp } from '../support/services.ts';
import { connect } from './socket-client.ts';

const SECRET = 'a secret of these tests, long enough';
const ENV = { LAUREL_TOKEN_SECRET: SECRET, LAUREL_LOG_LEVEL: 'info' };
const redis = await ownRedis();

/** A program in that database, by its owner's key. */
async function ownerKey(databaseUrl: string): Promise<string> {
  const deps = createDeps(
    readConfig({ ...ENV, DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LAUREL_LOG_LEVEL: 'silent' }),
  );
  try {
    const command = { mutation: 'programCreate', idempotencyKey: 'test', input: {} };
    const input = { name: 'Test', timeZone: 'UTC', currency: 'EUR', mode: 'LIVE' as const };
    return (await createProgram(deps, 'operator:test', command, input)).ownerSecret ?? '';
  } finally {
    await deps.close();
  }
}

function ask({ url }: RunningApp, key: string, query: string): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query }),
  });
}

/** Fewer than a process has connections to the database, so that all of them can be seen to wait there. */
const IN_FLIGHT = 8;

/** Sends requests that read customers, and comes back when the server has begun all of them and none can end before `release`. */
async function heldUp<Answer>(
  databaseUrl: string,
  send: () => Answer[],
): Promise<{ pending: Answer[]; release: () => void }> {
  const holder = new Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin; lock table customer in access exclusive mode');
  const pending = send();
  const waiting = `select count(*)::int as waiting from pg_locks where not granted and relation = 'customer'::regclass`;
  await expect
    .poll(async () => (await holder.query<{ waiting: number }>(waiting)).rows, { timeout: 30_000 })
    .toEqual([{ waiting: IN_FLIGHT }]);
  return { pending, release: () => void holder.query('commit').then(() => holder.end()) };
}

const CUSTOMERS = '{ customers(first: 1) { nodes { id } } }';

describe('the process', () => {
  it('ends on SIGTERM with 0: what is in flight is answered, sockets are told to come back', async () => {
    const { url: databaseUrl } = await testDatabase();
    const key = await ownerKey(databaseUrl);
    const app = await startApp({ databaseUrl, redisUrl: redis.url, env: ENV });
    const client = await connect(`${app.url.replace('http', 'ws')}/graphql`, `Bearer ${key}`);
    const answers = await heldUp(databaseUrl, () => Array.from({ length: IN_FLIGHT }, () => ask(app, key, CUSTOMERS)));
    const began = Date.now();
    const stopped = app.stop();
    answers.release();
    const statuses = (await Promise.all(answers.pending)).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: IN_FLIGHT }, () => 200));
    expect(await client.closed).toBe(1001);
    expect(await stopped).toBe(0);
    expect(Date.now() - began).toBeLessThan(40_000);
    expect(app.log()).toContain('"stopped"');
    expect(app.log()).not.toContain(key);
  });

  it('as a worker tells how it is, and has no graph', async () => {
    const { url: databaseUrl } = await testDatabase();
    const app = await startApp({ databaseUrl, redisUrl: redis.url, env: ENV, args: ['--role', 'worker'] });
    expect((await fetch(`${app.url}/metrics`)).status).toBe(200);
    expect((await ask(app, 'x', '{ __typename }')).status).toBe(404);
    expect(await app.stop()).toBe(0);
  });

  it('lives on without its stores, says so with typed errors, and goes on when they are back', async () => {
    const postgres = await ownPostgres();
    const key = await ownerKey(postgres.url);
    const app = await startApp({ databaseUrl: postgres.url, redisUrl: redis.url, env: ENV });
    expect((await ask(app, key, CUSTOMERS)).status).toBe(200);

    await redis.kill();
    await expect
      .poll(async () => (await (await fetch(`${app.url}/readyz`)).json()) as object, { timeout: 20_000 })
      .toMatchObject({ status: 'ready', redis: 'away' });
    const began = Date.now();
    expect((await ask(app, key, CUSTOMERS)).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(30_000);
    await redis.restart();

    await postgres.kill();
    // The key was checked within the last second at first, and cannot be checked later; both are typed.
    for (let round = 0; round < 3; round += 1) {
      const response = await ask(app, key, CUSTOMERS);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }],
      });
      await sleep(600);
    }
    expect((await fetch(`${app.url}/livez`)).status).toBe(200);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(503);
  });
});
