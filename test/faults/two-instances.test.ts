import { createClient } from 'graphql-ws';
import { afterAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { publicId } from '#domain/ids.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { askGraph, dataOf } from '../support/graph-client.ts';
import { aLeaderboard, until } from '../support/leaderboard.ts';
import { aCustomer, expectNoOffences } from '../support/ledger.ts';
import { TEST_TOKEN_SECRET, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp } from '../support/services.ts';
import { expectAllOnce, sendOrder, someOrders, timesOnRecord } from './history.ts';

const { url: databaseUrl } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(databaseUrl);
const start = () => startApp({ databaseUrl, redisUrl: redis.url, env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET } });
const instances = await Promise.all([start(), start()]);
const [here, there] = instances;
const instanceAt = (index: number) => (index % 2 === 0 ? here : there);

it('gives 50 calls with one key, split over both instances, one effect and one answer', async () => {
  const program = await aShop(deps);
  const customer = await aCustomer(deps, program);
  for (let round = 0; round < 5; round += 1) {
    const [order] = someOrders([customer], 1);
    const copies = Array.from({ length: 50 }, () => ({ ...order! }));
    const complaints = await Promise.all(
      copies.map((copy, index) => sendOrder(instanceAt(index).url, program.ownerSecret, copy)),
    );
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([]);
    expect(copies.filter((copy) => copy.outcome === 'ok').length).toBeGreaterThan(0);
    expect((await timesOnRecord(deps, program)).get(order!.messageId)).toBe(1);
  }
  await expectNoOffences(deps);
});

it('lets exactly as many of 60 spends through as the balance covers, wherever they arrive', async () => {
  const program = await aShop(deps);
  const customer = await aCustomer(deps, program);
  const orders = someOrders([customer], 1).map((order) => ({ ...order, amount: 100 }));
  expect(await sendOrder(here.url, program.ownerSecret, orders[0]!)).toBeNull();
  const document = `mutation ($input: PointsSpendInput!) { pointsSpend(input: $input) { answer: __typename } }`;
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_spend, index) =>
      dataOf<{ pointsSpend: { answer: string } }>(instanceAt(index).url, program.ownerSecret, document, {
        input: { idempotencyKey: deps.newId(), customerId: publicId('Customer', customer), amount: 5 },
      }),
    ),
  );
  const typenames = replies.map(({ pointsSpend }) => pointsSpend.answer);
  expect(typenames.filter((name) => name === 'PointsSpendPayload')).toHaveLength(20);
  expect(typenames.filter((name) => name === 'InsufficientPointsError')).toHaveLength(40);
  await expectNoOffences(deps);
});

it('shows the balance on one instance as soon as the other has answered', async () => {
  const program = await aShop(deps);
  const customer = await aCustomer(deps, program);
  const orders = someOrders([customer], 100);
  const document =
    'query ($id: ID!) { balance(customerId: $id) { available } customer(id: $id) { balance { available } } }';
  let sum = 0;
  for (const [index, order] of orders.entries()) {
    expect(await sendOrder(instanceAt(index).url, program.ownerSecret, order)).toBeNull();
    sum += order.amount;
    const read = await dataOf(instanceAt(index + 1).url, program.ownerSecret, document, {
      id: publicId('Customer', customer),
    });
    expect(read).toEqual({ balance: { available: sum }, customer: { balance: { available: sum } } });
  }
  await expectAllOnce(deps, program, orders);
});

it('moves the board of a subscriber on one instance by an activity tracked on the other', async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const customers = await someCustomers(deps, program, 3);
  const client = createClient({
    url: `${there.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${program.ownerSecret}` },
    retryAttempts: 0,
  });
  afterAll(() => client.dispose());

  type Change = { isSnapshot: boolean; version: number; top: { entered: Row[]; updated: Row[]; left: string[] } };
  type Row = { customerId: string; score: string };
  const shown = new Map<string, number>();
  const versions: number[] = [];
  client.subscribe<{ leaderboardChanged: Change }>(
    {
      query: `subscription ($id: ID!) { leaderboardChanged(id: $id) { isSnapshot version
        top { entered { customerId score } updated { customerId score } left } } }`,
      variables: { id: board.publicId },
    },
    {
      next: ({ data }) => {
        if (!data) return;
        const change = data.leaderboardChanged;
        if (change.isSnapshot) shown.clear();
        for (const { customerId, score } of [...change.top.entered, ...change.top.updated])
          shown.set(customerId, Number(score));
        for (const customerId of change.top.left) shown.delete(customerId);
        versions.push(change.version);
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await until(
    () => versions.length,
    (count) => count > 0,
  );

  const sums = new Map<string, number>();
  for (const order of someOrders(customers, 30)) {
    expect(await sendOrder(here.url, program.ownerSecret, order)).toBeNull();
    const id = publicId('Customer', order.customerId);
    sums.set(id, (sums.get(id) ?? 0) + order.amount);
  }
  await until(
    () => [...sums].every(([id, sum]) => shown.get(id) === sum),
    (isShown) => isShown,
    30_000,
  );
  expect(versions.length).toBeGreaterThan(1);
});

it('knows a used key on either instance, also with other input', async () => {
  const program = await aShop(deps);
  const customer = await aCustomer(deps, program);
  const input = { idempotencyKey: 'k', customerId: publicId('Customer', customer), reason: 'why' };
  const document = `mutation ($input: PointsAdjustInput!) {
    pointsAdjust(input: $input) { ... on PointsAdjustPayload { replayed balance { available } } ... on UserError { code } }
  }`;
  const adjust = async (index: number, amount: number): Promise<unknown> => {
    const variables = { input: { ...input, amount } };
    return (await askGraph(instanceAt(index).url, program.ownerSecret, document, variables)).data?.['pointsAdjust'];
  };
  expect(await adjust(0, 5)).toEqual({ replayed: false, balance: { available: 5 } });
  expect(await adjust(1, 5)).toEqual({ replayed: true, balance: { available: 5 } });
  expect(await adjust(1, 6)).toEqual({ code: 'IDEMPOTENCY_MISMATCH' });
});
