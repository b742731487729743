// The parent's side of the keeper: start servers, hear when one dies, stop them.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server to run: how to start it, as whom, where its output goes and how it is asked to stop. */
export type ServerCommand = {
  name: string;
  file: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  user?: { uid: number; gid: number } | undefined;
  /** A file, or `terminal` for the terminal of this run. */
  log: string;
  truncateLog: boolean;
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
};

export type KeeperRequest =
  | { kind: 'start'; command: ServerCommand }
  | { kind: 'stop'; name: string; signal?: NodeJS.Signals }
  | { kind: 'stopAll' };

export type KeeperReport =
  | { kind: 'started'; name: string; pid: number }
  | { kind: 'exited'; name: string; code: number | null; signal: string | null; error?: string };

export type ServerExit = { code: number | null; signal: string | null; error?: string | undefined };

/** A running server. `exited` resolves when it ends, for whatever reason; `hasExited` tells at once. */
export type RunningServer = {
  name: string;
  pid: number;
  log: string;
  exited: Promise<ServerExit>;
  hasExited: () => boolean;
};

/** The servers of one run. Whatever happens to this process, the keeper stops them. */
export class Servers {
  readonly #keeper: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #listeners = new Map<string, (report: KeeperReport) => void>();
  readonly #running = new Map<string, { pid: number; stopSignal: NodeJS.Signals }>();

  constructor() {
    this.#keeper = fork(fileURLToPath(new URL('keeper.ts', import.meta.url)), [], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    this.#gone = new Promise((resolve) => {
      this.#keeper.once('exit', () => {
        this.#endOrphans();
        resolve();
      });
    });
    this.#keeper.on('message', (report: KeeperReport) => this.#listeners.get(report.name)?.(report));
  }

  /** Starts a server and resolves once its process exists; whether it is ready is the caller's question. */
  async start(command: ServerCommand): Promise<RunningServer> {
    if (command.log !== 'terminal') mkdirSync(dirname(command.log), { recursive: true });
    const { promise: exited, resolve: sayExited } = Promise.withResolvers<ServerExit>();
    let gone = false;
    const pid = await new Promise<number>((resolve, reject) => {
      this.#listeners.set(command.name, (report) => {
        if (report.kind === 'started') {
          this.#running.set(command.name, { pid: report.pid, stopSignal: command.stopSignal });
          resolve(report.pid);
        } else {
          gone = true;
          this.#running.delete(command.name);
          sayExited({ code: report.code, signal: report.signal, error: report.error });
          reject(new Error(report.error ?? `${command.name} ended at once`));
        }
      });
      void this.#gone.then(() => reject(new Error('the keeper of the servers ended')));
      this.#send({ kind: 'start', command });
    });
    return { name: command.name, pid, log: command.log, exited, hasExited: () => gone };
  }

  /** Stops one server, by its own polite signal or the given one, and resolves when its process is gone. */
  async stop(server: RunningServer, signal?: NodeJS.Signals): Promise<void> {
    this.#send({ kind: 'stop', name: server.name, ...(signal === undefined ? {} : { signal }) });
    await server.exited;
  }

  /** Stops everything, last started first, and resolves when nothing is left. */
  async stopAll(): Promise<void> {
    this.#send({ kind: 'stopAll' });
    await this.#gone;
  }

  /** When the keeper itself was killed, its servers are asked to go from here, and count as ended. */
  #endOrphans(): void {
    for (const [name, { pid, stopSignal }] of this.#running) {
      try {
        process.kill(pid, stopSignal);
      } catch {
        // It went together with the keeper.
      }
      this.#listeners.get(name)?.({ kind: 'exited', name, code: null, signal: null, error: 'its keeper was killed' });
    }
  }

  #send(request: KeeperRequest): void {
    if (this.#keeper.connected) this.#keeper.send(request, () => {});
  }
}

/**
 * Asks again and again whether the server is ready, until it is or has ended or the time is over. False means that it
 * will not be.
 */
export async function becomesReady(
  server: RunningServer,
  withinMs: number,
  isReady: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (!server.hasExited() && Date.now() < until) {
    signal?.throwIfAborted();
    if (await isReady()) return true;
    await sleep(20);
  }
  return false;
}

/** The last lines of a server's log, for the one line that says why it did not come up. */
export function lastLogLine(log: string): string {
  try {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const telling = lines.findLast((line) => /FATAL|PANIC|ERROR|error|fatal/.test(line)) ?? lines.at(-1) ?? '';
    return telling.replace(/^\S+ \S+ \S+ \[\d+\] /, '').trim();
  } catch {
    return '';
  }
}

/** The environment for a server: this process's own, without what points npm and Node elsewhere, plus the given. */
export function serverEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('npm_') && !name.startsWith('PG') && name !== 'NODE_OPTIONS')
      kept[name] = value;
  }
  return { ...kept, ...extra };
}
