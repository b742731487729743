// The loop that programs without a server share: many lanes, each doing one unit after another, through warming up and
// the window that counts. It reports as harness/process-load.ts reads it.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Report } from '../harness/process-load.ts';
import { LatencyHistogram } from '../harness/statistics.ts';

/** A number that the harness gave in the environment. */
export function given(name: string): number {
  return Number(process.env[name]);
}

/** Runs `once(lane, count)` over and over in every lane; it gives how many units it did. Resolves when all have ended. */
export async function loadThroughWindow(
  lanes: number,
  once: (lane: number, count: number) => Promise<number>,
): Promise<void> {
  const latencies = new LatencyHistogram();
  const state = { stopped: false, done: 0 };
  const all = Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let count = 0; !state.stopped; count += 1) {
        const began = performance.now();
        const units = await once(lane, count);
        latencies.record(performance.now() - began);
        state.done += units;
      }
    }),
  );
  await sleep(given('WARMUP_SECONDS') * 1000);
  tell({ kind: 'begin' });
  latencies.clear();
  const before = state.done;
  await sleep(given('SECONDS') * 1000);
  tell({ kind: 'end', work: state.done - before, p50Ms: latencies.quantile(0.5), p99Ms: latencies.quantile(0.99) });
  state.stopped = true;
  await all;
  tell({ kind: 'done', accepted: state.done });
}

function tell(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
