// The two stores of a run: those that the environment names, checked, or the checkout's own, started.
import { join } from 'node:path';

import { checkDatabase, checkRedis, given } from './given.ts';
import { claimData, LAUREL_FOLDER } from './laurel-folder.ts';
import { startPostgres } from './postgres.ts';
import { redisBinary, startRedis } from './redis.ts';
import type { RunningServer, Servers } from './servers.ts';
import { step } from './steps.mjs';

const DATABASE = 'laurel';
const REDIS_DATABASES = 16;

export type Stores = {
  databaseUrl: string;
  redisUrl: string;
  /** The servers that were started for this run. */
  own: readonly RunningServer[];
  /** Gives the checkout's data back, once the servers are down. */
  release: () => void;
};

/** Brings both stores up, or says in one line what stands in the way. */
export async function bringUpStores(servers: Servers, signal: AbortSignal): Promise<Stores> {
  const named = { databaseUrl: given('DATABASE_URL'), redisUrl: given('REDIS_URL') };
  const release = named.databaseUrl === undefined || named.redisUrl === undefined ? claimData() : () => {};
  const own: RunningServer[] = [];
  try {
    // What is given is checked first: a wrong address is told before anything is started.
    const givenRedis = named.redisUrl;
    if (givenRedis !== undefined) await step('Checking Redis', () => checkRedis(givenRedis), String);
    const databaseUrl = named.databaseUrl ?? (await ownPostgres(servers, own, signal));
    await step('Checking the database', () => checkDatabase(databaseUrl), String);
    const redisUrl = givenRedis ?? (await ownRedis(servers, own, signal));
    return { databaseUrl, redisUrl, own, release };
  } catch (error) {
    await servers.stopAll();
    release();
    throw error;
  }
}

async function ownPostgres(servers: Servers, own: RunningServer[], signal: AbortSignal): Promise<string> {
  const postgres = await step(
    'Starting PostgreSQL',
    () => startPostgres({ servers, folder: join(LAUREL_FOLDER, 'postgres'), durable: true, signal }),
    ({ port, moved }) => `port ${port}${moved === undefined ? '' : `, data in ${moved}`}`,
  );
  own.push(postgres.server);
  return postgres.url(DATABASE);
}

async function ownRedis(servers: Servers, own: RunningServer[], signal: AbortSignal): Promise<string> {
  const redis = await step(
    'Starting Redis',
    async (progress) => {
      const binary = await redisBinary(join(LAUREL_FOLDER, 'redis-server'), progress, signal);
      const folder = join(LAUREL_FOLDER, 'redis');
      return startRedis({ servers, binary, folder, durable: true, databases: REDIS_DATABASES });
    },
    ({ port }) => `port ${port}`,
  );
  own.push(redis.server);
  return redis.url();
}
