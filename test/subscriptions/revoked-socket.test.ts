import { createClient, type Client } from 'graphql-ws';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { signCustomerToken } from '#app/customer-token/token.ts';
import { publicId } from '#domain/ids.ts';
import { CLOSE_CODES } from '#subscriptions/close-codes.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { dataOf } from '../support/graph-client.ts';
import { aLeaderboard, until } from '../support/leaderboard.ts';
import { aKey, TEST_TOKEN_SECRET, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';

const { url: databaseUrl } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(databaseUrl);
const program = await aShop(deps);
const board = await aLeaderboard(deps, program);
const [customerId] = await someCustomers(deps, program, 1);
const customer = publicId('Customer', customerId!);

const start = () => startServer({ databaseUrl, redisUrl: redis.url, env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET } });
const [here, there] = await Promise.all([start(), start()]);
const instances = [
  ['the instance that was told', here.url],
  ['another instance', there.url],
] as const;

const CLOSED_WITHIN_MS = 5_000;
const LIFE_MIN_MS = 4_000;
const LIFE_MAX_MS = 64_000;
const clients: Client[] = [];
afterAll(async () => {
  for (const client of clients) await client.dispose();
});

/** A socket with two subscriptions that have both begun; tells the code it was closed with, and that the client stays away. */
async function aLiveSocket(url: string, bearer: string) {
  const seen = { codes: [] as number[], reasons: [] as string[], items: 0, ended: 0 };
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
    lazy: true,
    on: {
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        seen.codes.push(code);
        seen.reasons.push(reason);
      },
    },
  });
  clients.push(client);
  const documents = [
    [`subscription ($id: ID!) { leaderboardChanged(id: $id) { isSnapshot version } }`, { id: board.publicId }],
    [
      `subscription ($customerId: ID!) { balanceChanged(customerId: $customerId) { isSnapshot } }`,
      { customerId: customer },
    ],
  ] as const;
  for (const [query, variables] of documents) {
    client.subscribe(
      { query, variables },
      {
        next: ({ errors }) => {
          if (errors === undefined) seen.items += 1;
        },
        error: () => void (seen.ended += 1),
        complete: () => void (seen.ended += 1),
      },
    );
  }
  await until(
    () => seen.items,
    (items) => items >= documents.length,
  );
  return seen;
}

const MINT = `mutation ($input: CustomerTokenMintInput!) {
  customerTokenMint(input: $input) { ... on CustomerTokenMintPayload { token } ... on UserError { code } }
}`;

async function aToken(bearer: string, ttlSeconds = 3_600): Promise<string> {
  const input = { idempotencyKey: deps.newId(), customerId: customer, ttlSeconds };
  const data = await dataOf<{ customerTokenMint: { token: string } }>(here.url, bearer, MINT, { input });
  return data.customerTokenMint.token;
}

async function revokeKey(keyId: string): Promise<void> {
  const document = `mutation ($input: ApiKeyRevokeInput!) {
    apiKeyRevoke(input: $input) { __typename }
  }`;
  const input = { idempotencyKey: deps.newId(), apiKeyId: publicId('ApiKey', keyId) };
  expect(await dataOf(here.url, program.ownerSecret, document, { input })).toEqual({
    apiKeyRevoke: { __typename: 'ApiKeyRevokePayload' },
  });
}

type Seen = Awaited<ReturnType<typeof aLiveSocket>>;

/** The socket was closed once, for the stated reason, and both of its streams are over. */
async function expectClosed(
  seen: Seen,
  { code, reason }: { code: number; reason: string },
  withinMs = CLOSED_WITHIN_MS,
): Promise<void> {
  await until(
    () => seen.codes,
    (codes) => codes.length > 0,
    withinMs,
  );
  expect(seen.codes).toEqual([code]);
  expect(seen.reasons).toEqual([reason]);
  await until(
    () => seen.ended,
    (ended) => ended === 2,
  );
}

describe.each(instances)('a socket with subscriptions on %s', (_name, url) => {
  it('is cut when its key is revoked, and no other is', async () => {
    const { keyId, secret } = await aKey(deps, program, 'OWNER');
    const [doomed, kept] = await Promise.all([aLiveSocket(url, secret), aLiveSocket(url, program.ownerSecret)]);
    await revokeKey(keyId);
    await expectClosed(doomed, CLOSE_CODES.REVOKED);
    expect(kept.codes).toEqual([]);
  });

  it('is cut when the key is revoked that minted its token', async () => {
    const { keyId, secret } = await aKey(deps, program, 'OWNER');
    const doomed = await aLiveSocket(url, await aToken(secret));
    await revokeKey(keyId);
    await expectClosed(doomed, CLOSE_CODES.REVOKED);
  });

  it('is cut when the tokens of its customer are revoked', async () => {
    const doomed = await aLiveSocket(url, await aToken(program.ownerSecret));
    const document = `mutation ($input: CustomerTokensRevokeInput!) { customerTokensRevoke(input: $input) { __typename } }`;
    const input = { idempotencyKey: deps.newId(), customerId: customer };
    await dataOf(here.url, program.ownerSecret, document, { input });
    await expectClosed(doomed, CLOSE_CODES.REVOKED);
  });

  it('is cut when its token expires', async () => {
    const { doomed, expiresAt, lifeMs } = await aSocketThatWillExpire(url);
    await expectClosed(doomed, CLOSE_CODES.EXPIRED, lifeMs + CLOSED_WITHIN_MS);
    expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(expiresAt / 1_000) * 1_000);
  }, 300_000);
});

/** A live socket of a token that expires soon, yet not before it was open: how long that takes depends on the machine. */
async function aSocketThatWillExpire(url: string) {
  for (let lifeMs = LIFE_MIN_MS; lifeMs <= LIFE_MAX_MS; lifeMs *= 2) {
    const now = Date.now();
    const token = await signCustomerToken(deps.tokenKey, {
      programId: program.programId,
      customerId: customerId!,
      keyId: program.ownerKeyId,
      providerId: null,
      mintedAtUs: now * 1_000,
      expiresAt: new Date(now + lifeMs),
    });
    const doomed = await aLiveSocket(url, token).catch(() => null);
    if (doomed?.codes.length === 0) return { doomed, expiresAt: now + lifeMs, lifeMs };
  }
  throw new Error('no socket could be opened in time');
}
