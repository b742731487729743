// The local Redis: started on a free loopback port, with its data in a folder or nowhere.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from './ports.ts';
import { fetchRedis, findRedis, type RedisBinary } from './redis-binary.ts';
import { becomesReady, lastLogLine, serverEnvironment, type RunningServer, type Servers } from './servers.ts';
import { SetupError } from './steps.mjs';

const START_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 10_000;

export type RedisOptions = {
  servers: Servers;
  binary: RedisBinary;
  folder: string;
  /** Whether data is written to disk, so that it survives a restart. */
  durable: boolean;
  /** How many numbered databases it has. */
  databases: number;
  /** A given port, to come back where an earlier server stood; a free one else. */
  port?: number;
};
export type RunningRedis = { server: RunningServer; port: number; url: (database?: number) => string };

/** The installed Redis server, or one fetched into `folder` now. */
export async function redisBinary(
  folder: string,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<RedisBinary> {
  return findRedis(folder) ?? (await fetchRedis(folder, progress, signal));
}

/** Starts a Redis server and resolves when it answers. */
export async function startRedis({
  servers,
  binary,
  folder,
  durable,
  databases,
  port: given,
}: RedisOptions): Promise<RunningRedis> {
  mkdirSync(folder, { recursive: true });
  const port = given ?? (await freePort());
  const persistence = durable ? ['--appendonly', 'yes', '--save', '300 1'] : ['--appendonly', 'no', '--save', ''];
  const server = await servers.start({
    name: `redis-${port}`,
    file: binary.file,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--databases', String(databases)],
      ...['--daemonize', 'no', '--maxmemory-policy', 'noeviction'],
      ...persistence,
    ],
    cwd: folder,
    env: serverEnvironment(binary.env),
    log: join(folder, 'redis.log'),
    truncateLog: true,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
  if (!(await becomesReady(server, START_WITHIN_MS, () => answers(port)))) throw failure(server.log);
  return { server, port, url: (database = 0) => `redis://127.0.0.1:${port}/${database}` };
}

function failure(log: string): SetupError {
  const why = lastLogLine(log);
  if (/no space left/i.test(why))
    return new SetupError(`The disk is full: free some space where ${log} stands and try again.`);
  return new SetupError(`The local Redis did not start (${why || 'it did not answer'}); its log is ${log}.`);
}

async function answers(port: number): Promise<boolean> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
