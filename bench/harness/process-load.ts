// Targets that load themselves: a program that calls the database in process, without HTTP in between, and pgbench.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { serverEnvironment } from '../../setup/servers.ts';
import { pidsOf, type Bench } from './bench.ts';
import { endedChildrenCpuSeconds } from './cpu.ts';
import { between, readClock, type Clock, type Sample } from './meter.ts';
import { onServerCore } from './placing.ts';
import type { Target } from './turns.ts';

/** What such a program prints, one JSON object a line: the window's ends, and at last all that it got through. */
export type Report =
  | { kind: 'begin' }
  | { kind: 'end'; work: number; p50Ms: number; p99Ms: number }
  | { kind: 'done'; accepted: number };

/** A target that runs a script of bench/ once a turn. WARMUP_SECONDS and SECONDS tell it how long. */
export function processTarget(
  bench: Bench,
  target: Omit<Target, 'turn'>,
  script: string,
  env: Record<string, string>,
): Target {
  return {
    ...target,
    turn: ({ seconds, warmupSeconds }) =>
      new Promise((resolve, reject) => {
        const command = onServerCore(process.execPath, [join(import.meta.dirname, '..', script)]);
        const child = spawn(command.file, command.args, {
          env: serverEnvironment({ ...env, SECONDS: String(seconds), WARMUP_SECONDS: String(warmupSeconds) }),
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const pids = { ...pidsOf(bench, undefined), server: child.pid };
        let begin: Clock | undefined;
        let sample: Sample | undefined;
        let said = '';
        createInterface(child.stdout).on('line', (line) => {
          const report = JSON.parse(line) as Report;
          if (report.kind === 'begin') begin = readClock(pids);
          else if (report.kind === 'end' && begin !== undefined) {
            sample = { ...report, ...between(begin, readClock(pids)), accepted: report.work };
          } else if (report.kind === 'done' && sample !== undefined) sample.accepted = report.accepted;
        });
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
        child.once('error', reject);
        child.once('close', () => {
          if (sample === undefined) reject(new Error(`ended without a result: ${said.slice(0, 600)}`));
          else resolve(sample);
        });
      }),
  };
}

/** pgbench counts in whole seconds, of which connecting takes a part. */
const SECONDS_MIN = 2;
const PATIENCE = 8;

/** Whether PostgreSQL's own load generator is installed here. */
export const PGBENCH_IS_HERE = spawnSync('pgbench', ['--version'], { stdio: 'ignore' }).status === 0;

/** A target that lets pgbench run a script from that many clients. Its own time counts as the server's. */
export function pgbenchTarget(
  bench: Bench,
  target: Omit<Target, 'turn'>,
  { url, script, clients }: { url: string; script: string; clients: number },
): Target {
  const file = join(bench.folder, `${target.name.replaceAll(/\W+/g, '-')}.pgbench`);
  writeFileSync(file, script);
  const options = ['-n', '-f', file, '-c', String(clients), '-j', '1', '-M', 'prepared'];
  return {
    ...target,
    turn: async ({ seconds }) => {
      let sample = await runPgbench(bench, options, url, Math.max(SECONDS_MIN, Math.round(seconds)));
      // Sixteen connections take their time on a starved machine; a run without work would say nothing.
      for (let longer = 2; sample.work === 0 && longer <= PATIENCE; longer *= 2) {
        sample = await runPgbench(bench, options, url, SECONDS_MIN * longer);
      }
      return sample;
    },
  };
}

async function runPgbench(bench: Bench, options: readonly string[], url: string, seconds: number): Promise<Sample> {
  const command = onServerCore('pgbench', [...options, '-T', String(seconds), '-d', url]);
  const pids = pidsOf(bench, undefined);
  const begin = readClock(pids);
  const ownBefore = endedChildrenCpuSeconds();
  const { code, said } = await run(command.file, command.args);
  const window = between(begin, readClock(pids));
  const told = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? NaN);
  const done = told(/transactions actually processed: (\d+)/);
  if (code !== 0 || Number.isNaN(done)) throw new Error(said.slice(0, 600));
  const cpu = { ...window.cpu, server: endedChildrenCpuSeconds() - ownBefore };
  const perSecond = told(/tps = ([\d.]+)/);
  return {
    work: done,
    seconds: done / perSecond,
    cpu,
    p50Ms: told(/latency average = ([\d.]+) ms/),
    p99Ms: NaN,
    accepted: done,
  };
}

function run(file: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(file, args, { env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}
