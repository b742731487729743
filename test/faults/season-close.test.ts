import process from 'node:process';

import { expect, it } from 'vitest';

import { setProgramClock } from '#app/program/set-clock.ts';
import { verifySeason } from '#app/season/verify.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, until } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { aCommand, TEST_TOKEN_SECRET, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { planSeasons, runOf, somePrizes } from '../support/season.ts';
import { startApp, type RunningApp } from '../support/services.ts';
import { sendOrder, sendOrders, someOrders, type Order } from './history.ts';

const { url: databaseUrl } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(databaseUrl);
const TIMEOUT_MS = 400_000;

/** More than two batches of a settlement. */
const CUSTOMERS = 420;
const WAIT_MS = 90_000;
const DAY = '2026-11-20';
const IN_SEASON = '2026-11-20T15:00:00.000Z';
/** By place, then by share, so that everybody wins. */
const PRIZES = somePrizes([1_000, 500, 250], { ties: 'SPLIT', budget: 100_000 });
PRIZES.bands = [
  ...PRIZES.bands,
  { name: 'Everybody', kind: 'PERCENT', from: 0, to: 10_000, points: 10, reward: null, badge: null },
];

const start = (port?: number): Promise<RunningApp> =>
  startApp({
    databaseUrl,
    redisUrl: redis.url,
    env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET },
    ...(port === undefined ? {} : { port }),
  });

/** Ends a process in the middle of whatever it does. */
async function killNow(app: RunningApp): Promise<void> {
  process.kill(app.pid, 'SIGKILL');
  await app.kill();
}

