import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import type { BoardView } from '#domain/leaderboard/standing.ts';
import { startRelay } from '#src/relay.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen } from '../support/leaderboard.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

const CUSTOMERS = 20;
/** A read may wait for Redis once a second, for 0.8 s at most; the rest is PostgreSQL's. */
const READ_MAX_MS = 20_000;

/** What one customer has at least (answered by then) and at most (sent so far). */
class Account {
  sent = 0;
  readonly answered: { at: number; sum: number }[] = [{ at: 0, sum: 0 }];
  #sum = 0;

  answer(amount: number): void {
    this.#sum += amount;
    this.answered.push({ at: Date.now(), sum: this.#sum });
  }

  sumAt(instant: number): number {
    return this.answered.findLast(({ at }) => at < instant)?.sum ?? 0;
  }

  get sum(): number {
    return this.#sum;
  }
}

/** A board onto which points flow until `stop`, read all the while; every reading is held against what was answered. */
async function aBusyBoard() {
  const program: TestProgram = await aShop(deps);
  const board = await aLeaderboard(deps, program);
  const customers = await someCustomers(deps, program, CUSTOMERS);
  const accounts = new Map(customers.map((id) => [id, new Account()]));
  const buy = async (customerId: string): Promise<void> => {
    const amount = 1 + Math.floor(Math.random() * 9);
    accounts.get(customerId)!.sent += amount;
    const report = aPurchase(customerId, { properties: { amount: `${amount}` } });
    await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
    accounts.get(customerId)!.answer(amount);
  };
  await Promise.all(customers.map(buy));
  const season = await seasonIn(deps, program, board);
  await viewWhen(deps, season, (view) => view.state === 'LIVE');

  const seen = { states: new Map<string, number>(), wrong: [] as string[], slowestMs: 0, slowestTrackMs: 0 };
  const stopping = new AbortController();
  const writing = Array.from({ length: 4 }, async () => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      await buy(customers[Math.floor(Math.random() * CUSTOMERS)]!);
      seen.slowestTrackMs = Math.max(seen.slowestTrackMs, performance.now() - started);
      await sleep(2);
    }
  });
  const reading = (async () => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      const view = await deps.boards.read(season, [{ kind: 'PAGE', offset: 0, count: CUSTOMERS }]);
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started);
      seen.states.set(view.state, (seen.states.get(view.state) ?? 0) + 1);
      seen.wrong.push(...wrongsOf(view, accounts));
      await sleep(5);
    }
  })();
  return {
    season,
    seen,
    async stop() {
      stopping.abort();
      await Promise.all([...writing, reading]);
    },
    finalScores: () => [...accounts.values()].map((account) => account.sum).toSorted((a, b) => b - a),
  };
}

/** Where a reading shows less than was answered before its `asOf`, or more than was ever sent, or ranks wrongly. */
function wrongsOf(view: BoardView, accounts: ReadonlyMap<string, Account>): string[] {
  const rows = view.windows[0] ?? [];
  const shown = new Map(rows.map((row) => [row.customerId, row.score]));
  const wrong: string[] = [];
  for (const [customerId, account] of accounts) {
    const score = shown.get(customerId) ?? 0;
    const least = account.sumAt(view.asOf.getTime());
    if (score < least || score > account.sent)
      wrong.push(`${view.state}: ${score} is not within ${least}..${account.sent}`);
  }
  for (const row of rows) {
    const better = rows.filter((other) => other.score > row.score).length;
    if (row.rank !== better + 1) wrong.push(`${view.state}: rank ${row.rank} of ${row.score} should be ${better + 1}`);
  }
  return wrong;
}

/** Live again and equal to what was answered, within the ten seconds that are promised. */
async function expectHealed(season: Season, scores: number[]): Promise<void> {
  const started = performance.now();
  const view = await viewWhen(
    deps,
    season,
    (now) => now.state === 'LIVE' && JSON.stringify(now.windows[0]?.map((row) => row.score)) === JSON.stringify(scores),
  );
  expect(performance.now() - started).toBeLessThan(45_000);
  expect(view.size).toBe(scores.length);
  expect(await deps.boards.check(season)).toMatchObject({ drift: 0, examples: [], state: 'LIVE' });
  await until(
    () => deps.reads.query('select from outbox'),
    (rows) => rows.length === 0,
  );
}

async function signal(name: 'SIGSTOP' | 'SIGCONT', pid: number): Promise<void> {
  process.kill(pid, name);
}

async function pidOfRedis(): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await deps.redis.info('server'))?.[1]);
}

describe('while scores flow', () => {
  it('heals after FLUSHALL again and again, and never shows a wrong score', async () => {
    const board = await aBusyBoard();
    for (let round = 0; round < 5; round += 1) {
      await sleep(400);
      await deps.redis.flushall();
    }
    await sleep(400);
    await board.stop();
    await expectHealed(board.season, board.finalScores());
    expect(board.seen.wrong).toEqual([]);
    expect(board.seen.states.get('LIVE') ?? 0).toBeGreaterThan(0);
    expect(board.seen.slowestMs).toBeLessThan(READ_MAX_MS);
  });

  it('answers from the record within three seconds while Redis hangs for 20 seconds, and applies nothing twice', async () => {
    const board = await aBusyBoard();
    const pid = await pidOfRedis();
    await signal('SIGSTOP', pid);
    try {
      await sleep(20_000);
    } finally {
      await signal('SIGCONT', pid);
    }
    await sleep(500);
    await board.stop();
    await expectHealed(board.season, board.finalScores());
    expect(board.seen.wrong).toEqual([]);
    expect(board.seen.states.get('STALE') ?? 0).toBeGreaterThan(50);
    expect(board.seen.slowestMs).toBeLessThan(READ_MAX_MS);
    expect(board.seen.slowestTrackMs).toBeLessThan(READ_MAX_MS);
  });

  it('goes on without Redis, and comes back by itself when an empty one takes its place', async () => {
    const board = await aBusyBoard();
    await redisServer.kill();
    await sleep(3_000);
    await redisServer.restart();
    await sleep(2_000);
    await board.stop();
    await expectHealed(board.season, board.finalScores());
    expect(board.seen.wrong).toEqual([]);
    expect(board.seen.states.get('STALE') ?? 0).toBeGreaterThan(0);
    expect(board.seen.slowestMs).toBeLessThan(READ_MAX_MS);
    expect(board.seen.slowestTrackMs).toBeLessThan(READ_MAX_MS);
  });
});
