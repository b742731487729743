// Laurel itself as a server of this run: API and worker in one process.
import { join } from 'node:path';
import process from 'node:process';

import { LAUREL_FOLDER, ROOT } from './laurel-folder.ts';
import { becomesReady, lastLogLine, serverEnvironment, type RunningServer, type Servers } from './servers.ts';
import { SetupError } from './steps.mjs';

const READY_WITHIN_MS = 60_000;
/** Draining sockets and finishing batches takes a while under load. */
const STOP_WITHIN_MS = 30_000;

/**
 * How Node is started for Laurel, in the container as well. On a large machine Node keeps two halves of 64 MB for young
 * objects, more than all else that Laurel holds; half of it costs no processor time that could be measured, a quarter did.
 */
export const SERVER_NODE_OPTIONS = ['--max-semi-space-size=32'];

/** Where the server on that port logs; two runs of one checkout have a log each. */
export function serverLog(port: number): string {
  return join(LAUREL_FOLDER, `server-${port}.log`);
}

export type LaurelOptions = {
  databaseUrl: string;
  redisUrl: string;
  port: number;
  tokenSecret: string;
  /** As whose customers the demo page may act. */
  demoProgram: string;
  /** Starts anew on every change of the code, with its log on the terminal. */
  watch: boolean;
};

/** Starts Laurel and resolves when it is ready for requests. */
export async function startLaurel(
  servers: Servers,
  options: LaurelOptions,
  signal: AbortSignal,
): Promise<RunningServer> {
  const { databaseUrl, redisUrl, port, tokenSecret, demoProgram, watch } = options;
  const server = await servers.start({
    name: 'laurel',
    file: process.execPath,
    args: [
      ...SERVER_NODE_OPTIONS,
      ...(watch ? ['--watch', '--watch-preserve-output'] : []),
      join(ROOT, 'src', 'main.ts'),
    ],
    cwd: ROOT,
    env: serverEnvironment({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      PORT: String(port),
      LAUREL_TOKEN_SECRET: tokenSecret,
      LAUREL_DEMO_PROGRAM: demoProgram,
    }),
    log: watch ? 'terminal' : serverLog(port),
    truncateLog: true,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
  if (!(await becomesReady(server, READY_WITHIN_MS, () => isReady(port), signal))) {
    throw new SetupError(
      server.hasExited()
        ? `Laurel ended while starting: ${lastLogLine(server.log) || 'it did not say why'}`
        : `Laurel was not ready within a minute; its log is ${serverLog(port)}.`,
    );
  }
  return server;
}

async function isReady(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  return response?.status === 200;
}
