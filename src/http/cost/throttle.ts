import { LRUCache } from 'lru-cache';

import type { Caller } from '#domain/caller.ts';

/** A bucket of `maximum` points that fills by `restoreRate` points a second. */
export type Budget = { maximum: number; restoreRate: number };
export type Budgets = Record<Caller['kind'], Budget>;

/** The state of a caller's bucket, as told in `extensions.cost.throttle`. */
export type ThrottleState = { maximum: number; available: number; restoreRate: number };

/** What one caller has spent since it was last settled. */
export type Spending = { bucket: string; budget: Budget; spent: number };

/** The record of all buckets, shared by all processes. Answers what is left in each bucket, in the given order. */
export type SharedBuckets = { settle(spendings: readonly Spending[]): Promise<readonly number[]> };

export type Throttle = {
  /**
   * Takes the price from the caller's bucket, or nothing when too little is in it: then `waitMs` says when there will be
   * enough. Never waits for Redis.
   */
  take(caller: Caller, address: string, price: number): { state: ThrottleState; waitMs: number };
  /** Settles with the record now. Runs by itself ten times a second. */
  settle(): Promise<void>;
  stop(): void;
};

type Bucket = { name: string; budget: Budget; available: number; at: number; spent: number };

const SETTLE_EVERY_MS = 100;
/** A bucket that nobody has used for that long is full again in any case. */
const BUCKETS_HELD = 50_000;

/**
 * A token bucket a caller. Each process decides by its own view of the bucket, and settles what it spent with the record in
 * Redis ten times a second, taking over what is left there. So a request never waits for Redis, the processes together may
 * overdraw by what they spend in a tenth of a second, and while Redis is away each process keeps its own buckets.
 */
export function createThrottle(budgets: Budgets, shared: SharedBuckets | null, now: () => number = Date.now): Throttle {
  const buckets = new LRUCache<string, Bucket>({ max: BUCKETS_HELD });
  const unsettled = new Set<Bucket>();
  let settling = false;

  const bucketOf = (caller: Caller, address: string): Bucket => {
    const name = bucketName(caller, address);
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      const budget = budgets[caller.kind];
      bucket = { name, budget, available: budget.maximum, at: now(), spent: 0 };
      buckets.set(name, bucket);
    }
    return bucket;
  };

  const settle = async (): Promise<void> => {
    if (shared === null || settling || unsettled.size === 0) return;
    settling = true;
    const batch = [...unsettled];
    const spendings = batch.map(({ name, budget, spent }) => ({ bucket: name, budget, spent }));
    unsettled.clear();
    for (const bucket of batch) bucket.spent = 0;
    try {
      const left = await shared.settle(spendings);
      for (const [index, bucket] of batch.entries()) {
        // What was spent while the answer was on its way is not in it yet.
        bucket.available = (left[index] ?? bucket.available) - bucket.spent;
        bucket.at = now();
      }
    } catch {
      // Redis is away: the own view goes on, and what was spent meanwhile is not charged twice later.
    } finally {
      settling = false;
    }
  };
  const timer = setInterval(() => void settle(), SETTLE_EVERY_MS).unref();

  return {
    take(caller, address, price) {
      const bucket = bucketOf(caller, address);
      refill(bucket, now());
      const { maximum, restoreRate } = bucket.budget;
      const refused = price > bucket.available;
      if (!refused && price > 0) {
        bucket.available -= price;
        bucket.spent += price;
        if (shared !== null) unsettled.add(bucket);
      }
      return {
        state: { maximum, available: Math.max(0, Math.floor(bucket.available)), restoreRate },
        waitMs: refused ? Math.ceil(((Math.min(price, maximum) - bucket.available) / restoreRate) * 1_000) : 0,
      };
    },
    settle,
    stop: () => clearInterval(timer),
  };
}

function refill(bucket: Bucket, at: number): void {
  if (at <= bucket.at) return;
  const { maximum, restoreRate } = bucket.budget;
  bucket.available = Math.min(maximum, bucket.available + ((at - bucket.at) / 1_000) * restoreRate);
  bucket.at = at;
}

/** One bucket a key, a customer or a member of staff; callers without any share that of their address. */
function bucketName(caller: Caller, address: string): string {
  switch (caller.kind) {
    case 'SECRET_KEY':
    case 'PUBLISHABLE_KEY':
    case 'OPERATOR':
      return caller.keyId;
    case 'CUSTOMER':
      return caller.customerId;
    case 'STAFF':
      return `${caller.programId}:${caller.subject}`;
    case 'ANONYMOUS':
      return address;
  }
}
