// Finds a Redis server to run. No npm package carries one: the path is looked through first, and on Debian and its
// kin the distribution's own package is fetched and unpacked into a private folder, which needs neither root nor a
// change to the system, and starts no service.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

import { isAlive } from './processes.ts';
import { SetupError } from './steps.mjs';

export type RedisBinary = { file: string; env: Record<string, string> };

const NAMES = ['valkey-server', 'redis-server'];
const USUAL_FOLDERS = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin'];

/** The server to run: one that is installed, or one fetched into `folder`. Undefined when neither is there yet. */
export function findRedis(folder: string): RedisBinary | undefined {
  const searched = [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS];
  for (const name of NAMES) {
    for (const place of searched) {
      const file = join(place, name);
      if (place !== '' && existsSync(file) && runs({ file, env: {} })) return { file, env: {} };
    }
  }
  const fetched = unpacked(folder);
  return fetched !== undefined && runs(fetched) ? fetched : undefined;
}

/** Fetches Debian's package of the Redis server into `folder`. Throws one clear line where that is not possible. */
export async function fetchRedis(
  folder: string,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<RedisBinary> {
  if (!['apt-get', 'dpkg'].every((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0)) {
    throw new SetupError(missingRedis());
  }
  for (const left of globSync(`${folder}.*`)) {
    if (!isAlive(Number(left.slice(folder.length + 1)))) rmSync(left, { recursive: true, force: true });
  }
  // Under a name of this process until it is whole: another run of this checkout may be fetching it as well.
  const unfinished = `${folder}.${process.pid}`;
  const state = join(unfinished, 'apt');
  const root = join(unfinished, 'root');
  for (const each of [join(state, 'lists', 'partial'), join(state, 'cache', 'archives', 'partial'), root]) {
    mkdirSync(each, { recursive: true });
  }
  const apt = aptOptions(state);
  const download = ['-qq', 'install', '-y', '--no-install-recommends', '--download-only', 'redis-server'];
  progress("reading the distribution's package lists");
  // The lists of some repository of the machine may be out of reach; what matters is whether the package can be had.
  await run('apt-get', [...apt, '-qq', 'update'], signal);
  progress('fetching the package redis-server');
  if (!(await run('apt-get', [...apt, ...download], signal))) throw new SetupError(missingRedis());
  progress('unpacking');
  for (const archive of globSync(join(state, 'cache', 'archives', '*.deb'))) {
    if (!(await run('dpkg', ['-x', archive, root], signal))) throw new SetupError(missingRedis());
  }
  rmSync(state, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  const binary = unpacked(folder);
  if (binary === undefined || !runs(binary)) throw new SetupError(missingRedis());
  return binary;
}

function unpacked(folder: string): RedisBinary | undefined {
  const file = join(folder, 'root', 'usr', 'bin', 'redis-server');
  if (!existsSync(file)) return undefined;
  const libraries = globSync(join(folder, 'root', 'usr', 'lib', '*-linux-*'));
  return { file, env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

function runs({ file, env }: RedisBinary): boolean {
  return spawnSync(file, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' }).status === 0;
}

/** apt's own folders moved to a private one, so that an ordinary user may use it and the system stays as it is. */
function aptOptions(state: string): string[] {
  const settings = {
    'Debug::NoLocking': 'true',
    'Dir::State': state,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': '',
    'Acquire::Retries': '2',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function run(file: string, args: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(signal === undefined ? {} : { signal }),
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
    });
    child.once('error', (error) => (signal?.aborted === true ? reject(error) : resolve(false)));
    child.once('close', (code) => resolve(code === 0));
  });
}

function missingRedis(): string {
  const command = process.platform === 'darwin' ? 'brew install valkey' : 'apt-get install redis-server (or valkey)';
  return `There is no Redis server here and it could not be fetched: install one (${command}) or set REDIS_URL to one of yours.`;
}
