// Redis' own growth: ZREVRANK of random members of one sorted set, sixteen a pipeline, as fast as one connection goes.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import type { Report } from '../harness/process-load.ts';

const KEY = process.env.BOARD_KEY ?? '';
const PIPELINE = 16;
const [seconds, warmupSeconds] = ['SECONDS', 'WARMUP_SECONDS'].map((name) => Number(process.env[name])) as [number, number];
const MEMBERS_TRIED = 1_000;

function tell(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const redis = new Redis(process.env.REDIS_URL ?? '');
const members = (await redis.zrandmember(KEY, MEMBERS_TRIED)) as string[];
let accepted = 0;
let stopped = false;
const all = (async () => {
  while (!stopped) {
    const pipeline = redis.pipeline();
    for (let index = 0; index < PIPELINE; index += 1) pipeline.zrevrank(KEY, members[(accepted + index) % members.length] ?? '');
    await pipeline.exec();
    accepted += PIPELINE;
  }
})();
await sleep(warmupSeconds * 1000);
tell({ kind: 'begin' });
const before = accepted;
await sleep(seconds * 1000);
tell({ kind: 'end', work: accepted - before, p50Ms: NaN, p99Ms: NaN });
stopped = true;
await all;
tell({ kind: 'done', accepted });
redis.disconnect();
