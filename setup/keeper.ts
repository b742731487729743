// The keeper: one small process that owns the servers of a run (PostgreSQL, Redis, Laurel itself) and outlives
// whoever asked for them just long enough to stop them. It stands outside the terminal's process group, so Ctrl-C
// reaches the servers only through it, in the right order; and it notices by its closed channel when its parent died
// in any way, kill -9 included. One way down for every ending is what leaves nothing running.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import process from 'node:process';

import type { KeeperReport, KeeperRequest, ServerCommand } from './servers.ts';

const running: { command: ServerCommand; child: ChildProcess; gone: Promise<void> }[] = [];
let stopping = false;

function report(message: KeeperReport): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

function start(command: ServerCommand): void {
  if (stopping) return;
  const log = command.log === 'terminal' ? 'inherit' : openSync(command.log, command.truncateLog ? 'w' : 'a', 0o600);
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', log, log],
    ...(command.user === undefined ? {} : { uid: command.user.uid, gid: command.user.gid }),
  });
  if (log !== 'inherit') closeSync(log);
  const { name } = command;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      report({ kind: 'exited', name, code: null, signal: null, error: error.message });
      resolve();
    });
    child.once('exit', (code, signal) => {
      running.splice(
        running.findIndex((entry) => entry.child === child),
        1,
      );
      report({ kind: 'exited', name, code, signal });
      resolve();
    });
  });
  running.push({ command, child, gone });
  if (child.pid !== undefined) report({ kind: 'started', name, pid: child.pid });
}

/** Asks the server to go, and makes it go when it takes longer than it said it might. */
async function stop(entry: (typeof running)[number], signal: NodeJS.Signals): Promise<void> {
  const { child, command, gone } = entry;
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), command.stopWithinMs);
  await gone;
  clearTimeout(force);
}

async function stopAll(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Last started, first stopped: Laurel finishes its work before its stores go away.
  for (const entry of running.toReversed()) await stop(entry, entry.command.stopSignal);
  process.exit(0);
}

process.on('message', (request: KeeperRequest) => {
  if (request.kind === 'start') start(request.command);
  else if (request.kind === 'stopAll') void stopAll();
  else {
    const entry = running.find(({ command }) => command.name === request.name);
    if (entry !== undefined) void stop(entry, request.signal ?? entry.command.stopSignal);
  }
});
process.on('disconnect', () => void stopAll());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll());
