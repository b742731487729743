import { afterAll, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { createApiKey, type ApiKeyCreateInput } from '#app/api-key/create.ts';
import { grantorOf } from '#app/api-key/grant.ts';
import { signCustomerToken } from '#app/customer-token/token.ts';
import { changeLeaderboard } from '#app/leaderboard/update.ts';
import { publicId } from '#domain/ids.ts';
import { schema } from '#schema/index.ts';
import { startRelay } from '#src/relay.ts';
import { createServer } from '#src/server.ts';

import { connect, type Client } from '../http/socket-client.ts';
import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, seasonIn, until, viewWhen, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, asOwner, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';

const { url: databaseUrl } = await testDatabase();
const { url: redisUrl } = await ownRedis();
const deps = testDeps(databaseUrl, { redisUrl });
const relay = startRelay(deps);
const server = createServer(deps, { schema });
const port = await server.listen(0, '127.0.0.1');
afterAll(async () => {
  await server.close();
  await relay.stop();
});

type Row = { customerId: string; score: string; customer?: { externalId: string } | null };
type Lists = { entered: Row[]; updated: Row[]; left: string[] };
type Item = { isSnapshot: boolean; version: number; top: Lists | null; around: Lists | null };
type Payload = { data?: { leaderboardChanged: Item } | null; errors?: { message: string }[] };

const BOARD = `subscription ($code: String!) {
  leaderboardChanged(code: $code, top: 5) { isSnapshot version top { entered { customerId score } updated { customerId score } left } }
}`;
const WITH_CUSTOMERS = `subscription ($code: String!) {
  leaderboardChanged(code: $code, top: 5) { version top { entered { score customer { externalId } } updated { score customer { externalId } } } }
}`;
const AROUND_ME = `subscription ($code: String!, $me: Boolean!) {
  leaderboardChanged(code: $code, top: 0, aroundMe: $me, radius: 0) { around { entered { customerId score } updated { customerId score } } }
}`;

async function executions(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^laurel_subscription_executions_total (\d+)/m.exec(text)?.[1]);
}

/** A reader with its first item, and the way to its next one. */
async function aReader(bearer: string, query: string, variables: object) {
  const client: Client = await connect(`ws://127.0.0.1:${port}/graphql`, `Bearer ${bearer}`);
  client.send({ type: 'subscribe', id: 'widget', payload: { query, variables } });
  const next = async (): Promise<Payload> => (await client.nextOf('widget')).payload as Payload;
  return { first: await next(), next, close: () => client.socket.close() };
}

const itemOf = ({ data, errors }: Payload): Item => {
  expect(errors).toBeUndefined();
  return data!.leaderboardChanged;
};

async function aSecret(program: TestProgram, input: Partial<ApiKeyCreateInput>): Promise<string> {
  const full = { kind: 'SECRET', name: 'A key', role: 'OWNER', ...input } as ApiKeyCreateInput;
  const key = await createApiKey(deps, grantorOf(asOwner(program)), aCommand('apiKeyCreate', full), full);
  return key.secret!;
}

