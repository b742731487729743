import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { changeLeaderboard } from '#app/leaderboard/update.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { publicId } from '#domain/ids.ts';
import type { BoardWindow } from '#domain/leaderboard/standing.ts';
import { RELAY_PULSE_KEY } from '#redis/keys.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, asCustomer, asOwner, asPublishable, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await ownRedis();
const deps = testDeps(url, { redisUrl });
let relay = startRelay(deps);
afterAll(() => relay.stop());

type Row = { customerId: string; position: number; rank: number; score: string };
type Lists = { entered: Row[]; updated: Row[]; left: string[] };
type Item = {
  isSnapshot: boolean;
  seasonKey: string;
  state: string;
  version: number;
  entryCount: number;
  top: Lists | null;
  around: Lists | null;
};

const DOCUMENT = `subscription ($code: String!, $season: String, $top: Int! = 5, $around: ID, $me: Boolean! = false, $radius: Int! = 1) {
  leaderboardChanged(code: $code, season: $season, top: $top, around: $around, aroundMe: $me, radius: $radius) {
    isSnapshot seasonKey state version entryCount
    top { entered { ...row } updated { ...row } left }
    around { entered { ...row } updated { ...row } left }
  }
}
fragment row on Standing { customerId position rank score }`;

/** What a client keeps: lists to which it applies what it is told. */
class ClientList {
  #rows = new Map<string, Row>();

