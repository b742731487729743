// A benchmark that measures wrongly is worse than none: what its figures rest on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { startHttpLoad } from '../../bench/harness/http-load.ts';
import type { Sample } from '../../bench/harness/meter.ts';
import { LatencyHistogram, median } from '../../bench/harness/statistics.ts';
import { FIRST_ROUND_WARMUP, takeTurns, type Target } from '../../bench/harness/turns.ts';

const TIMING = { rounds: 3, seconds: 1, warmupSeconds: 0.1 };

function sample(work: number): Sample {
  const cpu = { server: work / 1e6, postgres: 0, redis: 0, generator: 0.5 };
  return { work, seconds: 1, cpu, p50Ms: 1, p99Ms: 2, accepted: work };
}

test('targets take turns in every round, in the given order, each after its own preparation', async () => {
  const log: string[] = [];
  const target = (name: string): Target => ({
    name,
    kind: 'peer',
    prepare: async () => void log.push(`prepare ${name}`),
    turn: async ({ warmupSeconds }) => {
      log.push(`${name} ${warmupSeconds === TIMING.warmupSeconds ? 'warm' : 'cold'}`);
      return sample(1);
    },
  });
  await takeTurns([target('limit'), target('laurel')], TIMING, () => {});
  const round = (state: string): string[] => ['prepare limit', `limit ${state}`, 'prepare laurel', `laurel ${state}`];
  expect(FIRST_ROUND_WARMUP).toBeGreaterThan(1);
  expect(log).toEqual([...round('cold'), ...round('warm'), ...round('warm')]);
});

test('the median of the rounds counts, not their mean', async () => {
  const works = [100, 1_000_000, 120];
  const target: Target = { name: 'noisy', kind: 'limit', turn: async () => sample(works.shift() ?? 0) };
  const [outcome] = await takeTurns([target], TIMING, () => {});
  expect(outcome?.perSecond).toBe(120);
  expect(outcome?.cpuUs.server).toBeCloseTo(1);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a target that breaks what it must keep, or does nothing, fails by its name', async () => {
  const turn = (): Promise<Sample> => Promise.resolve(sample(1));
  const broken: Target = {
    name: 'forgetful',
    kind: 'laurel',
    turn,
    check: () => Promise.reject(new Error('lost one')),
  };
  await expect(takeTurns([broken], TIMING, () => {})).rejects.toThrow('forgetful: lost one');
  const idle: Target = { name: 'idle', kind: 'peer', turn: () => Promise.resolve(sample(0)) };
  await expect(takeTurns([idle], TIMING, () => {})).rejects.toThrow('idle: got nothing done');
});

test('quantiles are within three percent of the true ones', () => {
  const latencies = new LatencyHistogram();
  for (let value = 1; value <= 10_000; value += 1) latencies.record(value / 100);
  for (const share of [0.5, 0.9, 0.99])
    expect(Math.abs(latencies.quantile(share) / (share * 100) - 1)).toBeLessThan(0.03);
  latencies.clear();
  expect(latencies.quantile(0.5)).toBeNaN();
});

test('the load counts every answer once, whole or in chunks, and ends with the first wrong one', async () => {
  let answered = 0;
  const server = createServer((request, response) => {
    request.resume();
    answered += 1;
    if (answered === 501) response.writeHead(503).end('{"errors":[]}');
    else if (answered % 2 === 0) response.end('{"data":"whole"}');
    else {
      response.write('{"data":');
      setTimeout(() => response.end('"in chunks"}'), 1);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answers = new Set<string>();
  const load = await startHttpLoad({
    port: (server.address() as AddressInfo).port,
    path: '/',
    headers: {},
    connections: 4,
    body: (index) => String(index),
    accept: (answer) => (answers.add(answer).size > 0 ? 1 : 0),
  });
  await expect(load.failed).rejects.toThrow('status 503');
  await sleep(50);
  expect([...answers].toSorted()).toEqual(['{"data":"in chunks"}', '{"data":"whole"}']);
  // The other connections' answers may have been on their way.
  expect(load.count.work).toBeGreaterThan(496);
  expect(load.count.work).toBeLessThan(506);
  expect(answered).toBeLessThan(510);
  server.closeAllConnections();
  server.close();
});
