// A real browser for page tests: the system's Chromium or Chrome, driven by playwright-core.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

import { chromium, type Browser } from 'playwright-core';
import { afterAll } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATION = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Without these, a fresh profile calls home many times, which closed networks refuse. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The browser to test with, or null where there is none. On Debian as root, as in a container of a CI, the distribution's
 * package is installed first.
 */
export function findBrowser(): string | null {
  return installed() ?? (install() ? installed() : null);
}

function installed(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...files, APPLICATION].find((file) => existsSync(file)) ?? null;
}

function install(): boolean {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return false;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]): boolean =>
    spawnSync('apt-get', args, { env: environment, timeout: 240_000 }).status === 0;
  return run('-qq', 'update') && run('-qq', 'install', '-y', '--no-install-recommends', 'chromium');
}

/** Starts the browser; it is closed after the tests of the file. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: QUIET });
  afterAll(() => browser.close());
  return browser;
}
