// Dependencies: present and as package-lock.json says, else `npm ci`. Runs on any Node from 20 with nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { SetupError, note, step } from './steps.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.laurel-lock');
const LOCK = join(ROOT, '.laurel', 'install.lock');
/** Node in the version that package.json pins; everything but the bootstrap runs on it. */
export const PINNED_NODE = join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const OLDEST_NODE = 20;

/** @typedef {Record<string, { version?: string, optional?: boolean, link?: boolean }>} Packages */

/** Installs the dependencies when they are missing or other than the lock file says; quick and silent when they are not. */
export async function ensureInstalled() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new SetupError(
      `Laurel needs Node ${OLDEST_NODE} or newer to begin with, this is ${process.versions.node}: install a newer one.`,
    );
  }
  if (isStamped()) return;
  const release = await takeTurn();
  try {
    if (isStamped()) return;
    if (!installedAsLocked()) await step('Installing dependencies', install, (count) => `${count} packages`);
    await ensurePinnedNode();
    writeFileSync(STAMP, lockMark());
  } finally {
    release();
  }
}

function lockMark() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function isStamped() {
  return existsSync(STAMP) && existsSync(PINNED_NODE) && readFileSync(STAMP, 'utf8') === lockMark();
}

/** @param {string} file @returns {Packages} */
function packagesOf(file) {
  return /** @type {{ packages: Packages }} */ (JSON.parse(readFileSync(file, 'utf8'))).packages;
}

/** Whether somebody's own `npm install` already left exactly what the lock file says. */
function installedAsLocked() {
  const hidden = join(MODULES, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

/** @param {(text: string) => void} progress */
async function install(progress) {
  const wanted = Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).filter(
    ([path, { optional }]) => path !== '' && !optional,
  );
  const count = () => wanted.filter(([path]) => existsSync(join(ROOT, path, 'package.json'))).length;
  const timer = setInterval(() => progress(`${count()} of ${wanted.length} packages`), 500);
  try {
    const { code, said } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0) throw new SetupError(`npm ci failed: ${reason(said)}`);
  } finally {
    clearInterval(timer);
  }
  return count();
}

/** The package `node` fetches its binary in an install script, which npm may have been told not to run. */
async function ensurePinnedNode() {
  const works = () => spawnSync(PINNED_NODE, ['--version'], { stdio: 'ignore' }).status === 0;
  if (works()) return;
  await step('Installing the pinned Node', async () => {
    const { code, said } = await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
    if (code !== 0 || !works()) throw new SetupError(`The pinned Node could not be installed: ${reason(said)}`);
  });
}

/** @param {string[]} args @returns {Promise<{ code: number | null, said: string }>} */
function npm(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const pass = () => child.kill('SIGTERM');
    process.once('SIGTERM', pass);
    child.once('error', () => reject(new SetupError('npm was not found: install Node.js together with npm.')));
    child.once('close', (code) => {
      process.removeListener('SIGTERM', pass);
      resolve({ code, said });
    });
  });
}

/** @param {string} said what npm wrote to its error stream */
function reason(said) {
  if (/ENOSPC|no space left/i.test(said)) return 'the disk is full; free some space and try again.';
  if (/EACCES|EPERM/.test(said)) return `this user may not write in ${ROOT}; give it the folder or run as its owner.`;
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET/.test(said))
    return 'the npm registry cannot be reached; check the network and try again.';
  if (/can only install packages when/.test(said))
    return 'package-lock.json does not fit package.json; run npm install.';
  const lines = said.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  return lines.find((line) => line !== '' && !line.startsWith('code ')) ?? 'npm did not say why.';
}

/** One installation at a time in a checkout: the second waits for the first. Returns what ends the turn. */
async function takeTurn() {
  mkdirSync(dirname(LOCK), { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return () => rmSync(LOCK, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw new SetupError(
          `This user cannot write in ${ROOT} (${error instanceof Error ? error.message : 'no lock file'}).`,
        );
      }
    }
    if (!isRunning(Number(readFileSync(LOCK, { encoding: 'utf8', flag: 'a+' })))) rmSync(LOCK, { force: true });
    else if (!told) {
      note('… Waiting for another installation in this folder');
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
