// Sockets are cut at random while 10,000 activities happen: whoever comes back with a cursor has everything, once, in order.
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { trackActivities } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import type { BoardWindow } from '#domain/leaderboard/standing.ts';

import { aPurchase, aShop, balanceOf, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen } from '../support/leaderboard.ts';
import { aCommand, TEST_TOKEN_SECRET, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp } from '../support/services.ts';

const { url: databaseUrl } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(databaseUrl, { redisUrl: redis.url });
const start = () => startApp({ databaseUrl, redisUrl: redis.url, env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET } });
// One after the other: a machine that is busy takes long enough to load one.
const apps = [await start(), await start()];

const CUSTOMERS = 5;
const ACTIVITIES = 10_000;
const BATCH = 20;
/** A torn client holds its socket for so long at most. */
const HELD_MAX_MS = 400;
const AWAY_MAX_MS = 100;
const WITHIN_MS = 120_000;

type Mark = { cursor: string; isSnapshot: boolean; reset: string | null };
type ActivityItem = Mark & { activity: { id: string } | null };
type BalanceItem = Mark & { balances: { version: number; available: number }[] };
type Row = { customerId: string; position: number; rank: number; score: string };
type Lists = { entered: Row[]; updated: Row[]; left: string[] };
type BoardItem = Mark & { version: number; top: Lists; around: Lists };

const MARK = 'cursor isSnapshot reset';
const ACTIVITY = `subscription ($id: ID, $after: String) { activityEffects(customerId: $id, after: $after) { ${MARK} activity { id } } }`;
const BALANCE = `subscription ($id: ID, $after: String) { balanceChanged(customerId: $id, after: $after) { ${MARK} balances { version available } } }`;
const LISTS = '{ entered { ...row } updated { ...row } left }';
const BOARD = `subscription ($board: ID!, $id: ID, $after: String) {
  leaderboardChanged(id: $board, top: 3, around: $id, radius: 1, after: $after) { ${MARK} version top ${LISTS} around ${LISTS} }
}
fragment row on Standing { customerId position rank score }`;

/** A client of one stream, which is cut off again and again until it may stay. */
class Client<Item extends Mark> {
  readonly items: Item[] = [];
  readonly #document: string;
  readonly #variables: Record<string, unknown>;
  readonly #secret: string;
  #socket: WebSocket | null = null;
  #isLeaving = false;
  cuts = 0;
  failure: string | null = null;

  constructor(secret: string, document: string, variables: Record<string, unknown>) {
    this.#secret = secret;
    this.#document = document;
    this.#variables = variables;
  }

