import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { openRedis } from '#redis/client.ts';
import type { Deps } from '#src/deps.ts';
import { startRelay, type Relay } from '#src/relay.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp } from '../support/services.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const { publisher } = await publisherOf(redisServer.url);

async function publisherOf(redisUrl: string) {
  const redis = openRedis(redisUrl, 'commands');
  afterAll(() => redis.disconnect());
  await until(
    () => redis.status,
    (status) => status === 'ready',
  );
  return { publisher: redis };
}

const relays: Relay[] = [];
function aRelay(over: Deps = deps): Relay {
  const relay = startRelay(over);
  relays.push(relay);
  return relay;
}
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

type Scene = { program: TestProgram; board: TestBoard; customers: string[] };

async function aScene(): Promise<Scene> {
  const program = await aShop(deps);
  return { program, board: await aLeaderboard(deps, program), customers: await someCustomers(deps, program, 3) };
}

async function buy({ program, customers }: Scene, amounts: readonly number[]): Promise<void> {
  const reports = amounts.map((amount, index) => aPurchase(customers[index]!, { properties: { amount: `${amount}` } }));
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

function scoresWhen(season: Season, wanted: number[]) {
  return viewWhen(
    deps,
    season,
    (view) => view.state === 'LIVE' && view.windows[0]?.map((row) => row.score).join() === wanted.join(),
  );
}

/** The relay's dependencies, with one statement of the outbox replaced by a fault. */
function depsFailing(statement: string, times: number): { deps: Deps; failures: () => number } {
  let failures = 0;
  const reads: Deps['reads'] = {
    query(text, values) {
      if (text.includes(statement) && failures < times) {
        failures += 1;
        return Promise.reject(new Error('the process dies here'));
      }
      return deps.reads.query(text, values);
    },
  };
  return { deps: { ...deps, reads }, failures: () => failures };
}

describe('what was committed', () => {
  it('is delivered when the relay was dead at the commit', async () => {
    const scene = await aScene();
    const heard: unknown[] = [];
    const listening = deps.live.listen(
      'customer',
      { programId: scene.program.programId, customerId: scene.customers[0]! },
      (message) => heard.push(message),
    );
    await listening.ready;
    await buy(scene, [5, 7, 6]);
    expect((await deps.reads.query('select from outbox')).length).toBeGreaterThan(0);
    aRelay();
    const season = await seasonIn(deps, scene.program, scene.board);
    await scoresWhen(season, [7, 6, 5]);
    await until(
      () => heard.length,
      (count) => count === 1,
    );
    expect(heard).toEqual([{ streams: ['ACTIVITY', 'BALANCE'] }]);
    listening.stop();
  });

  it('is delivered again, and counted once, when the relay dies after handing on and before forgetting', async () => {
    const scene = await aScene();
    const failing = depsFailing('delete-outbox', 3);
    aRelay(failing.deps);
    await buy(scene, [1, 2, 3]);
    await buy(scene, [1, 2, 3]);
    const season = await seasonIn(deps, scene.program, scene.board);
    await until(failing.failures, (count) => count === 3);
    await scoresWhen(season, [6, 4, 2]);
    await until(
      () => deps.reads.query('select from outbox'),
      (rows) => rows.length === 0,
    );
    expect(await deps.boards.check(season)).toMatchObject({ drift: 0 });
  });

  it('survives kill -9 of the worker, again and again, right after the answer', async () => {
    const scene = await aScene();
    const start = () =>
      startApp({
        databaseUrl: url,
        redisUrl: redisServer.url,
        args: ['--role', 'worker'],
        env: { LAUREL_TOKEN_SECRET: 's'.repeat(32) },
      });
    let worker = await start();
    for (let round = 1; round <= 2; round += 1) {
      await buy(scene, [1, 1, 1]);
      await worker.kill();
      await buy(scene, [1, 0, 0]);
      worker = await start();
      const season = await seasonIn(deps, scene.program, scene.board);
      await scoresWhen(season, [2 * round, round, round]);
    }
    await worker.stop();
  }, 150_000);
});

describe('relays', () => {
  it('are led by one at a time, and another takes over when it stops', async () => {
    const scene = await aScene();
    const first = aRelay();
    aRelay();
    await buy(scene, [3, 2, 1]);
    const season = await seasonIn(deps, scene.program, scene.board);
    await scoresWhen(season, [3, 2, 1]);
    const leaders = await deps.reads.query(
      "select from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and a.application_name = 'laurel-relay' and a.datname = current_database()",
    );
    expect(leaders).toHaveLength(1);
    await first.stop();
    await buy(scene, [3, 2, 1]);
    await scoresWhen(season, [6, 4, 2]);
  });

  it('lead on when their connection to the database is cut', async () => {
    const scene = await aScene();
    aRelay();
    await buy(scene, [3, 2, 1]);
    const season = await seasonIn(deps, scene.program, scene.board);
    await scoresWhen(season, [3, 2, 1]);
    await deps.reads.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'laurel-relay' and datname = current_database()",
    );
    await buy(scene, [3, 2, 1]);
    await scoresWhen(season, [6, 4, 2]);
  });

  it('and listeners survive rubbish on every channel, and go on delivering', async () => {
    const scene = await aScene();
    const { programId } = scene.program;
    aRelay();
    const heard: unknown[] = [];
    const board = deps.live.listen('board', { programId, leaderboardId: scene.board.id }, (message) =>
      heard.push(message),
    );
    const customer = deps.live.listen('customer', { programId, customerId: scene.customers[0]! }, (message) =>
      heard.push(message),
    );
    const revoked = deps.live.listen('revoked', null, (message) => heard.push(message));
    await Promise.all([board.ready, customer.ready, revoked.ready]);

    const rubbish = [
      '',
      'no json',
      '[]',
      'null',
      '7',
      '{}',
      '{"streams":7}',
      '{"seasonId":7,"version":"x"}',
      '{"__proto__":{"a":1}}',
      'x'.repeat(1_000_000),
    ];
    const channels = (await publisher.pubsub('CHANNELS', '*')) as string[];
    expect(channels).toHaveLength(3);
    for (const channel of channels) for (const text of rubbish) await publisher.publish(channel, text);
    for (const text of ['', 'a b', '1 2 3', 'x'.repeat(7_000)]) {
      await deps.reads.query("select pg_notify('laurel_boards', $1), pg_notify('laurel_outbox', $1)", [text]);
    }

    await buy(scene, [3, 2, 1]);
    const season = await seasonIn(deps, scene.program, scene.board);
    await scoresWhen(season, [3, 2, 1]);
    await buy(scene, [1, 0, 0]);
    await until(
      () => heard.some((message) => (message as { streams?: string[] }).streams?.includes('BALANCE') === true),
      Boolean,
    );
    await until(() => heard.some((message) => (message as { seasonId?: string }).seasonId === season.id), Boolean);
    for (const listening of [board, customer, revoked]) listening.stop();
    await until(
      async () => (await publisher.pubsub('CHANNELS', '*')) as string[],
      (open) => open.length === 0,
    );
  });
});
