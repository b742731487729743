import { afterAll, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, asOwner, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
/** Another process, which shares nothing but the stores. */
const elsewhere = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Row = { position: number; score: string; customerId: string };
type Item = {
  cursor: string;
  isSnapshot: boolean;
  reset: string | null;
  version: number;
  top: { entered: Row[]; updated: Row[]; left: string[] } | null;
};
const BOARD = `subscription ($id: ID!, $top: Int!, $after: String) {
  leaderboardChanged(id: $id, top: $top, after: $after) {
    cursor isSnapshot reset version
    top { entered { position score customerId } updated { position score customerId } left }
  }
}`;

type Scene = { program: TestProgram; board: TestBoard; customers: string[] };

async function aScene(): Promise<Scene> {
  const program = await aShop(deps);
  const scene = { program, board: await aLeaderboard(deps, program), customers: await someCustomers(deps, program, 4) };
  await buy(scene, [0, '10'], [1, '20'], [2, '30']);
  const season = await seasonIn(deps, program, scene.board);
  await viewWhen(deps, season, ({ state, size }) => state === 'LIVE' && size === 3);
  return scene;
}

/** Waits until everything committed has been handed on. */
async function handedOn(): Promise<void> {
  await until(
    () => deps.reads.query('select from outbox'),
    (rows) => rows.length === 0,
  );
}

async function buy({ program, customers }: Scene, ...purchases: [number, string][]): Promise<void> {
  const reports = purchases.map(([who, amount]) => aPurchase(customers[who] ?? '', { properties: { amount } }));
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

function open({ program, board }: Scene, after: string | null = null, top = 2, by = deps) {
  return openStream<Item>(by, asOwner(program), BOARD, { id: publicId('Leaderboard', board.id), top, after });
}

/** A list that lives by what it is told. */
class List {
  readonly rows = new Map<string, Row>();
  cursor = '';

  take(item: Item): void {
    if (item.isSnapshot) this.rows.clear();
    for (const id of item.top?.left ?? []) this.rows.delete(id);
    for (const row of [...(item.top?.entered ?? []), ...(item.top?.updated ?? [])]) this.rows.set(row.customerId, row);
    this.cursor = item.cursor;
  }

  get scores(): number[] {
    return [...this.rows.values()].toSorted((a, b) => a.position - b.position).map(({ score }) => Number(score));
  }
}

/** Takes items until the list shows these scores. */
async function follow(list: List, stream: Awaited<ReturnType<typeof open>>, wanted: number[]): Promise<Item> {
  return stream.until((item) => {
    list.take(item);
    return list.scores.join() === wanted.join();
  });
}

describe('a reader of a board who comes back', () => {
  it.each([
    ['to the same process', () => deps],
    ['to another process', () => elsewhere],
  ])('%s gets one change that leads from what they have to the present', async (_where, by) => {
    const scene = await aScene();
    const list = new List();
    const stream = await open(scene);
    await follow(list, stream, [30, 20]);
    await stream.close();
    await buy(scene, [3, '25']);
    await buy(scene, [0, '100']);
    await handedOn();
    const back = await open(scene, list.cursor, 2, by());
    const item = await follow(list, back, [110, 30]);
    expect(item).toMatchObject({ isSnapshot: false, reset: null });
    expect(item.top!.entered.map(({ score }) => Number(score))).toEqual([110]);
    expect(item.top!.left).toEqual([publicId('Customer', scene.customers[1]!)]);
    await back.close();
  });

  it('is told nothing while nothing has changed', async () => {
    const scene = await aScene();
    const list = new List();
    const stream = await open(scene);
    await follow(list, stream, [30, 20]);
    await stream.close();
    const back = await open(scene, list.cursor);
    expect(await back.next(300)).toBeNull();
    await buy(scene, [2, '5']);
    expect(await back.next()).toMatchObject({ isSnapshot: false, top: { updated: [{ position: 1 }] } });
    await back.close();
  });

  it.each([
    ['OTHER_STREAM', 'of a list of another length', (cursor: string) => cursor, 3],
    ['UNKNOWN', 'that is none', () => 'nonsense', 2],
    ['TOO_OLD', 'of a version that nobody remembers', shifted, 2],
  ])('gets a snapshot and %s with a cursor %s', async (reset, _which, change, top) => {
    const scene = await aScene();
    const list = new List();
    const stream = await open(scene);
    await follow(list, stream, [30, 20]);
    await stream.close();
    const back = await open(scene, change(list.cursor), top);
    expect(await back.next()).toMatchObject({ isSnapshot: true, reset, top: { left: [] } });
    await buy(scene, [2, '5']);
    expect(await back.next()).toMatchObject({ isSnapshot: false, reset: null });
    await back.close();
  });
});

/** The same place at another version. */
function shifted(cursor: string): string {
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify([...parts.slice(0, -1), Number(parts.at(-1)) - 1])).toString('base64url');
}
