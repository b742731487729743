// The embedded PostgreSQL: make its data folder once, start it on a free loopback port, recover from a hard end.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { freePort } from './ports.ts';
import { giveTo, preparePostgresPlace, type PostgresPlace } from './postgres-place.ts';
import { stillRuns, waitUntilGone } from './processes.ts';
import { becomesReady, lastLogLine, serverEnvironment, type RunningServer, type Servers } from './servers.ts';
import { SetupError } from './steps.mjs';

const SUPERUSER = 'laurel';
const MAJOR_VERSION = '18';
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

export type PostgresOptions = {
  servers: Servers;
  folder: string;
  /** `false` trades every safety for speed: for throw-away test data only. */
  durable: boolean;
  /** A given port, to come back where an earlier server stood; a free one else. */
  port?: number;
  signal?: AbortSignal;
};
export type RunningPostgres = {
  server: RunningServer;
  port: number;
  moved: string | undefined;
  url: (database: string) => string;
};

/** Starts the embedded PostgreSQL whose data is in `folder`, making the data first when there is none. */
export async function startPostgres({
  servers,
  folder,
  durable,
  port: given,
  signal,
}: PostgresOptions): Promise<RunningPostgres> {
  const place = preparePostgresPlace(folder);
  const data = join(place.folder, 'data');
  const passwordFile = join(place.folder, 'password');
  if (!existsSync(join(data, 'PG_VERSION'))) await makeData(place, data, passwordFile, durable, signal);
  checkVersion(data);
  await endLeftover(data);

  const port = given ?? (await freePort());
  const password = readFileSync(passwordFile, 'utf8').trim();
  const url = (database: string): string => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  const server = await servers.start({
    name: `postgres-${port}`,
    file: place.postgres,
    args: ['-D', data, '-p', String(port), ...settings(durable)],
    cwd: place.folder,
    env: serverEnvironment(),
    user: place.user,
    log: join(place.folder, 'postgres.log'),
    truncateLog: true,
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
  });
  if (!(await becomesReady(server, START_WITHIN_MS, () => accepts(url('postgres')), signal))) {
    throw failure(lastLogLine(server.log), server.log);
  }
  return { server, port, moved: place.moved ? place.folder : undefined, url };
}

function settings(durable: boolean): string[] {
  const common = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
  };
  const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return Object.entries(durable ? common : { ...common, ...careless }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
}

/** Runs initdb beside the final name and renames at the end, so that an interrupted run leaves nothing half made. */
async function makeData(
  place: PostgresPlace,
  data: string,
  passwordFile: string,
  durable: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unfinished = `${data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  // initdb makes its folder itself, which needs a writable parent for the user it runs as.
  giveTo(place.user, place.folder);
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  giveTo(place.user, passwordFile);
  const args = [
    ...['-D', unfinished, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    // The same order of text on every system: the database's own, not the C library's.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ];
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const child = spawn(place.initdb, args, {
      ...place.user,
      ...(signal === undefined ? {} : { signal }),
      cwd: place.folder,
      env: serverEnvironment({ LC_ALL: 'C' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(failure(said.trim().split('\n').at(0) ?? '', place.folder)),
    );
  });
  renameSync(unfinished, data);
}

function checkVersion(data: string): void {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR_VERSION) {
    throw new SetupError(
      `The data in ${data} was written by PostgreSQL ${version}, this checkout brings ${MAJOR_VERSION}: move the folder away to begin anew.`,
    );
  }
}

/**
 * A run that was killed the hard way may still be stopping, or have left its server or only the server's pid file. A
 * server on our data is stopped, a file that names a stranger is removed: PostgreSQL would take it for its own.
 */
async function endLeftover(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!stillRuns(pid, data)) {
    rmSync(pidFile, { force: true });
    return;
  }
  if (await waitUntilGone(pid, 3_000)) return;
  process.kill(pid, 'SIGINT');
  if (await waitUntilGone(pid, STOP_WITHIN_MS)) return;
  throw new SetupError(`A PostgreSQL left from an earlier run does not stop: end process ${pid} and try again.`);
}

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function failure(why: string, where: string): SetupError {
  if (/no space left/i.test(why))
    return new SetupError(`The disk is full: free some space where ${where} stands and try again.`);
  return new SetupError(
    `The embedded PostgreSQL did not start (${why || 'it ended without a word'}); its log is ${where}.`,
  );
}