/** Holds a lock until the process has come to wait for it with this statement, and kills it there. */
async function killAt(app: RunningApp, lock: string, statement: string): Promise<void> {
  const client = await deps.postgres.connect();
  try {
    await client.query('begin; set local idle_in_transaction_session_timeout = 0');
    await client.query(lock);
    await until(
      () =>
        deps.reads.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
          [`/* ${statement} */%`],
        ),
      (waiting) => waiting.length > 0,
      WAIT_MS,
    );
    await killNow(app);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function setClock(program: TestProgram, now: string): Promise<void> {
  const input = { now: new Date(now) };
  await setProgramClock(deps, program.scope, aCommand('programClockSet', input), input);
}

type Sums = { sealed: number; corrected: number; winners: number; granted: number; paid: number; payments: number };

/** What the sealed record, its corrections, the prizes and the ledger come to. */
async function sumsOf(seasonId: string): Promise<Sums> {
  const [sums] = await deps.reads.query<Sums>(
    `select
       (select sum(score)::bigint from season_standing where season_id = $1) as sealed,
       (select coalesce(sum(change), 0)::bigint from season_correction where season_id = $1) as corrected,
       (select count(*)::bigint from season_prize where season_id = $1 and state = 'GIVEN') as winners,
       (select sum(granted)::bigint from season_prize where season_id = $1) as granted,
       (select sum(t.amount)::bigint from ledger_transaction t where t.reason like 'Prize %') as paid,
       (select count(*)::bigint from ledger_transaction t where t.reason like 'Prize %') as payments`,
    [seasonId],
  );
  if (sums === undefined) throw new Error('no sums');
  return sums;
}

it(
  'seals what activities come to and pays each prize once, killed in the middle of both while activities pour in',
  async () => {
    const program = await aShop(deps, { mode: 'TEST' });
    await setClock(program, IN_SEASON);
    const board = await aLeaderboard(deps, program, { period: 'DAY' });
    await planSeasons(deps, program, board, { graceMinutes: 30, prizes: PRIZES });
    const customers = await someCustomers(deps, program, CUSTOMERS);
    let app = await start();

    // In time, one a customer, so that everybody is on the board.
    const orders: Order[] = someOrders(customers, CUSTOMERS).map((order) => ({ ...order, occurredAt: IN_SEASON }));
    const send = (order: Order) => sendOrder(app.url, program.ownerSecret, order);
    expect(await sendOrders(orders, 60, send)).toEqual([]);
    await until(
      () => runOf(deps, program, board, DAY),
      ({ state }) => state === 'OPEN',
      WAIT_MS,
    );

    // The rest pours in while the day ends and its season is closed, sealed and settled.
    const pouring = someOrders(customers, 1_200).map((order): Order => ({ ...order, occurredAt: IN_SEASON }));
    orders.push(...pouring);
    // However fast the machine is, some come when nobody is there.
    const latest = pouring.slice(-20);
    const sending = sendOrders(pouring.slice(0, -20), 20, send);
    await setClock(program, '2026-11-21T00:10:00Z');
    await until(
      () => runOf(deps, program, board, DAY),
      ({ state }) => state === 'CLOSING',
      WAIT_MS,
    );
    const sealing = killAt(app, 'lock table season_standing in share mode', 'write-standings');
    await setClock(program, '2026-11-21T00:40:00Z');
    await sealing;
    expect(await sending).toEqual([]);
    expect(await sendOrders(latest, 20, send)).toEqual([]);
    const frozen = await runOf(deps, program, board, DAY);
    expect(frozen).toMatchObject({ state: 'CLOSING', standingHash: null });
    expect(frozen.frozenAt).not.toBeNull();

    // It comes back. The prizes are paid in batches: one of them comes to wait for the last of the winners.
    const unanswered = orders.filter((order) => order.outcome !== 'ok');
    expect(unanswered.length).toBeGreaterThan(0);
    const [last] = await deps.reads.query<{ customer_id: string }>(
      `select customer_id from leaderboard_entry where season_id = $1
       order by score, sub_score, reached_at desc, customer_id desc limit 1`,
      [frozen.id],
    );
    const client = await deps.postgres.connect();
    try {
      await client.query('begin; set local idle_in_transaction_session_timeout = 0');
      await client.query('select 1 from ledger_account where program_id = $1 and customer_id = $2 for update', [
        program.programId,
        last?.customer_id,
      ]);
      app = await start(app.port);
      const sendingAgain = sendOrders(unanswered, 20, send);
      await until(
        () => sumsOf(frozen.id),
        ({ winners }) => winners > 0,
        WAIT_MS,
      );
      await killNow(app);
      expect(await sendingAgain).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
    const halfway = await sumsOf(frozen.id);
    expect(halfway.winners).toBeGreaterThan(0);
    expect(halfway.winners).toBeLessThan(CUSTOMERS);

    app = await start(app.port);
    const left = orders.filter((order) => order.outcome !== 'ok');
    expect(await sendOrders(left, 20, send)).toEqual([]);
    const settled = await until(
      () => runOf(deps, program, board, DAY),
      ({ state }) => state === 'SETTLED',
      WAIT_MS,
    );
    expect(orders.filter((order) => order.outcome !== 'ok')).toEqual([]);
    const proof = await verifySeason(deps, program.programId, settled.id);
    expect(proof).toMatchObject({ isProven: true, count: CUSTOMERS, recomputedCount: CUSTOMERS, differences: [] });
    expect(proof.recomputedHash).toBe(settled.standingHash);

    // Everything that was acknowledged is in the standings or among the corrections, and some is in either.
    const sums = await sumsOf(settled.id);
    const total = orders.reduce((sum, order) => sum + order.amount, 0);
    expect(sums.sealed + sums.corrected).toBe(total);
    expect(sums.corrected).toBeGreaterThan(0);
    expect(sums).toMatchObject({ winners: CUSTOMERS, payments: CUSTOMERS, paid: sums.granted });
    const [balances] = await deps.reads.query<{ available: number }>(
      `select sum(available)::bigint as available from ledger_account where program_id = $1 and kind = 'CUSTOMER'`,
      [program.programId],
    );
    expect(balances?.available).toBe(total + sums.granted);
    await expectNoOffences(deps);
  },
  TIMEOUT_MS,
);
