import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { createCustomerTeller } from '#src/projections/customer-teller.ts';
import { startRelay } from '#src/relay.ts';
import { forgetInboxItems } from '#storage/inbox-store.ts';
import { readOutbox } from '#storage/outbox-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/leaderboard.ts';
import {
  aCommand,
  asCustomer,
  asOwner,
  asPublishable,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';
import { aLadder, aTier } from '../support/tier.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Node = {
  id: string;
  kind: string;
  title: string;
  body: string;
  values: Record<string, unknown>;
  aboutId: string;
  claimId: string | null;
  expiresAt: string | null;
  readAt: string | null;
};
type Inbox = { inbox: { nodes: Node[] }; inboxUnreadCount: number };
const FIELDS = 'id kind title body values aboutId claimId expiresAt readAt';
const INBOX = `query ($id: ID, $unreadOnly: Boolean! = false) {
  inbox(customerId: $id, unreadOnly: $unreadOnly) { nodes { ${FIELDS} } }
  inboxUnreadCount(customerId: $id)
}`;
const READ = `mutation ($input: InboxReadInput!) {
  inboxRead(input: $input) { __typename ... on InboxReadPayload { readCount unreadCount replayed } }
}`;
const CHANGES = `subscription ($after: String) {
  inboxChanged(after: $after) { cursor isSnapshot reset unreadCount readIds readUpTo item { ${FIELDS} } }
}`;
type Change = {
  cursor: string;
  isSnapshot: boolean;
  unreadCount: number;
  readIds: string[];
  readUpTo: string | null;
  item: Node | null;
};

type Scene = { program: TestProgram; customer: string };

async function aScene(): Promise<Scene> {
  const program = await aShop(deps, {}, []);
  await publishSet(deps, program, {
    earningRules: [PURCHASE_RULE],
    ladders: [
      aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1000', { name: 'Silver' }), aTier('gold', '5000')] }),
    ],
  });
  const [customer = ''] = await someCustomers(deps, program, 1);
  return { program, customer };
}

