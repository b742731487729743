#!/usr/bin/env node
// The command-line program: makes sure that everything is installed, finds the stores, and hands over to
// src/cli/main.ts on the pinned Node. Works on any Node from 20, from a bare clone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { ROOT } from '../setup/install.mjs';
import { runPinned } from '../setup/run.mjs';
import { sayFailure } from '../setup/steps.mjs';

/** Where a running `npm start` of this checkout keeps its data; nothing when none runs. */
function runningStores() {
  try {
    const text = readFileSync(join(ROOT, '.laurel', 'dev.json'), 'utf8');
    const { pid, databaseUrl, redisUrl } = /** @type {{ pid: number, databaseUrl: string, redisUrl: string }} */ (
      JSON.parse(text)
    );
    process.kill(pid, 0);
    return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  } catch {
    return undefined;
  }
}

/** Help and version are answered without any store. */
function needsStores() {
  const args = process.argv.slice(2);
  return (
    args.length > 0 && args[0] !== 'help' && !args.some((arg) => ['--help', '-h', '--version', '-V'].includes(arg))
  );
}

if (needsStores() && !(process.env.DATABASE_URL && process.env.REDIS_URL)) {
  const stores = runningStores();
  if (stores === undefined) {
    sayFailure('No database: start Laurel with npm start in another terminal, or set DATABASE_URL and REDIS_URL.');
    process.exit(1);
  }
  for (const [name, value] of Object.entries(stores)) process.env[name] ||= value;
}
await runPinned(join(ROOT, 'src', 'cli', 'main.ts'), process.argv.slice(2));
