// PostgreSQL and Redis for tests: the ones named in the environment, or throw-away ones of this run.
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { removeWithMoved } from './postgres-place.ts';
import { startPostgres } from './postgres.ts';
import { isAlive } from './processes.ts';
import type { RedisBinary } from './redis-binary.ts';
import { redisBinary, startRedis } from './redis.ts';
import { Servers } from './servers.ts';
import { SetupError, step } from './steps.mjs';
import { ensureTemplate } from './template.ts';

const LAUREL_FOLDER = resolve(import.meta.dirname, '..', '.laurel');
const REDIS_DATABASES = 512;

export type TestServices = {
  /** A database on the server for tests from which others may be created. */
  adminUrl: string;
  /** The migrated database to clone. */
  template: string;
  redisUrl: string;
  /** For tests that need a Redis or PostgreSQL of their own. */
  redis: RedisBinary;
  /** Where tests may keep the data of servers of their own; removed with the run. */
  folder: string;
  stop: () => Promise<void>;
};

/** Starts what tests need, or uses what the environment names, and makes the template database. */
export async function startTestServices(): Promise<TestServices> {
  const folder = join(LAUREL_FOLDER, 'test', String(process.pid));
  removeDeadRuns();
  mkdirSync(folder, { recursive: true });
  const given = givenServices();
  const servers = new Servers();
  try {
    const binary = await step(
      'Looking for a Redis server',
      (progress) => redisBinary(join(LAUREL_FOLDER, 'redis-server'), progress),
      ({ file }) => file,
    );
    const urls =
      given ?? (await step('Starting PostgreSQL and Redis for the tests', () => startOwn(servers, folder, binary)));
    const template = await step(
      'Preparing the template database',
      () => ensureTemplate(urls.adminUrl),
      (name) => name,
    );
    return {
      ...urls,
      template,
      redis: binary,
      folder,
      stop: async () => {
        await servers.stopAll();
        removeWithMoved(folder);
      },
    };
  } catch (error) {
    await servers.stopAll();
    removeWithMoved(folder);
    throw error;
  }
}

async function startOwn(
  servers: Servers,
  folder: string,
  binary: RedisBinary,
): Promise<{ adminUrl: string; redisUrl: string }> {
  const [postgres, redis] = await Promise.all([
    startPostgres({ servers, folder: join(folder, 'postgres'), durable: false }),
    startRedis({ servers, binary, folder: join(folder, 'redis'), durable: false, databases: REDIS_DATABASES }),
  ]);
  return { adminUrl: postgres.url('postgres'), redisUrl: redis.url() };
}

function givenServices(): { adminUrl: string; redisUrl: string } | undefined {
  const adminUrl = process.env.LAUREL_TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  const redisUrl = process.env.LAUREL_TEST_REDIS_URL ?? process.env.REDIS_URL;
  if (adminUrl === undefined && redisUrl === undefined) return undefined;
  if (adminUrl === undefined || redisUrl === undefined) {
    throw new SetupError('Set DATABASE_URL and REDIS_URL both, to test on servers of yours, or neither.');
  }
  return { adminUrl, redisUrl };
}

/** What runs left that were killed before they could tidy up; their servers are stopped by their keepers. */
function removeDeadRuns(): void {
  const runs = join(LAUREL_FOLDER, 'test');
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs)) {
    if (!isAlive(Number(name))) removeWithMoved(join(runs, name));
  }
}
