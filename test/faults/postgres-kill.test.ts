import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { aShop, someCustomers } from '../support/activity.ts';
import { askGraph } from '../support/graph-client.ts';
import { aLeaderboard, until } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { TEST_TOKEN_SECRET, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { ownPostgres, startApp } from '../support/services.ts';
import { expectHealed } from './board.ts';
import { expectAllOnce, sendOrder, sendOrders, someOrders, timesOnRecord, type Order } from './history.ts';

const postgres = await ownPostgres();
const redis = await ownRedis();
const deps = testDeps(postgres.url);
const app = await startApp({
  databaseUrl: postgres.url,
  redisUrl: redis.url,
  env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET },
});

const CLIENTS = 20;
const KILLS = 2;
/** A client rests that long before it sends an order again. */
const REST_MS = 50;
const AWAY_MS = 800;

const answered = (orders: readonly Order[]): Order[] => orders.filter((order) => order.outcome === 'ok');

/** Reads until it is told to end; counts whole answers and typed refusals, and keeps what is neither. */
function keepReading(program: TestProgram): {
  stop: () => Promise<{ whole: number; refused: number; wrong: string[] }>;
} {
  const seen = { isOver: false, whole: 0, refused: 0, wrong: [] as string[] };
  const reading = (async () => {
    while (!seen.isOver) {
      const reply = await askGraph(app.url, program.ownerSecret, '{ customers(first: 1) { nodes { id } } }').catch(
        String,
      );
      if (typeof reply === 'string') seen.wrong.push(reply);
      else if (reply.status === 200 && reply.errors === undefined) seen.whole += 1;
      else if (reply.status === 503 && reply.errors?.[0]?.extensions.code === 'UNAVAILABLE') seen.refused += 1;
      else seen.wrong.push(reply.text);
      await sleep(20);
    }
  })();
  return {
    async stop() {
      seen.isOver = true;
      await reading;
      return seen;
    },
  };
}

it(
  'keeps every acknowledged activity once while PostgreSQL is killed under load, answers typed errors, and recovers by itself',
  { timeout: 120_000 },
  async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const orders = someOrders(await someCustomers(deps, program, 40), 900);
    const reader = keepReading(program);

    // Every client sends its order, with the same key, until it is acknowledged: nobody restarts the server.
    const sending = sendOrders(orders, CLIENTS, async (order) => {
      for (;;) {
        const complaint = await sendOrder(app.url, program.ownerSecret, order);
        if (complaint !== null || order.outcome === 'ok') return complaint;
        await sleep(REST_MS);
      }
    });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await until(
        () => answered(orders).length,
        (count) => count >= (kill * orders.length) / (KILLS + 1),
      );
      await postgres.kill();
      const promised = answered(orders).map((order) => order.messageId);
      await sleep(AWAY_MS);
      await postgres.restart();
      // Told before the end, so on record after it, though nobody sent it again.
      const times = await timesOnRecord(deps, program);
      expect(promised.filter((messageId) => times.get(messageId) !== 1)).toEqual([]);
    }
    expect(await sending).toEqual([]);
    const { whole, refused, wrong } = await reader.stop();

    expect(wrong).toEqual([]);
    expect(Math.min(whole, refused)).toBeGreaterThan(KILLS);
    expect(answered(orders)).toHaveLength(orders.length);
    await expectAllOnce(deps, program, orders);
    await expectHealed(app.url, program.ownerSecret, board, orders);
    await expectNoOffences(deps);
  },
);
