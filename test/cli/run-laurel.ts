// The command line, within this process for speed, or as a process of its own that can be killed.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { Cli } from '#src/cli/cli.ts';
import { runLaurel } from '#src/cli/laurel.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const COMPILE_CACHE = join(ROOT, '.laurel', 'compile-cache');

export type LaurelRun = { exitCode: number | null; stdout: string; stderr: string };
export type RunningLaurel = { done: Promise<LaurelRun>; kill: () => void };

const environment = (databaseUrl: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  REDIS_URL: 'redis://127.0.0.1:1',
});

/** Runs `laurel` on a database, without Redis, in this process. */
export async function laurel(args: readonly string[], databaseUrl: string): Promise<LaurelRun> {
  const run = { stdout: '', stderr: '' };
  const cli = new Cli({
    environment: environment(databaseUrl),
    out: (text) => void (run.stdout += text),
    err: (text) => void (run.stderr += text),
  });
  return { exitCode: await runLaurel(cli, args), ...run };
}

/** Starts `laurel` on a database, without Redis, as a process of its own. */
export function startLaurel(args: readonly string[], databaseUrl: string, input = ''): RunningLaurel {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'cli', 'main.ts'), ...args], {
    cwd: ROOT,
    // With what was compiled before it loads in half the time.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment(databaseUrl) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const done = new Promise<LaurelRun>((finish, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => finish({ exitCode, stdout, stderr }));
  });
  return { done, kill: () => void child.kill('SIGKILL') };
}