async function buy({ program, customer }: Scene, amount: string): Promise<void> {
  const report = aPurchase(customer, { properties: { amount } });
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

async function inboxOf(scene: Scene, variables: Record<string, unknown> = {}): Promise<Inbox> {
  const { data, errors } = await execute<Inbox>(deps, asCustomer(scene.program, scene.customer), INBOX, variables);
  if (!data) throw errors?.[0] ?? new Error('no answer');
  return data;
}

/** The inbox once so many items are there. */
function inboxWith(scene: Scene, count: number): Promise<Inbox> {
  return until(
    () => inboxOf(scene),
    ({ inbox }) => inbox.nodes.length === count,
  );
}

async function read(scene: Scene, input: Record<string, unknown>, caller = asCustomer(scene.program, scene.customer)) {
  const { data, errors } = await execute<{ inboxRead: Record<string, unknown> }>(deps, caller, READ, {
    input: { idempotencyKey: crypto.randomUUID(), ...input },
  });
  return data?.inboxRead ?? { refused: errors?.[0]?.message };
}

describe('an inbox', () => {
  it('has an item for each event that its customer should see, with a text in their language', async () => {
    const scene = await aScene();
    await buy(scene, '1000');
    await inboxWith(scene, 1);
    const { inbox, inboxUnreadCount } = await inboxOf(scene);
    expect(inboxUnreadCount).toBe(1);
    expect(inbox.nodes).toMatchObject([
      {
        kind: 'TIER_CHANGED',
        title: 'Silver',
        values: { from: 'bronze', to: 'silver' },
        claimId: null,
        expiresAt: null,
        readAt: null,
      },
    ]);
    expect(inbox.nodes[0]!.aboutId).toMatch(/^lad_/);
    expect(inbox.nodes[0]!.body).toContain('is now Silver');
    await deps.reads.query("update customer set locale = 'de-AT' where id = $1", [scene.customer]);
    expect((await inboxOf(scene)).inbox.nodes[0]!.body).toContain('ist jetzt Silver');
  });

  it('has one item an event, however often and by whomever it is handed on', async () => {
    const scene = await aScene();
    await relay.stop();
    await buy(scene, '1000');
    const rows = await readOutbox(deps.reads, 200);
    const tellers = [1, 2, 3].map(() => createCustomerTeller(deps.reads));
    await Promise.all(tellers.map((teller) => teller.tell(rows)));
    // A relay that does not know that all of it was told would tell it again.
    await deps.reads.query('update outbox set is_told = false');
    await createCustomerTeller(deps.reads).tell(rows);
    expect((await inboxOf(scene)).inbox.nodes).toHaveLength(1);
    const again = startRelay(deps);
    afterAll(() => again.stop());
  });

  it('keeps what was read, by item and all up to one, and counts the rest', async () => {
    const scene = await aScene();
    for (const [index, amount] of ['1000', '4000', '5000'].entries()) {
      await buy(scene, amount);
      await inboxWith(scene, Math.min(index + 1, 2));
    }
    const { inbox } = await inboxOf(scene);
    const [newest, oldest] = inbox.nodes;
    expect(await read(scene, { itemIds: [oldest!.id] })).toMatchObject({ readCount: 1, unreadCount: 1 });
    expect(await read(scene, { itemIds: [oldest!.id] })).toMatchObject({ readCount: 0, unreadCount: 1 });
    const left = await inboxOf(scene, { unreadOnly: true });
    expect(left.inbox.nodes.map(({ id }) => id)).toEqual([newest!.id]);
    expect(await read(scene, { upTo: newest!.id })).toMatchObject({ readCount: 1, unreadCount: 0 });
    expect((await inboxOf(scene)).inbox.nodes.every(({ readAt }) => readAt !== null)).toBe(true);
  });

  it('shows nothing whose time is over, and forgets what is old', async () => {
    const scene = await aScene();
    await buy(scene, '1000');
    await inboxWith(scene, 1);
    await deps.reads.query('update inbox_item set expires_at = now() where customer_id = $1', [scene.customer]);
    expect(await inboxOf(scene)).toEqual({ inbox: { nodes: [] }, inboxUnreadCount: 0 });
    await forgetInboxItems(deps.reads, new Date(Date.now() + 60_000));
    expect(await deps.reads.query('select from inbox_item where customer_id = $1', [scene.customer])).toEqual([]);
  });

  it('is its customer’s, and for callers who may read customers', async () => {
    const scene = await aScene();
    const [other = ''] = await someCustomers(deps, scene.program, 1, 'o');
    await buy(scene, '1000');
    const { inbox } = await inboxWith(scene, 1);
    const id = publicId('Customer', scene.customer);
    const seenBy = async (caller: Parameters<typeof execute>[1]) =>
      (await execute<Inbox>(deps, caller, INBOX, { id })).data?.inbox?.nodes.length ?? null;
    expect(await seenBy(asOwner(scene.program))).toBe(1);
    expect(await seenBy(asCustomer(scene.program, other))).toBe(0);
    expect(await seenBy(asPublishable(scene.program))).toBeNull();
    const items = { itemIds: [inbox.nodes[0]!.id] };
    expect(await read(scene, items, asCustomer(scene.program, other))).toMatchObject({ __typename: 'NotFoundError' });
    expect(await read(scene, { ...items, customerId: id }, asCustomer(scene.program, other))).toHaveProperty('refused');
    expect((await inboxOf(scene)).inboxUnreadCount).toBe(1);
  });
});

describe('inboxChanged', () => {
  it('tells what comes and what is read, each once, also to who comes back', async () => {
    const scene = await aScene();
    const me = asCustomer(scene.program, scene.customer);
    const stream = await openStream<Change>(deps, me, CHANGES);
    const first = await stream.next();
    expect(first).toMatchObject({ isSnapshot: true, unreadCount: 0, item: null });
    await buy(scene, '1000');
    const come = await stream.next();
    expect(come).toMatchObject({ isSnapshot: false, unreadCount: 1, item: { kind: 'TIER_CHANGED' } });
    await read(scene, { upTo: come!.item!.id });
    const done = await stream.next();
    expect(done).toMatchObject({ isSnapshot: false, unreadCount: 0, item: null, readUpTo: come!.item!.id });
    await stream.close();
    const back = await openStream<Change>(deps, me, CHANGES, { after: first!.cursor });
    expect([(await back.next())?.cursor, (await back.next())?.cursor]).toEqual([come!.cursor, done!.cursor]);
    expect(await back.next(300)).toBeNull();
    await back.close();
  });
});
