import type { Redis } from 'ioredis';

import { throttleKey } from './keys.ts';
import { loadScript } from './script.ts';

const settleBucket = loadScript('settle-bucket');

/** A token bucket that fills by `restoreRate` points a second up to `maximum`, and what was taken from it lately. */
type Spending = { bucket: string; budget: { maximum: number; restoreRate: number }; spent: number };

/** Token buckets of callers, shared by all processes. */
export function createSharedBuckets(redis: Redis) {
  return {
    /** Takes what was spent and answers what is left in each bucket, in the given order. Throws while Redis is away. */
    async settle(spendings: readonly Spending[]): Promise<number[]> {
      const replies = await Promise.all(
        spendings.map(({ bucket, budget, spent }) =>
          settleBucket(redis, [throttleKey(bucket)], [budget.maximum, budget.restoreRate, spent]),
        ),
      );
      return replies.map(Number);
    },
  };
}
