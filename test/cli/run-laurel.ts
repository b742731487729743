// The command line as a process of its own.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';

const ROOT = resolve(import.meta.dirname, '..', '..');

export type LaurelRun = { exitCode: number | null; stdout: string; stderr: string };
export type RunningLaurel = { done: Promise<LaurelRun>; kill: () => void };

/** Starts `laurel` with the arguments on a database; Redis is not there unless given. */
export function startLaurel(
  args: readonly string[],
  databaseUrl: string,
  options: { redisUrl?: string; input?: string; cwd?: string } = {},
): RunningLaurel {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'cli', 'main.ts'), ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, REDIS_URL: options.redisUrl ?? 'redis://127.0.0.1:1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const done = new Promise<LaurelRun>((finish, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => finish({ exitCode, stdout, stderr }));
  });
  return { done, kill: () => void child.kill('SIGKILL') };
}

/** Runs `laurel` to its end. */
export async function laurel(
  args: readonly string[],
  databaseUrl: string,
  options?: Parameters<typeof startLaurel>[2],
): Promise<LaurelRun> {
  return startLaurel(args, databaseUrl, options).done;
}
