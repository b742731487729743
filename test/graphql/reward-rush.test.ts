// The last pieces of a reward, wanted by everybody at once, over HTTP, through several instances of the API on one database.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, test } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { openLedger, saveLedger } from '#app/ledger/posting.ts';
import { importRewardCodes } from '#app/reward/import-codes.ts';
import { inTransaction } from '#app/transaction.ts';
import { credit } from '#domain/ledger/credit.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';
import { schema } from '#schema/index.ts';
import type { Deps } from '#src/deps.ts';
import { createServer } from '#src/server.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { askGraph } from '../support/graph-client.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { aReward, type RewardGiven } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url: databaseUrl } = await testDatabase();
const { url: redisUrl } = await testRedis();
// Each with all that a process has of its own: pool, catalogues, turns, server.
const apps = [await anApp(), await anApp(), await anApp(), await anApp(), await anApp()];
const [{ deps }] = apps as [App];

type App = { deps: Deps; url: string };

async function anApp(): Promise<App> {
  const own = testDeps(databaseUrl, { redisUrl });
  const server = createServer(own, { schema });
  const port = await server.listen(0, '127.0.0.1');
  afterAll(() => server.close());
  return { deps: own, url: `http://127.0.0.1:${port}` };
}

const REDEEM = `mutation ($input: RewardRedeemInput!) {
  rewardRedeem(input: $input) {
    __typename
    ... on RewardRedeemPayload { redemption { id state code } balance { available held } }
    ... on RedemptionRefusedError { code refusals { code } refusalId }
    ... on UserError { code message }
  }
}`;

type Reply = {
  rewardRedeem: { __typename: string; code?: string; redemption?: { id: string; code: string | null } };
};

/** One call of many, by any of the instances. */
async function redeem(
  program: TestProgram,
  n: number,
  customerExternalId: string,
  over: object = {},
): Promise<Reply['rewardRedeem']> {
  const input = { idempotencyKey: randomUUID(), customerExternalId, reward: 'mug', ...over };
  const app = apps[n % apps.length];
  const { data, errors, status } = await askGraph<Reply>(app!.url, program.ownerSecret, REDEEM, { input });
  if (!data) throw new Error(`${status}: ${JSON.stringify(errors)}`);
  return data.rewardRedeem;
}

async function aRush(reward: RewardGiven, customers: number, sections: RuleSetInput = {}): Promise<TestProgram> {
  const program = await aShop(deps, {}, []);
  await publishSet(deps, program, { ...sections, rewards: [aReward(reward)] });
  const ids = await someCustomers(deps, program, customers);
  await giveAll(program, ids, 1_000);
  return program;
}

/** Gives many customers points in one transaction. */
async function giveAll(program: TestProgram, customerIds: readonly string[], amount: number): Promise<void> {
  await inTransaction(deps, program.scope, async (tx) => {
    const { defaultCurrency: currency } = await deps.catalogues.at(tx, tx.programId);
    const keys = customerIds.map((customerId) => ({ customerId, currencyId: currency.id }));
    const ledger = await openLedger(deps, tx, keys, { lots: 'WHEN_DUE' });
    for (const account of ledger.accounts)
      credit(ledger.posting, account, {
        kind: 'EARN',
        currency,
        amount,
        effectiveAt: tx.now,
        pending: null,
        expiresAt: null,
        beyondCap: 'TRUNCATE',
        cause: { ruleId: randomUUID(), ruleRevision: 1 },
      });
    await saveLedger(tx, ledger.posting);
  });
}