function aToken(program: TestProgram, customerId: string): Promise<string> {
  return signCustomerToken(deps.tokenKey, {
    programId: program.programId,
    customerId,
    keyId: program.ownerKeyId,
    providerId: null,
    mintedAtUs: Date.now() * 1_000,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
}

async function buy(program: TestProgram, customerId: string, amount: number): Promise<void> {
  const reports = [aPurchase(customerId, { properties: { amount: `${amount}` } })];
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

/** A public board, by default with the code that the boards of all programs have here, and two customers on it. */
async function aScoredBoard(): Promise<{ program: TestProgram; board: TestBoard; customers: [string, string] }> {
  const program = await aShop(deps);
  const board = await aLeaderboard(deps, program, { code: 'the_board' });
  const [one, two] = (await someCustomers(deps, program, 2)) as [string, string];
  await buy(program, one, 10);
  await buy(program, two, 20);
  await viewWhen(deps, await seasonIn(deps, program, board), (view) => view.state === 'LIVE' && view.size === 2);
  return { program, board, customers: [one, two] };
}

/** How many executions a change of the board costs, while each reader gets an item. */
async function costOfChange(
  { program, customers }: { program: TestProgram; customers: [string, string] },
  readers: readonly { next: () => Promise<Payload> }[],
): Promise<{ cost: number; items: Item[] }> {
  const before = await executions();
  await buy(program, customers[0], 100);
  const items = (await Promise.all(readers.map((reader) => reader.next()))).map(itemOf);
  return { cost: (await executions()) - before, items };
}

const cus = (id: string): string => publicId('Customer', id);
const code = { code: 'the_board' };

describe('a board is shared', () => {
  it('by customers with tokens of their own, as it shows nothing that is personal', async () => {
    const world = await aScoredBoard();
    const tokens = await Promise.all(world.customers.map((id) => aToken(world.program, id)));
    const readers = await Promise.all([...tokens, ...tokens].map((token) => aReader(token, BOARD, code)));
    const { cost, items } = await costOfChange(world, readers);
    expect(cost).toBe(1);
    for (const item of items) expect(item).toEqual(items[0]);
    for (const reader of readers) reader.close();
  });

  it('by keys of equal role and scopes', async () => {
    const world = await aScoredBoard();
    const keys = await Promise.all([aSecret(world.program, {}), aSecret(world.program, {})]);
    const readers = await Promise.all(keys.map((key) => aReader(key, BOARD, code)));
    expect((await costOfChange(world, readers)).cost).toBe(1);
    for (const reader of readers) reader.close();
  });

  it('in every version by one who joins in the middle: the whole, then on from there', async () => {
    const world = await aScoredBoard();
    const key = await aSecret(world.program, {});
    const early = await aReader(key, BOARD, code);
    const { items } = await costOfChange(world, [early]);
    const late = await aReader(key, BOARD, code);
    expect(itemOf(late.first)).toMatchObject({
      isSnapshot: true,
      version: items[0]!.version,
      top: { entered: [{ score: '110' }, { score: '20' }], updated: [] },
    });
    const next = await costOfChange(world, [early, late]);
    expect(next.cost).toBe(1);
    expect(next.items[0]).toEqual(next.items[1]);
    expect(next.items[0]).toMatchObject({ isSnapshot: false, top: { entered: [], updated: [{ score: '210' }] } });
    early.close();
    late.close();
  });
});

describe('a board is not shared', () => {
  it('between programs, though document, variables and code are the same', async () => {
    const [one, other] = [await aScoredBoard(), await aScoredBoard()];
    const readers = await Promise.all([one, other].map(({ program }) => aReader(program.ownerSecret, BOARD, code)));
    const seen = readers.map(({ first }) => itemOf(first).top!.entered.map((row) => row.customerId));
    expect(seen).toEqual([one, other].map(({ customers: [low, high] }) => [cus(high), cus(low)]));
    expect((await costOfChange(one, [readers[0]!])).cost).toBe(1);
    const { items } = await costOfChange(other, [readers[1]!]);
    expect(items[0]!.top!.updated.map((row) => row.customerId)).toEqual([
      cus(other.customers[0]),
      cus(other.customers[1]),
    ]);
    for (const reader of readers) reader.close();
  });

  it('between callers of different rights: one without customer:read gets no customer of another’s answer', async () => {
    const world = await aScoredBoard();
    const [all, some] = [
      await aSecret(world.program, {}),
      await aSecret(world.program, { scopes: ['leaderboard:read'] }),
    ];
    for (const keys of [
      [all, some],
      [some, all],
    ]) {
      const readers = await Promise.all(keys.map((key) => aReader(key, WITH_CUSTOMERS, code)));
      const customersOf = (list: readonly Row[]) => list.map((row) => row.customer?.externalId ?? null);
      const expected = keys.map((key) => (key === all ? expect.any(String) : null) as unknown);
      expect(readers.map(({ first }) => customersOf(itemOf(first).top!.entered)[0])).toEqual(expected);
      const { items } = await costOfChange(world, readers);
      expect(items.map((item) => customersOf(item.top!.updated)[0])).toEqual(expected);
      for (const reader of readers) reader.close();
    }
  });

  it('between kinds of callers: who may not see a hidden board is refused while others read it', async () => {
    const world = await aScoredBoard();
    const key = await aSecret(world.program, {});
    const visitor = await aSecret(world.program, { kind: 'PUBLISHABLE' });
    const input = { leaderboardId: world.board.id, isPublic: false };
    const [reader, outsider] = [await aReader(key, BOARD, code), await aReader(visitor, BOARD, code)];
    await changeLeaderboard(deps, world.program.scope, aCommand('leaderboardUpdate', input), input);
    await until(
      () => aReader(visitor, BOARD, code).then(({ first, close }) => (close(), first)),
      ({ errors }) => errors?.[0]?.message === 'There is no such leaderboard.',
    );
    await costOfChange(world, [reader]);
    expect(await outsider.next()).toBeUndefined();
    reader.close();
    outsider.close();
  });

  it('between customers who ask for their own place in it', async () => {
    const world = await aScoredBoard();
    const tokens = await Promise.all(world.customers.map((id) => aToken(world.program, id)));
    const readers = await Promise.all(tokens.map((token) => aReader(token, AROUND_ME, { ...code, me: true })));
    expect(readers.map(({ first }) => itemOf(first).around!.entered.map((row) => row.customerId))).toEqual(
      world.customers.map((id) => [cus(id)]),
    );
    const { items } = await costOfChange(world, readers);
    expect(items.map((item) => item.around!.updated.map((row) => row.customerId))).toEqual(
      world.customers.map((id) => [cus(id)]),
    );
    for (const reader of readers) reader.close();
  });

  it('between customers who select what depends on the customer', async () => {
    const world = await aScoredBoard();
    const tokens = await Promise.all(world.customers.map((id) => aToken(world.program, id)));
    const readers = await Promise.all(tokens.map((token) => aReader(token, WITH_CUSTOMERS, code)));
    expect((await costOfChange(world, readers)).cost).toBe(2);
    for (const reader of readers) reader.close();
  });
});