  /** Opens a socket to one of the processes, behind what has arrived. */
  connect(): void {
    const { url } = apps[Math.random() < 0.5 ? 0 : 1]!;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.#socket = socket;
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('error', () => undefined);
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${this.#secret}` } }));
    socket.on('message', (data: Buffer) => {
      // What is still in the pipe of a socket that was cut has not arrived.
      if (this.#socket !== socket) return;
      const message = JSON.parse(data.toString()) as {
        type: string;
        payload?: { data?: Record<string, Item>; errors?: unknown };
      };
      if (message.type === 'connection_ack') {
        const variables = { ...this.#variables, after: this.items.at(-1)?.cursor ?? null };
        send({ id: '1', type: 'subscribe', payload: { query: this.#document, variables } });
      }
      const [item] = Object.values(message.payload?.data ?? {});
      if (message.type === 'next' && item) this.items.push(item);
      if (message.type === 'error' || message.payload?.errors) this.failure = data.toString();
    });
  }

  /** Is cut off at random, and comes back, until `stay`. */
  async tear(): Promise<void> {
    while (!this.#isLeaving) {
      this.connect();
      await sleep(Math.random() * HELD_MAX_MS);
      if (this.#isLeaving) return;
      const socket = this.#socket;
      this.#socket = null;
      socket?.terminate();
      this.cuts += 1;
      await sleep(Math.random() * AWAY_MAX_MS);
    }
  }

  stay(): void {
    this.#isLeaving = true;
    if (this.#socket === null) this.connect();
  }

  leave(): void {
    this.#socket?.terminate();
  }
}

/** The list that items lead to. Throws where an item does not fit what came before. */
function listOf(items: readonly BoardItem[], name: 'top' | 'around'): Row[] {
  const rows = new Map<string, Row>();
  for (const item of items) {
    if (item.isSnapshot) rows.clear();
    for (const id of item[name].left) if (!rows.delete(id)) throw new Error('somebody left who was not there');
    for (const row of item[name].entered) {
      if (rows.has(row.customerId)) throw new Error('somebody entered who was there');
      rows.set(row.customerId, row);
    }
    for (const row of item[name].updated) {
      if (!rows.has(row.customerId)) throw new Error('somebody was updated who was not there');
      rows.set(row.customerId, row);
    }
  }
  return [...rows.values()].toSorted((a, b) => a.position - b.position);
}

it(`clients of two processes whose sockets are cut at random have each of ${ACTIVITIES} changes once and in order, and the board`, async () => {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const customers = await someCustomers(deps, program, CUSTOMERS);
  const secret = program.ownerSecret;
  const pairs = customers.map((customer) => {
    const id = publicId('Customer', customer);
    const make = <Item extends Mark>(document: string) => ({
      torn: new Client<Item>(secret, document, { id }),
      whole: new Client<Item>(secret, document, { id }),
    });
    return { customer, activities: make<ActivityItem>(ACTIVITY), balances: make<BalanceItem>(BALANCE) };
  });
  const boards = customers.map(
    (customer) =>
      new Client<BoardItem>(secret, BOARD, {
        board: publicId('Leaderboard', board.id),
        id: publicId('Customer', customer),
      }),
  );
  const whole = pairs.flatMap(({ activities, balances }) => [activities.whole, balances.whole]);
  const torn = [...pairs.flatMap(({ activities, balances }) => [activities.torn, balances.torn]), ...boards];
  for (const client of [...whole, ...torn]) client.connect();
  await until(() => [...whole, ...torn].every((client) => client.items.length > 0), Boolean, WITHIN_MS);
  for (const client of torn) client.leave();
  const tearing = torn.map((client) => client.tear());

  for (let sent = 0; sent < ACTIVITIES; sent += BATCH) {
    const reports = Array.from({ length: BATCH }, (_, index) =>
      aPurchase(customers[(sent + index) % CUSTOMERS]!, {
        properties: { amount: `${1 + Math.floor(Math.random() * 9)}` },
      }),
    );
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
  }
  for (const client of torn) client.stay();
  await Promise.all(tearing);

  for (const { customer, activities, balances } of pairs) {
    const recorded = await deps.reads.query<{ id: string }>('select id from activity where customer_id = $1', [
      customer,
    ]);
    const told = ({ items }: Client<ActivityItem>) => items.flatMap(({ activity }) => activity?.id ?? []);
    await until(
      () => told(activities.whole).length,
      (count) => count >= recorded.length,
      WITHIN_MS,
    );
    await until(
      () => activities.torn.items.length,
      (count) => count >= activities.whole.items.length,
      WITHIN_MS,
    );
    expect(told(activities.whole).toSorted()).toEqual(recorded.map(({ id }) => publicId('Activity', id)).toSorted());
    expect(told(activities.torn)).toEqual(told(activities.whole));
    await until(
      () => balances.torn.items.length,
      (count) => count >= balances.whole.items.length,
      WITHIN_MS,
    );
    expect(balances.torn.items.map((item) => item.balances)).toEqual(balances.whole.items.map((item) => item.balances));
    const { available } = await balanceOf(deps, program, customer);
    expect(balances.torn.items.at(-1)!.balances[0]!.available).toBe(available);
    for (const { torn: client } of [activities, balances]) {
      expect(client.failure).toBeNull();
      expect(client.items.slice(1).some(({ isSnapshot }) => isSnapshot)).toBe(false);
    }
  }

  const season = await seasonIn(deps, program, board);
  await viewWhen(deps, season, ({ state }) => state === 'LIVE');
  for (const [index, client] of boards.entries()) {
    const windows: BoardWindow[] = [
      { kind: 'PAGE', offset: 0, count: 3 },
      { kind: 'AROUND', customerId: customers[index]!, radius: 1 },
    ];
    const fresh = await deps.boards.read(season, windows);
    const wanted = fresh.windows.map((rows) =>
      rows.map((row) => [publicId('Customer', row.customerId), row.position, row.rank, row.score]),
    );
    const shown = (): unknown[] =>
      (['top', 'around'] as const).map((name) =>
        listOf(client.items, name).map((row) => [row.customerId, row.position, row.rank, Number(row.score)]),
      );
    await until(
      () => JSON.stringify(shown()),
      (text) => text === JSON.stringify(wanted),
      WITHIN_MS,
    );
    expect(client.failure).toBeNull();
    const versions = client.items.filter(({ isSnapshot }) => !isSnapshot).map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  }
  const cuts = torn.reduce((sum, client) => sum + client.cuts, 0);
  const resumed = boards.flatMap(({ items }) => items.slice(1)).filter(({ isSnapshot }) => !isSnapshot).length;
  expect(cuts).toBeGreaterThan(torn.length * 5);
  expect(resumed).toBeGreaterThan(0);
  for (const client of [...whole, ...torn]) client.leave();
}, 400_000);
