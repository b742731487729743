import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';
import { afterAll, expect, it } from 'vitest';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { TEST_TOKEN_SECRET, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp } from '../support/services.ts';
import { expectHealed, readBoard, wrongsOf } from './board.ts';
import { expectAllOnce, sendOrder, sendOrders, someOrders } from './history.ts';

const { url: databaseUrl } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(databaseUrl);
const redis = new Redis(redisServer.url);
redis.on('error', () => undefined);
afterAll(() => redis.disconnect());
const app = await startApp({ databaseUrl, redisUrl: redisServer.url, env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET } });

const CLIENTS = 20;
const ORDERS = 1_200;
/** A client rests that long after each order, so that the load lasts some six seconds. */
const REST_MS = 100;
/** A read that has to do without Redis waits for it 0.8 s at most. */
const READ_MAX_MS = 20_000;

it('shows no wrong reply while Redis is emptied twice and once killed under load, and heals by itself', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const customers = await someCustomers(deps, program, 40);
  const orders = someOrders(customers, ORDERS);

  const seen = { isOver: false, states: new Set<string>(), readings: 0, slowestMs: 0, wrong: [] as string[] };
  const reading = (async () => {
    while (!seen.isOver) {
      const started = performance.now();
      const view = await readBoard(app.url, program.ownerSecret, board);
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started);
      seen.readings += 1;
      seen.states.add(view.state);
      seen.wrong.push(...wrongsOf(view, Date.now(), orders));
      await sleep(50);
    }
  })();
  const breaking = (async () => {
    await sleep(1_500);
    await redis.flushall();
    await sleep(1_500);
    await redis.flushall();
    await sleep(1_000);
    await redisServer.kill();
    await sleep(1_000);
    await redisServer.restart();
  })();

  const complaints = await sendOrders(orders, CLIENTS, async (order) => {
    const complaint = await sendOrder(app.url, program.ownerSecret, order);
    await sleep(REST_MS);
    return complaint;
  });
  await breaking;
  // A reply that asked for another try gets one, with the same key.
  const asked = orders.filter((order) => order.outcome === 'unknown');
  complaints.push(...(await sendOrders(asked, CLIENTS, (order) => sendOrder(app.url, program.ownerSecret, order))));
  seen.isOver = true;
  await reading;

  expect(complaints).toEqual([]);
  expect(orders.filter((order) => order.outcome !== 'ok')).toEqual([]);
  await expectHealed(app.url, program.ownerSecret, board, orders);
  expect(seen.wrong).toEqual([]);
  expect(seen.states).toContain('LIVE');
  expect(seen.readings).toBeGreaterThan(20);
  expect(seen.slowestMs).toBeLessThan(READ_MAX_MS);
  await expectAllOnce(deps, program, orders);
  await expectNoOffences(deps);
  expect(app.log()).not.toMatch(/"level":(50|60)/);
});

it('answers a used key from the record after FLUSHALL, and not with a second effect', async () => {
  const program = await aShop(deps);
  const customers = await someCustomers(deps, program, 1);
  const orders = someOrders(customers, 1);
  for (const order of [...orders, ...orders]) {
    expect(await sendOrder(app.url, program.ownerSecret, order)).toBeNull();
    expect(order.outcome).toBe('ok');
    await redis.flushall();
  }
  await expectAllOnce(deps, program, orders);
});
