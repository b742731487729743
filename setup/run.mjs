// The bootstrap of every npm script: `node setup/run.mjs FILE [ARGUMENT…]` makes sure that the dependencies are
// installed and the database client is generated, and then runs the file on the pinned Node. Works on any Node from 20,
// from a bare clone.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ensureInstalled, PINNED_NODE, ROOT } from './install.mjs';
import { whenParentDies } from './parent.mjs';
import { SetupError, sayFailure } from './steps.mjs';

/** What else has to be there before any of the code can be loaded; needs the dependencies itself. */
const PREPARE = pathToFileURL(join(ROOT, 'setup', 'prepare.ts')).href;

/**
 * Installs what is missing and runs the file on the pinned Node, with this terminal, until it ends. Signals are handed
 * on; the exit code is the file's own.
 *
 * @param {string} file
 * @param {readonly string[]} args
 */
export async function runPinned(file, args) {
  try {
    await ensureInstalled();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    sayFailure(error.message);
    process.exit(1);
  }
  // Node keeps what it compiled, types stripped, so that the second run loads in half the time.
  const env = { NODE_COMPILE_CACHE: join(ROOT, '.laurel', 'compile-cache'), ...process.env };
  const child = spawn(PINNED_NODE, ['--import', PREPARE, file, ...args], { env, stdio: 'inherit' });
  // In a terminal Ctrl-C reaches the child by itself; here it only must not end this process before the child.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  whenParentDies(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    sayFailure(`The pinned Node does not start (${error.message}): remove node_modules and try again.`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    sayFailure('Say which file to run: node setup/run.mjs FILE [ARGUMENT…]');
    process.exit(1);
  }
  await runPinned(file, args);
}
