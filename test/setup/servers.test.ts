import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { afterAll, describe, expect, it } from 'vitest';

import { isAlive, waitUntilGone } from '../../setup/processes.ts';
import { serverEnvironment, Servers, type ServerCommand } from '../../setup/servers.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'laurel-servers-'));
const GONE_WITHIN_MS = 5_000;

const servers = new Servers();
afterAll(() => servers.stopAll());

describe('the servers of a run', () => {
  it('tell when one ends, and how', async () => {
    const server = await servers.start(command('ends', 'process.exit(3)'));
    expect(await server.exited).toMatchObject({ code: 3, signal: null });
    expect(server.hasExited()).toBe(true);
  });

  it('fail to start with the reason when there is no such program', async () => {
    const missing = { ...command('missing', ''), file: '/no/such/program' };
    await expect(servers.start(missing)).rejects.toThrow(/ENOENT/);
  });

  it('are made to go when they do not go by themselves', async () => {
    const stubborn = await servers.start(command('stubborn', "process.on('SIGTERM', () => {}); console.log('up')"));
    await wrote(stubborn.log, 'up');
    await servers.stop(stubborn);
    expect(await stubborn.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  it('stop in the opposite order of their start', async () => {
    const own = new Servers();
    const order = join(folder, 'order');
    const notes = (name: string): string =>
      `process.on('SIGTERM', () => { require('fs').appendFileSync(${JSON.stringify(order)}, '${name} '); process.exit(0); }); console.log('up')`;
    for (const name of ['store', 'server']) {
      const started = await own.start(command(name, notes(name)));
      await wrote(started.log, 'up');
    }
    await own.stopAll();
    expect(readFileSync(order, 'utf8')).toBe('server store ');
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('are gone soon after their parent got %s', async (signal) => {
    const { parent, pid } = await aParentWithServer();
    process.kill(parent, signal);
    expect(await waitUntilGone(pid, GONE_WITHIN_MS)).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('are gone, and known to be, soon after their keeper was killed', async () => {
    const own = new Servers();
    const server = await own.start(command('orphan', ''));
    const keeper = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
    process.kill(keeper, 'SIGKILL');
    await server.exited;
    expect(await waitUntilGone(server.pid, GONE_WITHIN_MS)).toBe(true);
  });
});

/** A program that lives until it is told to go, after doing what the given code does. */
function command(name: string, code: string): ServerCommand {
  return {
    name,
    file: process.execPath,
    args: ['-e', `${code}; setInterval(() => {}, 1000)`],
    cwd: folder,
    env: serverEnvironment(),
    log: join(folder, `${name}.log`),
    truncateLog: true,
    stopSignal: 'SIGTERM',
    stopWithinMs: 500,
  };
}

/** Another process that starts a server of its own; both ids. */
async function aParentWithServer(): Promise<{ parent: number; pid: number }> {
  const code = `
    import { Servers } from ${JSON.stringify(join(ROOT, 'setup', 'servers.ts'))};
    const server = await new Servers().start(${JSON.stringify(command('child', ''))});
    console.log(server.pid);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((done) => {
    child.stdout.once('data', (chunk: Buffer) => done(Number(chunk.toString())));
  });
  expect(isAlive(pid)).toBe(true);
  return { parent: child.pid ?? 0, pid };
}

async function wrote(log: string, text: string): Promise<void> {
  await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 5_000 }).toContain(text);
}
