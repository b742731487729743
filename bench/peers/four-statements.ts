// What pgbench runs for the write goals, and what stands in for it where it is not installed: one activity a
// transaction of four statements, from sixteen connections.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import type { Report } from '../harness/process-load.ts';
import { LatencyHistogram } from '../harness/statistics.ts';

const [clients, members, seconds, warmupSeconds] = ['CLIENTS', 'MEMBERS', 'SECONDS', 'WARMUP_SECONDS'].map((name) =>
  Number(process.env[name]),
) as [number, number, number, number];

const INSERT_EVENT = {
  name: 'insert-event',
  text: "insert into event values ($1, $2, 'purchase', 10, now()) on conflict do nothing",
};
const LOCK_BALANCE = { name: 'lock-balance', text: 'select points from balance where member_id = $1 for update' };
const ADD_POINTS = {
  name: 'add-points',
  text: 'update balance set points = points + 10 where member_id = $1 returning points',
};
const INSERT_ENTRY = {
  name: 'insert-entry',
  text: 'insert into entry (member_id, message_id, amount, balance_after) values ($1, $2, 10, $3)',
};

async function track(client: Client, messageId: string, memberId: number): Promise<void> {
  await client.query('begin');
  await client.query({ ...INSERT_EVENT, values: [messageId, memberId] });
  await client.query({ ...LOCK_BALANCE, values: [memberId] });
  const { rows } = await client.query<{ points: string }>({ ...ADD_POINTS, values: [memberId] });
  await client.query({ ...INSERT_ENTRY, values: [memberId, messageId, rows[0]?.points] });
  await client.query('commit');
}

function tell(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const latencies = new LatencyHistogram();
const run = `${process.pid}-${Date.now()}`;
let accepted = 0;
let stopped = false;
const all = Promise.all(
  Array.from({ length: clients }, async (_, number) => {
    const client = new Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    for (let count = 0; !stopped; count += 1) {
      const sentAt = performance.now();
      await track(client, `${run}-${number}-${count}`, 1 + ((number * 7_919 + count * 104_729) % members));
      latencies.record(performance.now() - sentAt);
      accepted += 1;
    }
    await client.end();
  }),
);
await sleep(warmupSeconds * 1000);
tell({ kind: 'begin' });
latencies.clear();
const before = accepted;
await sleep(seconds * 1000);
tell({ kind: 'end', work: accepted - before, p50Ms: latencies.quantile(0.5), p99Ms: latencies.quantile(0.99) });
stopped = true;
await all;
tell({ kind: 'done', accepted });
