import { randomBytes } from 'node:crypto';
// Redis for a test file: a numbered database of the shared server, or a small server of its own.
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { afterAll, inject } from 'vitest';

import { freePort } from '../../setup/ports.ts';
import { startRedis, type RunningRedis } from '../../setup/redis.ts';
import { Servers } from '../../setup/servers.ts';

const CLAIM_SECONDS = 900;
const CLAIMS_DATABASE = 0;

/**
 * An empty numbered database on the shared server, emptied again at the end. Call it at the top of a test file. Pub/sub
 * channels are shared by all numbered databases; a test that flushes everything, stops the server or listens on a
 * channel whose name is the same for every program takes `ownRedis`.
 */
export async function testRedis(): Promise<{ url: string }> {
  const shared = new URL(inject('redisUrl'));
  const claims = new Redis(urlOf(shared, CLAIMS_DATABASE), { maxRetriesPerRequest: 2 });
  const total = await databaseCount(claims);
  const start = Math.floor(Math.random() * total);
  for (let step = 0; step < total; step += 1) {
    const number = (start + step) % total;
    if (number === CLAIMS_DATABASE) continue;
    const claim = `laurel-test:claimed:${number}`;
    if ((await claims.set(claim, '1', 'EX', CLAIM_SECONDS, 'NX')) === null) continue;
    const url = urlOf(shared, number);
    await flush(url);
    afterAll(async () => {
      await flush(url);
      await claims.del(claim);
      claims.disconnect();
    });
    return { url };
  }
  claims.disconnect();
  throw new Error('every numbered Redis database is taken by another test file');
}

/** A Redis server of the test's own, which can be flushed, stopped, killed and brought back on the same port. */
export type OwnRedis = {
  url: string;
  /** Ends the server at once, as `kill -9` does. */
  kill: () => Promise<void>;
  /** Starts it again where it was, empty. */
  restart: () => Promise<void>;
};

/** Starts a Redis server for this file alone and stops it after the tests. Call it at the top of a test file. */
export async function ownRedis(): Promise<OwnRedis> {
  const servers = new Servers();
  const binary = { file: inject('redisFile'), env: inject('redisEnv') };
  const folder = join(inject('testFolder'), `redis-${randomBytes(4).toString('hex')}`);
  const port = await freePort();
  const start = (): Promise<RunningRedis> =>
    startRedis({ servers, binary, folder, durable: false, databases: 16, port });
  let running = await start();
  afterAll(() => servers.stopAll());
  return {
    url: running.url(),
    kill: () => servers.stop(running.server, 'SIGKILL'),
    restart: async () => {
      await servers.stop(running.server, 'SIGKILL');
      running = await start();
    },
  };
}

function urlOf(shared: URL, database: number): string {
  const url = new URL(shared);
  url.pathname = `/${database}`;
  return url.href;
}

async function databaseCount(client: Redis): Promise<number> {
  const [, count] = (await client.config('GET', 'databases').catch(() => [])) as string[];
  return Number(count ?? 16);
}

async function flush(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushdb();
  client.disconnect();
}
