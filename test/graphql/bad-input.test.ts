import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { signCustomerToken } from '#app/customer-token/token.ts';
import { publicId, uuidOf, type IdType } from '#domain/ids.ts';

import { send } from '../http/send.ts';
import { testDatabase } from '../support/database.ts';
import { askGraph, dataOf, type GraphReply } from '../support/graph-client.ts';
import { aKey, TEST_TOKEN_SECRET, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';
import { mutationOf, type Answer, type Who } from './bad-request.ts';
import { badRequests } from './bad-requests.ts';
import { aFurnishedProgram, type Furniture } from './furnished.ts';

const { url: databaseUrl } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(databaseUrl);
const { url } = await startServer({
  databaseUrl,
  redisUrl,
  // Without a worker nothing but the requests of the test changes the record.
  role: 'api',
  env: { LAUREL_TOKEN_SECRET: TEST_TOKEN_SECRET },
});
const mine = await aFurnishedProgram(deps, url);
const theirs = await aFurnishedProgram(deps, url);
const bearers = await everyBearer();

async function everyBearer(): Promise<Record<Who, string | null>> {
  const { ownerSecret, programId, ownerKeyId } = mine.program;
  const token = (lifeMs: number): Promise<string> =>
    signCustomerToken(deps.tokenKey, {
      programId,
      customerId: uuidOf('Customer', mine.ids.Customer)!,
      keyId: ownerKeyId,
      providerId: null,
      mintedAtUs: (Date.now() - 7_200_000) * 1_000,
      expiresAt: new Date(Date.now() + lifeMs),
    });
  const revoked = await aKey(deps, mine.program, 'OWNER');
  const made = await dataOf<{ publishableKeyCreate: { secret: string } }>(
    url,
    ownerSecret,
    `mutation ($key: PublishableKeyCreateInput!, $revoke: ApiKeyRevokeInput!, $spend: PointsSpendInput!, $bob: CustomerUpsertInput!) {
      publishableKeyCreate(input: $key) { ... on PublishableKeyCreatePayload { secret } }
      apiKeyRevoke(input: $revoke) { __typename }
      customerUpsert(input: $bob) { __typename }
      pointsSpend(input: $spend) { __typename }
    }`,
    {
      key: { idempotencyKey: randomUUID(), name: 'A page' },
      revoke: { idempotencyKey: randomUUID(), apiKeyId: publicId('ApiKey', revoked.keyId) },
      bob: { idempotencyKey: randomUUID(), externalId: 'Bob' },
      spend: { idempotencyKey: 'used', customerId: mine.ids.Customer, amount: 2 },
    },
  );
  return {
    owner: ownerSecret,
    analyst: (await aKey(deps, mine.program, 'DATA_ANALYST')).secret,
    publishable: made.publishableKeyCreate.secret,
    customer: await token(3_600_000),
    'expired token': await token(-60_000),
    'revoked key': revoked.secret,
    'made-up key': `lsk_${'x'.repeat(43)}`,
    nobody: null,
  };
}

/** How many rows each table holds. */
async function rowCounts(): Promise<unknown> {
  return deps.reads.query(
    `select table_name, (xpath('/row/rows/text()', query_to_xml(
       format('select count(*) as rows from %I.%I', table_schema, table_name), false, true, '')))[1]::text as rows
     from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
}

// No request of this file may write anything, so that what there is at first is what there is always.
const furnished = await rowCounts();

const INNER_TEXT =
  /select |insert |pg_|postgres|prisma|redis|node_modules|\.ts\b|ECONN|stack|violates|TypeError|undefined/i;

/** The answer is the expected one, and every error is for callers: a stable code, a request to quote, no inner text. */
function expectAnswer(reply: GraphReply<Record<string, unknown>>, answer: Answer): void {
  expect(reply.text).not.toMatch(INNER_TEXT);
  for (const error of reply.errors ?? []) {
    expect(error.message.length).toBeGreaterThan(0);
    expect(error.extensions.requestId).toMatch(/^[\w-]{8,}$/);
  }
  if ('error' in answer) {
    expect(new Set(reply.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([answer.error]));
    return;
  }
  expect(reply.errors).toBeUndefined();
  if ('data' in answer) expect(reply.data).toEqual(answer.data);
  else expect(Object.values(reply.data ?? {})).toMatchObject([{ code: answer.refused, path: answer.path }]);
}

describe('a bad request', () => {
  const requests = badRequests(mine);
  beforeAll(async () => {
    // A real cursor, but of the list of keys.
    const { apiKeys } = await dataOf<{ apiKeys: { pageInfo: { endCursor: string } } }>(
      url,
      bearers.owner,
      '{ apiKeys(first: 1) { pageInfo { endCursor } } }',
    );
    for (const { variables } of requests)
      if (variables['after'] === '{cursor of another list}') variables['after'] = apiKeys.pageInfo.endCursor;
  });

  it.each(requests)('is answered as stated, and writes nothing: $name', async ({ as, document, variables, answer }) => {
    expectAnswer(await askGraph(url, bearers[as], document, variables), answer);
    expect(await rowCounts()).toEqual(furnished);
  });

  it('in properties cannot reach a prototype', async () => {
    const body = `{"query":${JSON.stringify(mutationOf('activityTrack'))},"variables":{"input":{"idempotencyKey":"p","type":"purchase",
      "customerId":"${mine.ids.Customer}","properties":{"__proto__":{"amount":"5"}}}}}`;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearers.owner}` },
      body,
    });
    expect(await response.json()).toMatchObject({
      data: { activityTrack: { code: 'INVALID_INPUT', path: ['properties', '__proto__'] } },
    });
  });

  it('as a GET cannot be a mutation', async () => {
    const document = `mutation { pointsSpend(input: { idempotencyKey: "g", customerId: "${mine.ids.Customer}", amount: 1 }) { __typename } }`;
    const answer = await send(Number(new URL(url).port), {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(document)}`,
      headers: { authorization: `Bearer ${bearers.owner}` },
    });
    expect(answer.status).toBe(405);
    expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await rowCounts()).toEqual(furnished);
  });
});

type Noun = keyof Furniture;

const OWN = { customerId: mine.ids.Customer };

/** Mutations and queries that take the id of something, with what else they need. */
const CHANGES: [mutation: string, noun: Noun, field: string, more: object][] = [
  ['activityTrack', 'Customer', 'customerId', { type: 'visit' }],
  ['activityReverse', 'Activity', 'activityId', {}],
  ['apiKeyRevoke', 'ApiKey', 'apiKeyId', {}],
  ['apiKeyRotate', 'ApiKey', 'apiKeyId', {}],
  ['badgeGive', 'Customer', 'customerId', { badge: 'regular', reason: 'x' }],
  ['badgeRevoke', 'BadgeAward', 'awardId', { reason: 'x' }],
  ['badgeShow', 'Customer', 'customerId', { badge: 'regular', visible: false }],
  ['boardAppearanceSet', 'Customer', 'customerId', { appearance: 'HIDDEN' }],
  ['challengeJoin', 'Customer', 'customerId', { challenge: 'club' }],
  ['challengePrizeClaim', 'ChallengePrize', 'prizeId', {}],
  ['customerBlock', 'Customer', 'customerId', {}],
  ['customerEnrol', 'Customer', 'customerId', {}],
  ['customerInvite', 'Customer', 'customerId', {}],
  ['customerLeave', 'Customer', 'customerId', {}],
  ['customerPause', 'Customer', 'customerId', {}],
  ['customerResume', 'Customer', 'customerId', {}],
  ['customerUnblock', 'Customer', 'customerId', {}],
  ['customerTokenMint', 'Customer', 'customerId', {}],
  ['customerTokensRevoke', 'Customer', 'customerId', {}],
  ['drawPlay', 'Customer', 'customerId', { draw: 'wheel' }],
  ['friendAccept', 'Customer', 'friendId', OWN],
  ['friendRemove', 'Customer', 'friendId', OWN],
  ['friendRequest', 'Customer', 'friendId', OWN],
  ['holdCapture', 'Hold', 'holdId', {}],
  ['holdRelease', 'Hold', 'holdId', {}],
  ['leaderboardArchive', 'Leaderboard', 'id', {}],
  ['leaderboardRebuild', 'Leaderboard', 'id', {}],
  ['leaderboardUpdate', 'Leaderboard', 'id', { name: 'x' }],
  ['ledgerTransactionReverse', 'LedgerTransaction', 'transactionId', { reason: 'x' }],
  ['lotCancel', 'Lot', 'lotId', {}],
  ['lotRelease', 'Lot', 'lotId', {}],
  ['pointCurrencyUpdate', 'PointCurrency', 'pointCurrencyId', { name: 'x' }],
  ['pointsAdjust', 'Customer', 'customerId', { amount: 5, reason: 'x' }],
  [
    'pointsExpiryMove',
    'Customer',
    'customerId',
    { expiresBefore: '2999-01-01T00:00:00Z', expiresAt: '2999-06-01T00:00:00Z', reason: 'x' },
  ],
  ['pointsHold', 'Customer', 'customerId', { amount: 5 }],
  ['pointsSpend', 'Customer', 'customerId', { amount: 5 }],
  ['redemptionCancel', 'Redemption', 'redemptionId', {}],
  ['redemptionFulfil', 'Redemption', 'redemptionId', {}],
  ['redemptionIssue', 'Redemption', 'redemptionId', {}],
  ['redemptionStepUp', 'Customer', 'customerId', { reward: 'mug' }],
  ['redemptionUse', 'Redemption', 'redemptionId', {}],
  ['rewardRedeem', 'Customer', 'customerId', { reward: 'mug' }],
  ['seasonPlanSet', 'Leaderboard', 'leaderboardId', { graceMinutes: 5 }],
  [
    'seasonSchedule',
    'Leaderboard',
    'leaderboardId',
    { key: 'k', name: 'x', startsAt: '2999-01-01T00:00:00Z', endsAt: '2999-06-01T00:00:00Z' },
  ],
  ['streakFreezeGive', 'Customer', 'customerId', { streak: 'daily', count: 1, reason: 'x' }],
  ['streakPause', 'Customer', 'customerId', { streak: 'daily', until: '2999-01-01', reason: 'x' }],
  ['streakRestore', 'Customer', 'customerId', { streak: 'daily', reason: 'x' }],
  ['streakResume', 'Customer', 'customerId', { streak: 'daily', reason: 'x' }],
  ['teamCreate', 'Customer', 'captainId', { name: 'x', joining: 'OPEN', sizeMax: 5 }],
  ['teamJoin', 'Team', 'id', OWN],
  ['teamLeave', 'Customer', 'customerId', {}],
  ['teamUpdate', 'Team', 'id', { name: 'x' }],
  ['pointsTransfer', 'Customer', 'toCustomerId', { amount: 5, fromCustomerExternalId: 'Ann' }],
];

const READS: [field: string, noun: Noun, selection: string][] = [
  ...(
    [
      'Customer',
      'Account',
      'Activity',
      'ActivityReversal',
      'Hold',
      'Lot',
      'LedgerTransaction',
      'Leaderboard',
      'Reward',
      'Redemption',
      'ApiKey',
      'PointCurrency',
      'Program',
      'Team',
      'BadgeAward',
    ] as const
  ).map((noun): [string, Noun, string] => ['node(id: $id)', noun, '{ id }']),
  ['customer(id: $id)', 'Customer', '{ id }'],
  ['account(id: $id)', 'Account', '{ id }'],
  ['hold(id: $id)', 'Hold', '{ id }'],
  ['leaderboard(id: $id)', 'Leaderboard', '{ id }'],
  ['leaderboardCheck(id: $id)', 'Leaderboard', '{ drift }'],
  ['redemption(id: $id)', 'Redemption', '{ id }'],
  ['redemptions(customerId: $id)', 'Customer', '{ nodes { id } }'],
  ['ledgerTransaction(id: $id)', 'LedgerTransaction', '{ id }'],
  ['balance(customerId: $id)', 'Customer', '{ available }'],
  ['ledgerTransactions(customerId: $id)', 'Customer', '{ nodes { id } }'],
  ['lots(customerId: $id)', 'Customer', '{ nodes { id } }'],
];

/** Ids that stand for nothing here, besides the other program's. */
const strangers = (noun: Noun): [title: string, id: string][] => {
  const other: IdType = noun === 'Customer' ? 'Hold' : 'Customer';
  return [
    ['that never was', publicId(noun, deps.newId())],
    ['of another type', publicId(other, deps.newId())],
    ['in capitals', mine.ids[noun].toUpperCase()],
    ['of nothing', ''],
    ['with a quote', `${mine.ids[noun]}'`],
  ];
};

describe("another program's id", () => {
  it.each(CHANGES)('is NOT_FOUND to %s, exactly like an id that never was', async (mutation, noun, field, more) => {
    const ask = async (id: string) => {
      const input = { idempotencyKey: randomUUID(), [field]: id, ...more };
      return askGraph(url, bearers.owner, mutationOf(mutation), { input });
    };
    const foreign = await ask(theirs.ids[noun]);
    expectAnswer(foreign, { refused: 'NOT_FOUND', path: [field] });
    for (const [title, id] of strangers(noun)) expect((await ask(id)).data, title).toEqual(foreign.data);
    expect(await rowCounts()).toEqual(furnished);
  });

  it.each(READS)('says nothing as %s of %s, exactly like an id that never was', async (field, noun, selection) => {
    const ask = (id: string) => askGraph(url, bearers.owner, `query ($id: ID!) { it: ${field} ${selection} }`, { id });
    const foreign = await ask(theirs.ids[noun]);
    expectAnswer(foreign, { data: { it: selection.includes('nodes') ? { nodes: [] } : null } });
    for (const [title, id] of strangers(noun)) expect((await ask(id)).data, title).toEqual(foreign.data);
    if (noun !== 'ActivityReversal') expect((await ask(mine.ids[noun])).data).not.toEqual(foreign.data);
  });
});
