// The packages of peers that ask for another graphql than Laurel's: installed beside them on first use, as their own
// lock file says, so that the service's dependencies stay its own.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { SetupError, step } from '../../setup/steps.mjs';

const FOLDER = resolve(import.meta.dirname, '..', 'peers', 'graphql-16');
const MODULES = join(FOLDER, 'node_modules');
const STAMP = join(MODULES, '.laurel-lock');

/** Installs them unless exactly these are there. */
export async function ensurePeerPackages(): Promise<void> {
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8');
  const mark = createHash('sha256').update(lock).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === mark) return;
  const wanted = (JSON.parse(lock) as { packages: Record<string, { optional?: boolean }> }).packages;
  const paths = Object.entries(wanted).flatMap(([path, { optional }]) => (path === '' || optional ? [] : [path]));
  await step(
    'Installing the peers to compare with',
    async (progress) => {
      const count = (): number => paths.filter((path) => existsSync(join(FOLDER, path, 'package.json'))).length;
      const timer = setInterval(() => progress(`${count()} of ${paths.length} packages`), 500);
      try {
        await npmCi();
      } finally {
        clearInterval(timer);
      }
    },
    () => `${paths.length} packages`,
  );
  // Types of another Node version would shadow the service's own for whoever type-checks the checkout.
  rmSync(join(MODULES, '@types'), { recursive: true, force: true });
  writeFileSync(STAMP, mark);
}

function npmCi(): Promise<void> {
  return new Promise((done, reject) => {
    let said = '';
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', () => reject(new SetupError('npm was not found: install Node.js together with npm.')));
    child.once('close', (code) => {
      if (code === 0) done();
      else
        reject(
          new SetupError(`The peers could not be installed: ${said.trim().split('\n')[0] ?? 'npm did not say why'}`),
        );
    });
  });
}