  apply(change: Lists | null, isSnapshot: boolean): void {
    if (isSnapshot) this.#rows.clear();
    for (const id of change?.left ?? []) {
      if (!this.#rows.delete(id)) throw new Error('somebody left who was not there');
    }
    for (const row of change?.entered ?? []) {
      if (this.#rows.has(row.customerId)) throw new Error('somebody entered who was there');
      this.#rows.set(row.customerId, row);
    }
    for (const row of change?.updated ?? []) {
      if (!this.#rows.has(row.customerId)) throw new Error('somebody was updated who was not there');
      this.#rows.set(row.customerId, row);
    }
  }

  get rows(): Row[] {
    return [...this.#rows.values()].toSorted((a, b) => a.position - b.position);
  }
}

async function buy(program: TestProgram, customerIds: readonly string[], amounts: readonly number[]): Promise<void> {
  const reports = amounts.map((amount, index) =>
    aPurchase(customerIds[index % customerIds.length]!, { properties: { amount: `${amount}` } }),
  );
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

async function aScoredBoard(count: number): Promise<{ program: TestProgram; board: TestBoard; customers: string[] }> {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const customers = await someCustomers(deps, program, count);
  await buy(
    program,
    customers,
    customers.map((_, index) => index + 1),
  );
  await viewWhen(deps, await seasonIn(deps, program, board), (view) => view.state === 'LIVE' && view.size === count);
  return { program, board, customers };
}

const cus = (id: string): string => publicId('Customer', id);

describe('leaderboardChanged', () => {
  it('equals a fresh query at every version, when its changes are replayed onto its snapshot', async () => {
    const { program, board, customers } = await aScoredBoard(12);
    const season = await seasonIn(deps, program, board);
    const watched = customers[3]!;
    const windows: BoardWindow[] = [
      { kind: 'PAGE', offset: 0, count: 5 },
      { kind: 'AROUND', customerId: watched, radius: 1 },
    ];
    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code, around: cus(watched) });
    const [top, around] = [new ClientList(), new ClientList()];
    const stopping = new AbortController();
    const writing = (async () => {
      while (!stopping.signal.aborted) {
        await buy(program, [customers[Math.floor(Math.random() * 12)]!], [1 + Math.floor(Math.random() * 4)]);
        await sleep(Math.random() * 30);
      }
    })();
    const started = performance.now();
    let [items, compared, last] = [0, 0, 0];
    const fresh = async () => {
      const view = await deps.boards.read(season, windows);
      const [first, second] = view.windows.map((rows) =>
        rows.map((row) => ({
          customerId: cus(row.customerId),
          position: row.position,
          rank: row.rank,
          score: `${row.score}`,
        })),
      );
      return { version: view.version, top: first, around: second };
    };
    while (performance.now() - started < 4_000) {
      const item = await stream.next();
      const now = await fresh();
      expect(item).toMatchObject({ isSnapshot: items === 0, seasonKey: 'all', state: 'LIVE' });
      expect(item!.version).toBeGreaterThan(last);
      last = item!.version;
      items += 1;
      top.apply(item!.top, item!.isSnapshot);
      around.apply(item!.around, item!.isSnapshot);
      if (now.version === last) {
        compared += 1;
        expect({ top: top.rows, around: around.rows }).toEqual({ top: now.top, around: now.around });
      }
      // A reader of changing speed.
      await sleep(Math.random() * 150);
    }
    expect(items).toBeLessThanOrEqual(((performance.now() - started) / 1_000) * 20 + 2);
    stopping.abort();
    await writing;
    for (let item = await stream.next(500); item; item = await stream.next(500)) {
      top.apply(item.top, false);
      around.apply(item.around, false);
    }
    const end = await fresh();
    expect({ top: top.rows, around: around.rows }).toEqual({ top: end.top, around: end.around });
    expect(compared).toBeGreaterThan(3);
    await stream.close();
  });

  it('gives a reader who was slow the latest board in one item, and never more than twenty a second', async () => {
    const { program, board, customers } = await aScoredBoard(3);
    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code });
    expect(await stream.next()).toMatchObject({ isSnapshot: true, entryCount: 3 });
    for (let round = 0; round < 30; round += 1) {
      await buy(program, [customers[0]!], [1]);
      await sleep(40);
    }
    await viewWhen(deps, await seasonIn(deps, program, board), (view) => view.windows[0]?.[0]?.score === 31);
    await sleep(200);
    expect(await stream.next()).toMatchObject({
      isSnapshot: false,
      top: { entered: [], left: [], updated: [{ customerId: cus(customers[0]!), position: 1, score: '31' }, {}, {}] },
    });
    expect(await stream.next(300)).toBeNull();
    let items = 0;
    const writing = (async () => {
      for (let round = 0; round < 100; round += 1) {
        await buy(program, [customers[round % 3]!], [1]);
        await sleep(10);
      }
    })();
    const started = performance.now();
    const done = new AbortController();
    void writing.then(() => done.abort());
    while (!done.signal.aborted) if (await stream.next(100)) items += 1;
    expect(items).toBeLessThanOrEqual(Math.ceil((performance.now() - started) / 50) + 1);
    expect(items).toBeGreaterThan(3);
    await stream.close();
  });

  it('shows the first score of a board that nobody had scored on', async () => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    const customers = await someCustomers(deps, program, 1);
    const stream = await openStream<Item>(deps, asPublishable(program), DOCUMENT, { code: board.code });
    expect(await stream.next()).toMatchObject({ isSnapshot: true, entryCount: 0, top: { entered: [] } });
    await buy(program, customers, [7]);
    await stream.until((item) => item.top?.entered[0]?.score === '7');
    await stream.close();
  });

  it('follows the current season into the next', async () => {
    const program = await aShop(deps, { mode: 'TEST', timeZone: 'Europe/Berlin' });
    const board = await aLeaderboard(deps, program, { period: 'DAY' });
    const customers = await someCustomers(deps, program, 2);
    const setClock = (at: string) =>
      setProgramClock(deps, program.scope, aCommand('programSetClock', { at }), { now: new Date(at) });
    await setClock('2026-03-28T22:59:50Z');
    await sleep(1_100);
    await buy(program, customers, [5]);
    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code });
    const fixed = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code, season: '2026-03-28' });
    await stream.until((item) => item.seasonKey === '2026-03-28' && item.top?.entered.length === 1);
    await fixed.until((item) => item.top?.entered.length === 1);
    // The stream's own alarm for the season's end goes by the time of day; here only the new season's score wakes it.
    while (await stream.next(1_500)) expect(stream).toBeDefined();
    await setClock('2026-03-28T23:00:00Z');
    await sleep(1_100);
    await buy(program, customers.toReversed(), [3]);
    const item = await stream.until((one) => one.seasonKey === '2026-03-29' && one.top?.entered.length === 1);
    expect(item.top?.entered).toMatchObject([{ customerId: cus(customers[1]!), score: '3' }]);
    for (let other = await fixed.next(300); other; other = await fixed.next(300)) {
      expect(other).toMatchObject({ seasonKey: '2026-03-28', entryCount: 1 });
    }
    await Promise.all([stream.close(), fixed.close()]);
  });

  it('starts anew from the record when Redis is emptied, and is live again by itself', async () => {
    const { program, board, customers } = await aScoredBoard(4);
    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code });
    const top = new ClientList();
    const first = await stream.next();
    top.apply(first!.top, true);
    await deps.redis.flushall();
    await buy(program, [customers[0]!], [100]);
    await stream.until((item) => {
      top.apply(item.top, item.isSnapshot);
      return item.state === 'LIVE' && top.rows[0]?.score === '101';
    });
    expect(top.rows.map((row) => row.score)).toEqual(['101', '4', '3', '2']);
    await stream.close();
  });

  it('says STALE while no relay keeps the copy up, and LIVE again when one does, though nothing moved', async () => {
    const { program, board } = await aScoredBoard(2);
    await relay.stop();
    await deps.redis.del(RELAY_PULSE_KEY);
    // Readers trust what they know of the relay for a second.
    await sleep(1_100);
    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code });
    expect(await stream.next()).toMatchObject({ isSnapshot: true, state: 'STALE', entryCount: 2 });
    relay = startRelay(deps);
    await stream.until((item) => item.isSnapshot && item.state === 'LIVE' && item.entryCount === 2);
    await stream.close();
  });

  it('reads a board once for all who watch the same, and lets go of it when they leave', async () => {
    const { program, board } = await aScoredBoard(3);
    const before = deps.boardFeeds.size();
    const watched = { programId: program.programId, leaderboardId: board.id, key: 'all' };
    const windows: BoardWindow[] = [{ kind: 'PAGE', offset: 0, count: 5 }];
    const watches = await Promise.all(
      Array.from({ length: 50 }, () => deps.boardFeeds.join(watched, windows, () => undefined)),
    );
    expect(new Set(watches.map((watch) => watch.view())).size).toBe(1);
    expect(deps.boardFeeds.size()).toBe(before + 1);
    for (const watch of watches) watch.close();
    expect(deps.boardFeeds.size()).toBe(before);

    const stream = await openStream<Item>(deps, asOwner(program), DOCUMENT, { code: board.code });
    await stream.next();
    const waiting = stream.next(30_000);
    const started = performance.now();
    await stream.close();
    expect(await waiting).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(deps.boardFeeds.size()).toBe(before);
    await until(
      async () => (await deps.redis.pubsub('CHANNELS', `*${board.id}`)) as string[],
      (channels) => channels.length === 0,
    );
  });

  it('ends when the board is hidden from its reader', async () => {
    const { program, board, customers } = await aScoredBoard(2);
    const stream = await openStream<Item>(deps, asCustomer(program, customers[0]!), DOCUMENT, {
      code: board.code,
      top: 0,
      me: true,
    });
    expect(await stream.next()).toMatchObject({
      isSnapshot: true,
      top: null,
      around: { entered: [{}, { customerId: cus(customers[0]!) }] },
    });
    const input = { leaderboardId: board.id, isPublic: false };
    await changeLeaderboard(deps, program.scope, aCommand('leaderboardUpdate', input), input);
    await sleep(1_100);
    await buy(program, customers, [9]);
    expect(await stream.next()).toBeUndefined();
  });

  it.each([
    [{ code: 'nothing' }, 'There is no such leaderboard.'],
    [{ top: 101 }, 'top is 0 to 100.'],
    [{ top: 0 }, 'Ask for top, around, or both.'],
    [{ me: true }, 'Give customerId: only a customer token has one of its own.'],
    [{ around: 'cus_x' }, 'around is not the id of a customer.'],
    [{ radius: 51 }, 'radius is 0 to 50.'],
  ])('refuses %j', async (wrong, message) => {
    const program = await aShop(deps);
    const board = await aLeaderboard(deps, program);
    await expect(openStream(deps, asOwner(program), DOCUMENT, { code: board.code, ...wrong })).rejects.toMatchObject({
      message,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