const typesOf = (replies: readonly { __typename: string; code?: string }[]) => {
  const counts: Record<string, number> = {};
  for (const { __typename, code } of replies) {
    const name = __typename === 'RewardRedeemPayload' ? 'had' : (code ?? __typename);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

/** What customers have paid and what they have, as it is on record. */
async function books(program: TestProgram) {
  const [row] = await deps.reads.query<Record<string, number>>(
    `select (select sum(available)::bigint from ledger_account where program_id = $1 and customer_id is not null) as available,
       (select sum(held)::bigint from ledger_account where program_id = $1 and customer_id is not null) as held,
       (select coalesce(sum(points), 0)::bigint from redemption where program_id = $1 and state in ('RESERVED', 'ISSUED')) as paid,
       (select count(*) from redemption where program_id = $1) as redemptions,
       (select sum(reserved)::bigint from reward_stock where program_id = $1) as reserved,
       (select sum(issued)::bigint from reward_stock where program_id = $1) as issued,
       (select count(*) from hold where program_id = $1 and state = 'OPEN') as holds,
       (select count(*) from reward_code where program_id = $1 and handed_at is not null) as codes`,
    [program.programId],
  );
  return row;
}

describe('200 calls at once', () => {
  test('for the last 10 pieces by 200 customers give exactly 10, and nobody pays for nothing', async () => {
    const program = await aRush({ stock: 10 }, 200);
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        redeem(program, n, `c${n + 1}`, { mode: n % 4 === 0 ? 'RESERVE' : 'ISSUE' }),
      ),
    );
    expect(typesOf(replies)).toEqual({ had: 10, OUT_OF_STOCK: 190 });
    const after = await books(program);
    expect(after).toMatchObject({ redemptions: 10, paid: 1_000, codes: 0 });
    expect((after?.['reserved'] ?? 0) + (after?.['issued'] ?? 0)).toBe(10);
    expect(after?.['holds']).toBe(after?.['reserved']);
    expect(after?.['held']).toBe((after?.['reserved'] ?? 0) * 100);
    expect(after?.['available']).toBe(200_000 - 1_000);
    await expectNoOffences(deps);
  });

  test('by one customer with a limit of 3 give exactly 3', async () => {
    const program = await aRush({ limits: [{ of: 'CUSTOMER', per: 'DAY', quantity: 3 }], points: 1 }, 1);
    const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => redeem(program, n, 'c1')));
    expect(typesOf(replies)).toEqual({ had: 3, CUSTOMER_LIMIT: 197 });
    expect(await books(program)).toMatchObject({ available: 997, redemptions: 3, issued: 3, held: 0 });
    await expectNoOffences(deps);
  });

  test('by one customer with points for 7 give exactly 7', async () => {
    const program = await aRush({ points: 140 }, 1);
    const replies = await Promise.all(Array.from({ length: 100 }, (_, n) => redeem(program, n, 'c1')));
    expect(typesOf(replies)).toEqual({ had: 7, INSUFFICIENT_POINTS: 93 });
    expect(await books(program)).toMatchObject({ available: 20, redemptions: 7, issued: 7 });
    await expectNoOffences(deps);
  });
});

test('100 calls at once for a pool of 10 codes hand out 10 different codes', async () => {
  const program = await aRush({ fulfilment: { kind: 'CODE_POOL' } }, 100);
  const input = { rewardCode: 'mug', codes: Array.from({ length: 10 }, (_, n) => `CODE-${n}`) };
  await importRewardCodes(deps, program.scope, aCommand('rewardCodesImport', input), input);
  const replies = await Promise.all(Array.from({ length: 100 }, (_, n) => redeem(program, n, `c${n + 1}`)));
  expect(typesOf(replies)).toEqual({ had: 10, NO_CODES_LEFT: 90 });
  const codes = replies.flatMap(({ redemption }) => redemption?.code ?? []);
  expect(new Set(codes)).toEqual(new Set(input.codes));
  expect(await books(program)).toMatchObject({ redemptions: 10, codes: 10, available: 100_000 - 1_000 });
  await expectNoOffences(deps);
});

test('a reward that everybody wants does not get in the way of what the same customers do', async () => {
  const program = await aRush({ stock: 40, points: 10 }, 20, { earningRules: [PURCHASE_RULE] });
  const purchases = async (round: number): Promise<string[]> => {
    const reports = Array.from({ length: 20 }, (_, n) => ({
      type: 'purchase',
      customerId: null,
      customerExternalId: `c${((n * 7 + round) % 20) + 1}`,
      messageId: `${round} ${n}`,
      occurredAt: null,
      channel: 'API' as const,
      properties: { amount: '5' },
      lines: [],
    }));
    const command = aCommand('activityTrackBatch', { round });
    const { items } = await trackActivities(deps.tracking, program.scope, command, reports);
    return items.map(({ status }) => status);
  };
  const [tracked, redeemed] = await Promise.all([
    Promise.all(Array.from({ length: 15 }, (_, round) => purchases(round))),
    Promise.all(Array.from({ length: 120 }, (_, n) => redeem(program, n, `c${(n % 20) + 1}`))),
  ]);
  expect(new Set(tracked.flat())).toEqual(new Set(['TRACKED']));
  expect(typesOf(redeemed)).toEqual({ had: 40, OUT_OF_STOCK: 80 });
  expect(await books(program)).toMatchObject({ available: 20 * 1_000 + 300 * 5 - 400, issued: 40 });
  await expectNoOffences(deps);
  // PostgreSQL tells of deadlocks a second after they were broken.
  await sleep(1_200);
  const [{ deadlocks }] = (await deps.reads.query(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )) as [{ deadlocks: number }];
  expect(deadlocks).toBe(0);
});
