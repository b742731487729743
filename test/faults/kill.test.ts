import process from 'node:process';

import { Client } from 'pg';
import { expect, it } from 'vitest';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, until } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { TEST_TOKEN_SECRET, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp, type RunningApp } from '../support/services.ts';
import { expectHealed } from './board.ts';
import { expectAllOnce, sendOrder, sendOrders, someOrders, timesOnRecord, type Order } from './history.ts';

const { url: databaseUrl } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(databaseUrl);
/** Three starts of a process on a machine that runs other test files too. */
const TIMEOUT_MS = 120_000;

const start = (port?: number): Promise<RunningApp> =>
  startApp({
    databaseUrl,
    redisUrl: redis.url,
    env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET },
    ...(port === undefined ? {} : { port }),
  });

const WAITING_FOR_A_LOCK = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

const answered = (orders: readonly Order[]): Order[] => orders.filter((order) => order.outcome === 'ok');

let app = await start();

/**
 * Sends all at once, and kills the server in the moment of its first commit: what that one holds is on record, and hardly
 * anybody has been told. Whatever is decided together with the held customer waits, so that not all can have been answered.
 */
async function sendAllAndKill(program: TestProgram, orders: readonly Order[], heldId: string): Promise<void> {
  const [listener, holder] = [0, 1].map(() => new Client({ connectionString: databaseUrl })) as [Client, Client];
  let killing: Promise<void> | undefined;
  listener.on('notification', () => {
    if (killing !== undefined) return;
    // At once: by the keeper it would take a way through two event loops, on which all may have been answered.
    process.kill(app.pid, 'SIGKILL');
    killing = app.kill();
  });
  await Promise.all([listener.connect(), holder.connect()]);
  await holder.query('begin');
  await holder.query('select 1 from ledger_account where program_id = $1 and customer_id = $2 for update', [
    program.programId,
    heldId,
  ]);
  await listener.query('listen laurel_outbox');
  const send = (order: Order) => sendOrder(app.url, program.ownerSecret, order);
  expect(await sendOrders(orders, orders.length, send)).toEqual([]);
  expect(killing).toBeDefined();
  await killing;
  await Promise.all([listener.end(), holder.end()]);
}

/** What was acknowledged is there once, what was not is there once or not at all. */
async function expectHistory(program: TestProgram, orders: readonly Order[]): Promise<void> {
  const times = await timesOnRecord(deps, program);
  for (const { outcome, messageId } of orders) {
    if (outcome === 'ok') expect(times.get(messageId)).toBe(1);
    else expect(times.get(messageId) ?? 0).toBeLessThanOrEqual(1);
  }
  await expectNoOffences(deps);
}

it(
  'keeps every acknowledged activity once, and every other at most once, when it is killed with 1,000 in flight',
  async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 40);
    const orders = someOrders(customers, 1_000);
    const [first] = orders as [Order, ...Order[]];
    expect(await sendOrder(app.url, program.ownerSecret, first)).toBeNull();

    await sendAllAndKill(program, orders.slice(1), first.customerId);
    const unknown = orders.filter((order) => order.outcome === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    await expectHistory(program, orders);

    // With new ones: the old may all be in the commit that nobody was told of, and then there is nothing left to write.
    const more = someOrders(customers, 500);
    orders.push(...more);
    app = await start(app.port);
    await sendAllAndKill(program, [...unknown, ...more], first.customerId);
    await expectHistory(program, orders);

    // Every one again with its key, also those that were answered long ago.
    app = await start(app.port);
    expect(await sendOrders(orders, 50, (order) => sendOrder(app.url, program.ownerSecret, order))).toEqual([]);
    expect(answered(orders)).toHaveLength(orders.length);
    await expectAllOnce(deps, program, orders);
    await expectHealed(app.url, program.ownerSecret, board, orders);
    await expectNoOffences(deps);
  },
  TIMEOUT_MS,
);

it(
  'finishes what is in flight when it is asked to end, and leaves with 0',
  async () => {
    const program = await aShop(deps);
    const customers = await someCustomers(deps, program, 2);
    const [first, slow, ...others] = someOrders(customers, 400) as [Order, Order, ...Order[]];
    slow.customerId = first.customerId;
    for (const order of others) order.customerId = customers[1]!;
    const orders = [first, slow, ...others];
    expect(await sendOrder(app.url, program.ownerSecret, first)).toBeNull();

    // An activity that waits for a lock is under way for as long as the test likes.
    const client = await deps.postgres.connect();
    await client.query('begin; set local idle_in_transaction_session_timeout = 0');
    await client.query('select 1 from ledger_account where program_id = $1 and customer_id = $2 for update', [
      program.programId,
      first.customerId,
    ]);
    const sendingSlow = sendOrder(app.url, program.ownerSecret, slow);
    const sending = sendOrders(others, 20, (order) => sendOrder(app.url, program.ownerSecret, order));
    await until(
      () => deps.reads.query(WAITING_FOR_A_LOCK),
      (waiting) => waiting.length > 0,
    );
    const stopping = app.stop();
    await until(
      () => fetch(`${app.url}/readyz`).catch(() => null),
      (response) => response?.status !== 200,
    );
    await client.query('rollback');
    client.release();

    expect(await sendingSlow).toBeNull();
    expect(slow.outcome).toBe('ok');
    expect(await stopping).toBe(0);
    expect(await sending).toEqual([]);
    await expectHistory(program, orders);

    app = await start(app.port);
    const unanswered = orders.filter((order) => order.outcome !== 'ok');
    expect(await sendOrders(unanswered, 20, (order) => sendOrder(app.url, program.ownerSecret, order))).toEqual([]);
    await expectAllOnce(deps, program, orders);
  },
  TIMEOUT_MS,
);
