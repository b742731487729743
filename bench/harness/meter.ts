// One measurement: run a load for a while, look at the clocks at both ends of the window that counts.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { cpuSecondsOf, ownCpuSeconds } from './cpu.ts';
import type { RunningLoad } from './http-load.ts';
import type { Timing } from './options.ts';

export const PARTS = ['server', 'postgres', 'redis', 'generator'] as const;
/** Whose processor time is told apart. */
export type Part = (typeof PARTS)[number];
/** Root processes of the parts; the generator is this process. */
export type Pids = { server: number | undefined; postgres: number; redis: number };

/** How many times longer than planned a window may become. */
const PATIENCE = 20;

/** What one turn of one target came to. */
export type Sample = {
  /** Units done in the window: requests, activities or messages, as the goal says. */
  work: number;
  seconds: number;
  /** Processor seconds in the window. */
  cpu: Record<Part, number>;
  p50Ms: number;
  p99Ms: number;
  /** Units done in the whole turn, warming up included: what the tables must hold afterwards. */
  accepted: number;
};

export type Clock = { at: number; cpu: Record<Part, number> };

/** The time of day in milliseconds, and what every part has used of the processor so far. */
export function readClock(pids: Pids): Clock {
  return {
    at: performance.now(),
    cpu: {
      server: pids.server === undefined ? 0 : cpuSecondsOf(pids.server),
      postgres: cpuSecondsOf(pids.postgres),
      redis: cpuSecondsOf(pids.redis),
      generator: ownCpuSeconds(),
    },
  };
}

/** Seconds and processor seconds between two readings. */
export function between(begin: Clock, end: Clock): Pick<Sample, 'seconds' | 'cpu'> {
  const cpu = { ...end.cpu };
  for (const part of PARTS) cpu[part] -= begin.cpu[part];
  return { seconds: (end.at - begin.at) / 1000, cpu };
}

/** Runs the load through warm-up and window. Fails as soon as the load does. */
export async function measureLoad(pids: Pids, timing: Timing, start: () => Promise<RunningLoad>): Promise<Sample> {
  const load = await start();
  const pause = (seconds: number): Promise<void> => Promise.race([sleep(seconds * 1000), load.failed]);
  await pause(timing.warmupSeconds);
  load.latencies.clear();
  const begin = readClock(pids);
  const workBefore = load.count.work;
  await pause(timing.seconds);
  // On a starved machine not even one answer may have come; a window without work would say nothing.
  for (let more = 0; load.count.work === workBefore && more < PATIENCE; more += 1) await pause(timing.seconds);
  const end = readClock(pids);
  const work = load.count.work - workBefore;
  const [p50Ms, p99Ms] = [load.latencies.quantile(0.5), load.latencies.quantile(0.99)];
  await load.stop();
  return { ...between(begin, end), work, p50Ms, p99Ms, accepted: load.count.work };
}
