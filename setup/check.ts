// `npm run check`: format, lint, types and the architecture tests, each in a second or so, all told even when one
// fails. With `--fix` it formats and mends what can be mended instead of asking.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { SetupError, sayFailure, step } from './steps.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const fix = process.argv.includes('--fix');

const CHECKS: readonly { title: string; file: string; args: readonly string[] }[] = [
  { title: 'Format', file: 'oxfmt', args: fix ? ['--write'] : ['--check'] },
  { title: 'Lint', file: 'oxlint', args: fix ? ['--fix'] : [] },
  { title: 'Types', file: 'tsc', args: ['--noEmit', '-p', '.'] },
  // Apart from the service, since code of pages has another world around it.
  { title: 'Types of the widget kit', file: 'tsc', args: ['--noEmit', '-p', 'widget'] },
  { title: 'Architecture', file: 'vitest', args: ['run', '--project', 'unit', 'test/architecture'] },
];

let failed = false;
for (const { title, file, args } of CHECKS) {
  try {
    await step(title, () => passes(join(BIN, file), args));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    failed = true;
    sayFailure(`${title}\n${error.message}`);
  }
}
process.exitCode = failed ? 1 : 0;

function passes(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolvePassed, reject) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolvePassed() : reject(new SetupError(said.trimEnd()))));
  });
}
