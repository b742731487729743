import { connect } from 'node:net';
// What a goal is given: the stores, and the means to start servers and to let them take their turns.
import { join } from 'node:path';
import process from 'node:process';

import { freePort } from '../../setup/ports.ts';
import { becomesReady, lastLogLine, serverEnvironment, type RunningServer, type Servers } from '../../setup/servers.ts';
import { startHttpLoad, type HttpLoad } from './http-load.ts';
import { measureLoad, type Pids } from './meter.ts';
import type { Options } from './options.ts';
import { onServerCore } from './placing.ts';
import type { Stores } from './stores.ts';
import type { Target } from './turns.ts';

export type Bench = {
  options: Options;
  stores: Stores;
  servers: Servers;
  /** Where logs and profiles of this run go. */
  folder: string;
  progress: (text: string) => void;
};

/** A server under test that listens on a loopback port. */
export type StartedServer = { port: number; process: RunningServer };

export type ServerScript = {
  name: string;
  /** From the folder bench/, or absolute. */
  script: string;
  env?: Record<string, string>;
  nodeOptions?: readonly string[];
};

const BENCH_FOLDER = join(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
let started = 0;

/** Starts a script as a server on the core for servers and resolves once it accepts connections. */
export async function startServer(
  bench: Bench,
  { name, script, env = {}, nodeOptions = [] }: ServerScript,
): Promise<StartedServer> {
  const port = await freePort();
  started += 1;
  const command = onServerCore(process.execPath, [...nodeOptions, join(BENCH_FOLDER, script)]);
  const server = await bench.servers.start({
    name: `${name}-${started}`,
    ...command,
    cwd: BENCH_FOLDER,
    env: serverEnvironment({ NODE_ENV: 'production', PORT: String(port), ...env }),
    log: join(bench.folder, `${name}-${started}.log`),
    truncateLog: true,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
  if (!(await becomesReady(server, READY_WITHIN_MS, () => accepts(port)))) {
    throw new Error(`${name} did not start: ${lastLogLine(server.log)}`);
  }
  return { port, process: server };
}

/** Stops servers that a goal started. */
export async function stopServers(bench: Bench, servers: readonly StartedServer[]): Promise<void> {
  for (const server of servers) await bench.servers.stop(server.process);
}

/** The processes whose time is read while that server is under load. */
export function pidsOf(bench: Bench, server: StartedServer | undefined): Pids {
  return { server: server?.process.pid, postgres: bench.stores.postgresPid, redis: bench.stores.redisPid };
}

/** A target that is a server under HTTP load. */
export function httpTarget(
  bench: Bench,
  { name, kind }: Pick<Target, 'name' | 'kind'>,
  server: StartedServer,
  load: Omit<HttpLoad, 'port'>,
): Target {
  return {
    name,
    kind,
    turn: (timing) => measureLoad(pidsOf(bench, server), timing, () => startHttpLoad({ ...load, port: server.port })),
  };
}

/** The answer of a GraphQL server without errors counts one. */
export function acceptData(answer: string): number {
  if (answer.includes('"errors"') || !answer.includes('"data"')) throw new Error('answered errors');
  return 1;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
