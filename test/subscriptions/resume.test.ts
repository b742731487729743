import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { encodeCursor, STREAM_KEPT_MS, STREAM_REPLAY_MAX } from '#domain/stream/cursor.ts';
import { startRelay, type Relay } from '#src/relay.ts';
import { forgetCustomerEvents } from '#storage/customer-event-store.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/leaderboard.ts';
import { aCommand, asCustomer, asOwner, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });

const relays: Relay[] = [];
function aRelay(): void {
  relays.push(startRelay(deps));
}
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

type Item = {
  cursor: string;
  isSnapshot: boolean;
  reset: string | null;
  balances?: { available: number; version: number }[];
  activity?: { id: string } | null;
};
const MARK = 'cursor isSnapshot reset';
const BALANCES = `subscription ($id: ID, $after: String) { balanceChanged(customerId: $id, after: $after) { ${MARK} balances { available version } } }`;
const ACTIVITIES = `subscription ($id: ID, $after: String) { activityEffects(customerId: $id, after: $after) { ${MARK} activity { id } } }`;

type Scene = { program: TestProgram; customer: string };

async function aScene(): Promise<Scene> {
  const program = await aShop(deps);
  const [customer = ''] = await someCustomers(deps, program, 1);
  return { program, customer };
}

/** Purchases of 10 points each, in one transaction. */
async function buy({ program, customer }: Scene, count = 1): Promise<void> {
  const reports = Array.from({ length: count }, () => aPurchase(customer));
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

function open({ program, customer }: Scene, document: string, after: string | null = null) {
  return openStream<Item>(deps, asOwner(program), document, { id: publicId('Customer', customer), after });
}

/** What comes until nothing comes any more. */
async function drain(scene: Scene, document: string, after: string | null = null): Promise<Item[]> {
  const stream = await open(scene, document, after);
  const items: Item[] = [];
  for (let item = await stream.next(5_000); item; item = await stream.next(400)) items.push(item);
  await stream.close();
  return items;
}

/** Waits until everything committed has been told. */
async function told(): Promise<void> {
  await until(
    () => deps.reads.query('select from outbox'),
    (rows) => rows.length === 0,
  );
}

describe('a reader who comes back', () => {
  it.each([BALANCES, ACTIVITIES])(
    'behind any item is told all that followed, in order and once: %s',
    async (document) => {
      const scene = await aScene();
      aRelay();
      const stream = await open(scene, document);
      const first = await stream.next();
      expect(first).toMatchObject({ isSnapshot: true, reset: null });
      // Several in one transaction, too, so that a reader can leave in the midst of one.
      for (const count of [1, 3, 1, 2]) await buy(scene, count);
      await told();
      const items = [first!];
      for (let item = await stream.next(3_000); item; item = await stream.next(500)) items.push(item);
      await stream.close();
      expect(items).toHaveLength(document === BALANCES ? 5 : 8);
      for (const [index, { cursor }] of items.entries()) {
        const rest = items.slice(index + 1);
        expect(rest.length === 0 ? [] : await drain(scene, document, cursor)).toEqual(rest);
      }
    },
    60_000,
  );

  it('gets each balance as it was right after the change', async () => {
    const scene = await aScene();
    aRelay();
    const before = await open(scene, BALANCES);
    const { cursor } = (await before.next())!;
    await before.close();
    for (let round = 0; round < 5; round += 1) await buy(scene);
    await told();
    const items = await drain(scene, BALANCES, cursor);
    expect(items.map((item) => item.balances)).toEqual(
      [1, 2, 3, 4, 5].map((version) => [{ available: 10 * version, version }]),
    );
  });

  it('finds nothing missing after Redis has lost everything', async () => {
    const scene = await aScene();
    aRelay();
    const before = await open(scene, ACTIVITIES);
    const { cursor } = (await before.next())!;
    await before.close();
    await buy(scene, 2);
    await told();
    await redisServer.kill();
    await redisServer.restart();
    await until(
      () => deps.redis.status,
      (status) => status === 'ready',
    );
    expect(await drain(scene, ACTIVITIES, cursor)).toHaveLength(2);
  });
});

describe('a snapshot', () => {
  it('and what follows it fit: what it shows is not told again, though the relay hands it on later', async () => {
    const scene = await aScene();
    await buy(scene, 2);
    await buy(scene);
    const streams = await Promise.all([BALANCES, ACTIVITIES].map((document) => open(scene, document)));
    const cursors: string[] = [];
    for (const stream of streams) {
      const item = await stream.next();
      expect(item).toMatchObject({ isSnapshot: true });
      cursors.push(item!.cursor);
    }
    aRelay();
    await told();
    for (const stream of streams) expect(await stream.next(400)).toBeNull();
    await buy(scene);
    for (const stream of streams) expect(await stream.next()).toMatchObject({ isSnapshot: false });
    // Also for who left right behind the snapshot.
    for (const [index, document] of [BALANCES, ACTIVITIES].entries())
      expect(await drain(scene, document, cursors[index])).toHaveLength(1);
    for (const stream of streams) await stream.close();
  });
});

describe('a cursor that leads nowhere', () => {
  const stream = (scene: Scene, name: string): string => `${name} ${scene.customer.slice(-12)}`;
  const aPlace = (over: object) => ({ seq: 0, index: 0, at: Date.now(), behind: null, ...over });

  it.each([
    ['UNKNOWN', () => 'nonsense'],
    ['UNKNOWN', (scene: Scene) => encodeCursor(stream(scene, 'balanceChanged'), aPlace({ seq: 1e12 }))],
    ['OTHER_STREAM', (scene: Scene) => encodeCursor(stream(scene, 'tierChanged'), aPlace({}))],
    ['OTHER_STREAM', () => encodeCursor('balanceChanged 0123456789ab', aPlace({}))],
    [
      'TOO_OLD',
      (scene: Scene) => encodeCursor(stream(scene, 'balanceChanged'), aPlace({ at: Date.now() - STREAM_KEPT_MS })),
    ],
  ])('is answered by %s, a snapshot, and what follows', async (reset, cursorOf) => {
    const scene = await aScene();
    aRelay();
    await buy(scene);
    await told();
    const reader = await open(scene, BALANCES, cursorOf(scene));
    expect(await reader.next()).toMatchObject({ isSnapshot: true, reset, balances: [{ available: 10 }] });
    await buy(scene);
    expect(await reader.next()).toMatchObject({ isSnapshot: false, reset: null, balances: [{ available: 20 }] });
    await reader.close();
  });

  it('is one of a reader who missed more than can be replayed', async () => {
    const scene = await aScene();
    const from = encodeCursor(stream(scene, 'balanceChanged'), aPlace({}));
    await deps.reads.query(
      `insert into customer_event (program_id, customer_id, outbox_seq, transaction_id, events)
       select $1, $2, 1, '3', '[]' from generate_series(1, $3)`,
      [scene.program.programId, scene.customer, STREAM_REPLAY_MAX + 1],
    );
    const reader = await open(scene, BALANCES, from);
    expect(await reader.next()).toMatchObject({ isSnapshot: true, reset: 'TOO_FAR_BEHIND' });
    await reader.close();
  });

  it('never shows another customer’s changes, nor another program’s', async () => {
    const scene = await aScene();
    const [other = ''] = await someCustomers(deps, scene.program, 1, 'o');
    aRelay();
    const theirs = await open(scene, BALANCES);
    const { cursor } = (await theirs.next())!;
    await theirs.close();
    await buy(scene);
    await told();
    const mine = await openStream<Item>(deps, asCustomer(scene.program, other), BALANCES, { after: cursor });
    expect(await mine.next()).toMatchObject({ isSnapshot: true, reset: 'OTHER_STREAM', balances: [{ available: 0 }] });
    expect(await mine.next(300)).toBeNull();
    await mine.close();
  });
});

/** The versions of the balance in the order in which the customer is told of them. */
async function versionsTold(scene: Scene): Promise<number[]> {
  const log = await deps.reads.query<{ version: number }>(
    `select (event ->> 'seq')::int as version from customer_event, json_array_elements(events) as event
     where customer_id = $1 and event ->> 'type' = 'balance.changed' order by customer_event.seq`,
    [scene.customer],
  );
  return log.map(({ version }) => version);
}

describe('the log', () => {
  it('holds each event once though two relays overlap, in their order', async () => {
    const scene = await aScene();
    const { createCustomerTeller } = await import('#src/projections/customer-teller.ts');
    const { readOutbox } = await import('#storage/outbox-store.ts');
    const tellers = [createCustomerTeller(deps.reads), createCustomerTeller(deps.reads)];
    for (let round = 0; round < 4; round += 1) {
      await buy(scene);
      await buy(scene);
      const rows = await readOutbox(deps.reads, 200);
      await Promise.all(tellers.map((teller) => teller.tell(rows)));
    }
    expect(await versionsTold(scene)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('has what waited for another behind it, whichever began first, and waits for no long transaction', async () => {
    const scene = await aScene();
    const { createCustomerTeller } = await import('#src/projections/customer-teller.ts');
    const [late, long] = await Promise.all([deps.postgres.connect(), deps.postgres.connect()]);
    try {
      // The first to take a number as a transaction, the last to say what it did.
      for (const client of [late, long])
        await client.query('begin; set local idle_in_transaction_session_timeout = 0; select pg_current_xact_id()');
      await buy(scene);
      const event = { type: 'balance.changed', customerId: scene.customer, seq: 2, id: randomUUID(), at: new Date() };
      await late.query('insert into outbox (program_id, id, events) values ($1, $2, $3)', [
        ...[scene.program.programId, randomUUID(), JSON.stringify([event])],
      ]);
      await late.query('commit');
      const teller = createCustomerTeller(deps.reads);
      await teller.tell(await teller.next(1));
      await teller.tell(await teller.next(200));
      expect(await versionsTold(scene)).toEqual([1, 2]);
    } finally {
      await long.query('rollback');
      late.release();
      long.release();
    }
  });

  it('forgets what is older than it promises, and nothing else', async () => {
    const scene = await aScene();
    aRelay();
    await buy(scene);
    await told();
    await sleep(20);
    const between = new Date();
    await sleep(20);
    await buy(scene);
    await told();
    expect(await forgetCustomerEvents(deps.reads, between)).toBeGreaterThan(0);
    const left = await deps.reads.query('select from customer_event where customer_id = $1', [scene.customer]);
    expect(left).toHaveLength(1);
  });
});
