import { randomUUID } from 'node:crypto';

import { expect, onTestFinished, test } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { uuidOf } from '#domain/ids.ts';
import { startWorker } from '#src/worker.ts';
import { claimBacktest } from '#storage/backtest-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asOwner, asRole, execute, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { draftOf } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(url, { redisUrl: redis.url });
const shop = await aShop(deps);
const other = await aShop(deps);
const [ann] = (await someCustomers(deps, shop, 1)) as [string];
const reports = Array.from({ length: 40 }, () => aPurchase(ann));
await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', 1), reports);
await draftOf(deps, shop, { earningRules: [{ ...PURCHASE_RULE, award: { kind: 'FIXED', points: 1 } }] });

const START = `mutation ($input: RuleSetBacktestStartInput!) { ruleSetBacktestStart(input: $input) {
  ... on RuleSetBacktestStartPayload { backtest { id state share activitiesTotal } } ... on UserError { code } } }`;
const CHANGED = `subscription ($id: ID!) { ruleSetBacktestChanged(id: $id) {
  state share rate activitiesDone activitiesTotal version
  report { total { recorded live draft difference recordedDifference } customers { less losers { difference } } leftOut } } }`;
const ONE = 'query ($id: ID!) { ruleSetBacktest(id: $id) { state report { activities } } ruleSetBacktests { id } }';

type Item = { state: string; share: number; version: number; report: { total: { draft: number } } | null };
type Started = { ruleSetBacktestStart: { backtest: { id: string; state: string }; code?: string } };

const start = async (): Promise<Started['ruleSetBacktestStart']> => {
  const input = { idempotencyKey: randomUUID(), from: '2025-01-01T00:00:00Z', segmentBy: null };
  const { data } = await execute<Started>(deps, asOwner(shop), START, { input });
  if (data === null || data === undefined) throw new Error('not started');
  return data.ruleSetBacktestStart;
};

test('a back-test is run by a worker, and tells how far it is until it ends', async () => {
  const { backtest } = await start();
  expect(backtest).toMatchObject({ state: 'QUEUED', share: 0, activitiesTotal: null });
  expect(await start()).toMatchObject({ code: 'STATE_CONFLICT' });
  const stream = await openStream<Item>(deps, asOwner(shop), CHANGED, { id: backtest.id });
  expect(await stream.next()).toMatchObject({ state: 'QUEUED', version: 1 });
  // It was asked for before any worker ever ran: the first one finds it.
  const worker = await startWorker(deps);
  onTestFinished(() => worker.stop());
  const last = await stream.until(({ state }) => state === 'DONE');
  expect(last).toMatchObject({
    share: 1,
    activitiesDone: 40,
    activitiesTotal: 40,
    report: {
      total: { recorded: 400, live: 400, draft: 40, difference: -360, recordedDifference: 0 },
      customers: { less: 1, losers: [{ difference: -360 }] },
      leftOut: [],
    },
  });
  expect(await stream.next()).toBeUndefined();

  // With a queue at hand, the next one is taken at once.
  const { backtest: second } = await start();
  const again = await openStream<Item>(deps, asOwner(shop), CHANGED, { id: second.id });
  await again.until(({ state }) => state === 'DONE');
  const { data } = await execute(deps, asOwner(shop), ONE, { id: second.id });
  expect(data).toEqual({
    ruleSetBacktest: { state: 'DONE', report: { activities: 40 } },
    ruleSetBacktests: [{ id: second.id }, { id: backtest.id }],
  });

  const theirs = await execute(deps, asOwner(other), ONE, { id: second.id });
  expect(theirs.data).toEqual({ ruleSetBacktest: null, ruleSetBacktests: [] });
  await expect(openStream(deps, asOwner(other), CHANGED, { id: second.id })).rejects.toThrow('no such back-test');
  await expect(openStream(deps, asRole(shop, 'DATA_ANALYST'), CHANGED, { id: second.id })).resolves.toBeDefined();
});

test('ruleSetBacktestCancel ends it, and its watchers hear of it', async () => {
  const { backtest } = await start();
  // Held by a worker that does nothing more.
  const id = uuidOf('BacktestRun', backtest.id) ?? '';
  await claimBacktest(deps.reads, shop.programId, id, { now: new Date(), lostBefore: new Date(0) });
  const stream = await openStream<Item>(deps, asOwner(shop), CHANGED, { id: backtest.id });
  await stream.next();
  const CANCEL = `mutation ($input: RuleSetBacktestCancelInput!) { ruleSetBacktestCancel(input: $input) {
    ... on RuleSetBacktestCancelPayload { backtest { state } } ... on UserError { code } } }`;
  const cancel = (caller = asOwner(shop)) =>
    execute(deps, caller, CANCEL, { input: { idempotencyKey: randomUUID(), id: backtest.id } });
  expect((await cancel(asOwner(other))).data).toEqual({ ruleSetBacktestCancel: { code: 'NOT_FOUND' } });
  expect((await cancel()).data).toEqual({ ruleSetBacktestCancel: { backtest: { state: 'CANCELLED' } } });
  await stream.until(({ state }) => state === 'CANCELLED');
  expect(await stream.next()).toBeUndefined();
  expect((await cancel()).data).toEqual({ ruleSetBacktestCancel: { code: 'STATE_CONFLICT' } });
});
