// Servers of a test's own, to stop, kill and bring back: Laurel itself as a process, and a PostgreSQL.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { afterAll, inject, onTestFinished, TestRunner } from 'vitest';

import { migrate } from '../../setup/migrate.ts';
import { freePort } from '../../setup/ports.ts';
import { startPostgres, type RunningPostgres } from '../../setup/postgres.ts';
import { becomesReady, serverEnvironment, Servers } from '../../setup/servers.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** A machine that is busy with other tests takes long to load a server. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

export type AppOptions = {
  databaseUrl: string;
  redisUrl: string;
  /** A given port, to come back where an earlier process stood; a free one else. */
  port?: number;
  args?: readonly string[];
  env?: Record<string, string>;
};

/** Laurel running as a process of its own. */
export type RunningApp = {
  url: string;
  port: number;
  pid: number;
  /** Everything it wrote so far. */
  log: () => string;
  /** Ends it at once, as `kill -9` does. */
  kill: () => Promise<void>;
  /** Asks it to finish its work and end; resolves with its exit code. */
  stop: () => Promise<number | null>;
};

let servers: Servers | undefined;

/** Starts `src/main.ts` and resolves when it is ready. It is stopped after the tests of the file, or the test itself. */
export async function startApp({
  databaseUrl,
  redisUrl,
  port: given,
  args = [],
  env = {},
}: AppOptions): Promise<RunningApp> {
  const port = given ?? (await freePort());
  const mark = randomBytes(4).toString('hex');
  const log = join(inject('testFolder'), `laurel-${mark}.log`);
  const server = await ownServers().start({
    name: `laurel-${mark}`,
    file: process.execPath,
    args: [join(ROOT, 'src', 'main.ts'), ...args],
    cwd: ROOT,
    env: serverEnvironment({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, PORT: String(port), ...env }),
    log,
    truncateLog: true,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
  const url = `http://127.0.0.1:${port}`;
  if (!(await becomesReady(server, READY_WITHIN_MS, () => isReady(`${url}/readyz`)))) {
    throw new Error(`Laurel did not become ready:\n${readFileSync(log, 'utf8').slice(-4_000)}`);
  }
  return {
    url,
    port,
    pid: server.pid,
    log: () => readFileSync(log, 'utf8'),
    kill: () => ownServers().stop(server, 'SIGKILL'),
    stop: async () => {
      await ownServers().stop(server);
      return (await server.exited).code;
    },
  };
}

/** A PostgreSQL of the test's own, migrated and durable, that can be killed and brought back. */
export type OwnPostgres = {
  url: string;
  /** Ends the server at once, as `kill -9` does. */
  kill: () => Promise<void>;
  /** Starts it again where it was, with what it had written down. */
  restart: () => Promise<void>;
};

/** Starts a PostgreSQL for this file alone and stops it after the tests. Takes about two seconds. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = join(inject('testFolder'), `postgres-${randomBytes(4).toString('hex')}`);
  const port = await freePort();
  const start = (): Promise<RunningPostgres> => startPostgres({ servers: ownServers(), folder, durable: true, port });
  let running = await start();
  const url = running.url('postgres');
  await migrate(url);
  return {
    url,
    kill: () => ownServers().stop(running.server, 'SIGKILL'),
    restart: async () => {
      running = await start();
    },
  };
}

/** The servers of this file, or of this test when it is the first to need any: files share the modules of a worker. */
function ownServers(): Servers {
  if (servers !== undefined) return servers;
  const started = new Servers();
  const end = async (): Promise<void> => {
    servers = undefined;
    await started.stopAll();
  };
  if (TestRunner.getCurrentTest() === undefined) afterAll(end);
  else onTestFinished(end);
  servers = started;
  return started;
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.status === 200;
}
