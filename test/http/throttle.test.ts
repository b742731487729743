import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';

import { ANONYMOUS, type Caller } from '#domain/caller.ts';
import { openRedis } from '#redis/client.ts';
import { createSharedBuckets } from '#redis/shared-buckets.ts';
import { createThrottle, type Budgets } from '#src/http/cost/throttle.ts';

import { ownRedis } from '../support/redis.ts';
import { openDeps, post, startLaurel } from './laurel.ts';

const redis = await ownRedis();
const client = openRedis(redis.url, 'commands');
afterAll(() => client.disconnect());

const budget = { maximum: 100, restoreRate: 10 };
const BUDGETS = {
  SECRET_KEY: budget,
  STAFF: budget,
  PUBLISHABLE_KEY: budget,
  CUSTOMER: budget,
  OPERATOR: budget,
  ANONYMOUS: budget,
} satisfies Budgets;

const operator = (keyId: string): Caller => ({
  kind: 'OPERATOR',
  keyId,
  actor: 'operator:x',
  permissions: new Set(),
  expiresAt: null,
});

describe('the bucket of a caller', () => {
  it('gives until it is empty, says how long to wait, and fills by its rate', () => {
    let now = 1_000;
    const throttle = createThrottle(BUDGETS, null, () => now);
    const caller = operator('a');
    expect(throttle.take(caller, '', 60)).toEqual({ state: { ...budget, available: 40 }, waitMs: 0 });
    expect(throttle.take(caller, '', 60)).toEqual({ state: { ...budget, available: 40 }, waitMs: 2_000 });
    now += 1_999;
    expect(throttle.take(caller, '', 60).waitMs).toBeGreaterThan(0);
    now += 1;
    expect(throttle.take(caller, '', 60)).toEqual({ state: { ...budget, available: 0 }, waitMs: 0 });
    now += 3_600_000;
    expect(throttle.take(caller, '', 0).state.available).toBe(100);
    throttle.stop();
  });

  it("is its own: one caller cannot empty another one's, nor one address another one's", () => {
    const throttle = createThrottle(BUDGETS, null);
    throttle.take(operator('a'), '', 100);
    throttle.take(ANONYMOUS, '10.0.0.1', 100);
    expect(throttle.take(operator('b'), '', 100).waitMs).toBe(0);
    expect(throttle.take(ANONYMOUS, '10.0.0.2', 100).waitMs).toBe(0);
    expect(throttle.take(ANONYMOUS, '10.0.0.1', 100).waitMs).toBeGreaterThan(0);
    throttle.stop();
  });

  it('is shared by all processes', async () => {
    await expect.poll(() => client.ping().catch(() => null)).toBe('PONG');
    const [one, two] = [
      createThrottle(BUDGETS, createSharedBuckets(client)),
      createThrottle(BUDGETS, createSharedBuckets(client)),
    ];
    expect(one.take(operator('shared'), '', 70).waitMs).toBe(0);
    await one.settle();
    expect(two.take(operator('shared'), '', 10).waitMs).toBe(0);
    await two.settle();
    expect(two.take(operator('shared'), '', 0).state.available).toBeLessThan(30);
    expect(two.take(operator('shared'), '', 90).waitMs).toBeGreaterThan(0);
    one.stop();
    two.stop();
  });

  it('is decided by the own process, at once, while Redis is away', async () => {
    const throttle = createThrottle(BUDGETS, createSharedBuckets(client));
    await redis.kill();
    const started = performance.now();
    expect(throttle.take(operator('away'), '', 70).waitMs).toBe(0);
    await throttle.settle();
    expect(throttle.take(operator('away'), '', 70).waitMs).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    throttle.stop();
    await redis.restart();
  });

  it('leaves nothing in Redis once it would be full again', async () => {
    const direct = new Redis(redis.url);
    await createSharedBuckets(direct).settle([
      { bucket: 'short', budget: { maximum: 10, restoreRate: 100 }, spent: 10 },
    ]);
    expect(await direct.keys('*short*')).toHaveLength(1);
    expect(await direct.pttl((await direct.keys('*short*'))[0] ?? '')).toBeLessThanOrEqual(1_101);
    direct.disconnect();
  });
});

describe('a request', async () => {
  const deps = await openDeps({ LAUREL_BUDGET_SECRET_KEY: '50/10' });
  const { url } = await startLaurel(deps);

  it('is told its price and its bucket, and refused with 429 and a wait when the bucket is empty', async () => {
    const page = { query: '{ people(first: 29) { nodes { name } } }' };
    const first = await post(url, page);
    expect(await first.json()).toMatchObject({
      extensions: { cost: { requested: 30, throttle: { maximum: 50, available: 20, restoreRate: 10 } } },
    });
    const second = await post(url, page);
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await second.json()).toMatchObject({
      errors: [{ extensions: { code: 'THROTTLED', retryAfterMs: expect.any(Number) as number } }],
      extensions: { cost: { requested: 30 } },
    });
    expect(await (await post(url, { query: '{ hello }' })).json()).toMatchObject({ data: { hello: 'world' } });
  });
});
