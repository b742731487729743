// Redis' own growth: ZREVRANK of random members of one sorted set, sixteen a pipeline, as fast as one connection goes.
import process from 'node:process';

import { Redis } from 'ioredis';

import { loadThroughWindow } from './self-load.ts';

const KEY = process.env.BOARD_KEY ?? '';
const PIPELINE = 16;
const MEMBERS_TRIED = 1_000;

const redis = new Redis(process.env.REDIS_URL ?? '');
const members = await redis.zrandmember(KEY, MEMBERS_TRIED);
await loadThroughWindow(1, async (_lane, count) => {
  const pipeline = redis.pipeline();
  for (let index = 0; index < PIPELINE; index += 1) {
    pipeline.zrevrank(KEY, members[(count * PIPELINE + index) % members.length] ?? '');
  }
  await pipeline.exec();
  return PIPELINE;
});
redis.disconnect();
