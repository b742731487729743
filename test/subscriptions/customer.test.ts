import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, balanceOf, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/leaderboard.ts';
import { aCommand, asCustomer, asOwner, asPublishable, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type BalanceItem = {
  isSnapshot: boolean;
  balances: { available: number; version: number; currency: { code: string } }[];
};
type ActivityItem = { isReversal: boolean; activity: { id: string; effects: { __typename: string }[] } };
const BEGINNING = { isReversal: false, activity: null };

const BALANCES =
  'subscription ($id: ID) { balanceChanged(customerId: $id) { isSnapshot balances { available version currency { code } } } }';
const ACTIVITIES =
  'subscription ($id: ID) { activityEffects(customerId: $id) { isReversal activity { id effects { __typename } } } }';

async function buy(program: TestProgram, customerId: string, count = 1): Promise<string[]> {
  const reports = Array.from({ length: count }, () => aPurchase(customerId));
  const { items } = await trackActivities(
    deps.tracking,
    program.scope,
    aCommand('activityTrackBatch', reports),
    reports,
  );
  return items.map((item) => (item.status === 'TRACKED' ? item.activityId : ''));
}

const cus = (id: string): string => publicId('Customer', id);

describe('balanceChanged', () => {
  it('begins with every balance, then tells each change, never older than what was told', async () => {
    const program = await aShop(deps);
    const [customer] = await someCustomers(deps, program, 1);
    const stream = await openStream<BalanceItem>(deps, asCustomer(program, customer!), BALANCES);
    expect(await stream.next()).toMatchObject({
      isSnapshot: true,
      balances: [{ available: 0, version: 0, currency: { code: 'points' } }],
    });
    let isDone = false;
    const writing = (async () => {
      for (let round = 0; round < 25; round += 1) await buy(program, customer!, 2);
      isDone = true;
    })();
    let [version, available, items] = [0, 0, 0];
    while (available < 500) {
      const item = await stream.next();
      const [balance] = item!.balances;
      expect(item!.isSnapshot).toBe(false);
      expect(balance!.version).toBeGreaterThan(version);
      [version, available] = [balance!.version, balance!.available];
      items += 1;
    }
    await writing;
    expect(isDone).toBe(true);
    expect(available).toBe((await balanceOf(deps, program, customer!)).available);
    expect(items).toBeGreaterThan(0);
    expect(await stream.next(300)).toBeNull();
    await stream.close();
  });

  it('goes on after Redis was away, with what happened meanwhile', async () => {
    const program = await aShop(deps);
    const [customer] = await someCustomers(deps, program, 1);
    const stream = await openStream<BalanceItem>(deps, asOwner(program), BALANCES, { id: cus(customer!) });
    await stream.next();
    await redisServer.kill();
    await buy(program, customer!);
    await stream.until((item) => item.balances[0]?.available === 10);
    await redisServer.restart();
    await until(
      () => deps.redis.status,
      (status) => status === 'ready',
    );
    await buy(program, customer!);
    await stream.until((item) => item.balances[0]?.available === 20);
    await stream.close();
  });
});

describe('activityEffects', () => {
  it('tells each activity once, with what it caused, and reversals', async () => {
    const program = await aShop(deps);
    const [customer, other] = await someCustomers(deps, program, 2);
    await buy(program, customer!, 3);
    const stream = await openStream<ActivityItem>(deps, asCustomer(program, customer!), ACTIVITIES);
    expect(await stream.next()).toEqual(BEGINNING);
    expect(await stream.next(200)).toBeNull();
    await buy(program, other!);
    const [activityId] = await buy(program, customer!);
    expect(await stream.next()).toMatchObject({
      isReversal: false,
      activity: { id: publicId('Activity', activityId!), effects: [{ __typename: 'PointsEarned' }] },
    });
    const input = {
      activityId: activityId!,
      messageId: null,
      request: { kind: 'WHOLE' as const },
      reason: null,
      occurredAt: null,
    };
    await reverseActivity(deps, program.scope, aCommand('activityReverse', input), input);
    expect(await stream.next()).toMatchObject({
      isReversal: true,
      activity: { id: publicId('Activity', activityId!) },
    });
    expect(await stream.next(200)).toBeNull();
    await stream.close();
  });

  it('leaves nothing out for a reader however slow, and through an outage of Redis', async () => {
    const program = await aShop(deps);
    const [customer] = await someCustomers(deps, program, 1);
    const stream = await openStream<ActivityItem>(deps, asOwner(program), ACTIVITIES, { id: cus(customer!) });
    expect(await stream.next()).toEqual(BEGINNING);
    const sent = [...(await buy(program, customer!, 150)), ...(await buy(program, customer!, 150))];
    await sleep(300);
    await redisServer.kill();
    sent.push(...(await buy(program, customer!, 20)));
    await redisServer.restart();
    const told: string[] = [];
    while (told.length < sent.length) {
      const item = await stream.next();
      if (!item) throw new Error(`only ${told.length} of ${sent.length} were told`);
      told.push(uuidOf('Activity', item.activity.id)!);
    }
    expect(told).toEqual(sent);
    expect(await stream.next(500)).toBeNull();
    await stream.close();
  });
});

describe('streams of one customer', () => {
  it.each([BALANCES, ACTIVITIES])('miss nothing when what was announced got lost: %s', async (document) => {
    const program = await aShop(deps);
    const [customer] = await someCustomers(deps, program, 1);
    const stream = await openStream<unknown>(deps, asOwner(program), document, { id: cus(customer!) });
    while (await stream.next(200)) expect(stream).toBeDefined();
    // The listening connection comes back after a tenth of a second; the relay announces sooner.
    await deps.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await buy(program, customer!);
    expect(await stream.next(5_000)).toBeTruthy();
    await stream.close();
  });

  it.each([BALANCES, ACTIVITIES])('are for that customer and for callers who may read all: %s', async (document) => {
    const program = await aShop(deps);
    const [customer, other] = await someCustomers(deps, program, 2);
    const foreign = await aShop(deps);
    const refused = (caller: Parameters<typeof openStream>[1], id: string | undefined) =>
      openStream(deps, caller, document, id === undefined ? {} : { id }).then(
        () => 'open',
        (error: Error) => error.message,
      );
    expect(await refused(asCustomer(program, customer!), cus(other!))).toBe('There is no such customer.');
    expect(await refused(asOwner(program), 'cus_nonsense')).toBe('There is no such customer.');
    expect(await refused(asOwner(foreign), cus(customer!))).toBe('There is no such customer.');
    expect(await refused(asPublishable(program), cus(customer!))).toBe('This key or token does not permit that.');
    expect(await refused(asOwner(program), undefined)).toContain('Name the customer');
  });
});
