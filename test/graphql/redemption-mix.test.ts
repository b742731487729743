import type { ExecutionResult } from 'graphql';
import { describe, expect, test } from 'vitest';

import { adjustPoints } from '#app/ledger/adjust-points.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { move, redeem } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const clock = { now: new Date('2026-03-10T09:00:00Z') };
const deps = testDeps(url, { clock: () => clock.now });

async function aStocked(rewards: ReturnType<typeof aReward>[]): Promise<{ program: TestProgram; customer: string }> {
  const program = await aShop(deps, { timeZone: 'Europe/Berlin' }, []);
  await publishSet(deps, program, { rewards });
  const [customer = ''] = await someCustomers(deps, program, 1);
  const input = { customer: { id: customer, externalId: null }, currency: null, amount: 10_000, reason: 'A start' };
  const full = { ...input, expiresAt: null, adjustmentMax: null };
  await adjustPoints(deps, program.scope, aCommand('pointsAdjust', customer), full);
  return { program, customer };
}

describe('redemptionMix', () => {
  const MIX = `query ($from: Date!, $to: Date!) { redemptionMix(from: $from, to: $to) {
    rewardCode redemptions pieces points cancelled share { value } cost { minor minorPerThousand currency } } }`;

  test('tells what customers had in days of the program’s zone, its share, and what a point cost by it', async () => {
    const eur = (amount: number) => ({ amount, currency: 'EUR' });
    const { program, customer } = await aStocked([
      aReward({ code: 'mug', points: 300 }),
      aReward({ code: 'credit', points: 100, maxQuantity: 5, fulfilment: { kind: 'ACCOUNT_CREDIT', amount: eur(90) } }),
      aReward({
        code: 'paid',
        points: 200,
        price: { money: eur(500) },
        fulfilment: { kind: 'DONATION', amount: eur(700), recipient: 'WWF' },
      }),
    ]);
    clock.now = new Date('2026-03-10T22:59:59Z');
    await redeem(deps, program, customer, 'credit', { quantity: 4 });
    await redeem(deps, program, customer, 'mug');
    const { redemptionId } = await redeem(deps, program, customer, 'mug');
    await move(deps, program, 'cancel', redemptionId);
    await redeem(deps, program, customer, 'credit', { mode: 'RESERVE' });
    // Midnight in Berlin: another day.
    clock.now = new Date('2026-03-10T23:00:00Z');
    await redeem(deps, program, customer, 'paid');
    const ask = async (from: string, to: string) => {
      const { data, errors } = await execute<{ redemptionMix: object[] }>(deps, asRole(program, 'DATA_ANALYST'), MIX, {
        from,
        to,
      });
      expect(errors).toBeUndefined();
      return data!.redemptionMix;
    };
    const ofCredit = { minor: 360, minorPerThousand: '900', currency: 'EUR' };
    expect(await ask('2026-03-10', '2026-03-10')).toEqual([
      {
        rewardCode: 'credit',
        redemptions: 1,
        pieces: 4,
        points: 400,
        cancelled: 0,
        share: { value: 400 / 700 },
        cost: ofCredit,
      },
      {
        rewardCode: 'mug',
        redemptions: 1,
        pieces: 1,
        points: 300,
        cancelled: 1,
        share: { value: 300 / 700 },
        cost: null,
      },
    ]);
    expect(await ask('2026-03-11', '2026-03-11')).toMatchObject([
      { rewardCode: 'paid', points: 200, cost: { minor: 200, minorPerThousand: '1000' } },
    ]);
    expect(await ask('2026-03-09', '2026-03-09')).toEqual([]);
  });
});

test('a scheduled revision with less stock than customers have takes nothing from anybody, and gives nobody more', async () => {
  clock.now = new Date('2026-03-10T09:00:00Z');
  const { program, customer } = await aStocked([aReward({ stock: 3 })]);
  const start = new Date('2026-03-10T10:00:00Z');
  await redeem(deps, program, customer);
  await publishSet(deps, program, { rewards: [aReward({ stock: 1 })] }, start);
  const { redemptionId } = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
  clock.now = new Date(start.getTime() - 60_000);
  const again = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
  clock.now = start;
  await deps.catalogues.at(deps.reads, program.programId);
  const state = async () => {
    const { data, errors } = await execute<{ reward: unknown }>(
      deps,
      asOwner(program),
      `query ($id: ID!) { reward(code: "mug") { stockLeft stock { total exceededBy } canRedeem(customerId: $id) { __typename
        ... on RewardClosed { refusals { code ... on RewardOutOfStock { left } } } } } }`,
      { id: await customerId(program, customer) },
    );
    expect(errors).toBeUndefined();
    return data?.reward;
  };
  const closed = { canRedeem: { refusals: [{ code: 'OUT_OF_STOCK', left: 0 }] } };
  // The first reservation has timed out by then; the second one holds, and is issued all the same.
  expect(redemptionId).not.toBe(again.redemptionId);
  await move(deps, program, 'issue', again.redemptionId);
  expect(await state()).toMatchObject({ stockLeft: 0, stock: { total: 1, exceededBy: 1 }, ...closed });
  await expect(redeem(deps, program, customer)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  await move(deps, program, 'cancel', again.redemptionId);
  expect(await state()).toMatchObject({ stock: { exceededBy: 0 }, ...closed });
});

async function customerId(program: TestProgram, id: string): Promise<string> {
  const { data } = await execute<{ me: { id: string } }>(deps, asCustomer(program, id), '{ me { id } }');
  return data!.me.id;
}

test('the timeline of a customer has every step of a redemption, in order, each once in pages of any size', async () => {
  clock.now = new Date('2026-03-12T09:00:00Z');
  const { program, customer } = await aStocked([aReward()]);
  const { redemptionId } = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
  await move(deps, program, 'issue', redemptionId);
  await move(deps, program, 'use', redemptionId);
  const entries: { state: string; redemption: { state: string }; id: string }[] = [];
  type Page = { nodes: typeof entries; pageInfo: { hasNextPage: boolean; endCursor: string } };
  for (let after: string | null = null; ;) {
    const { data, errors }: ExecutionResult<{ me: { timeline: Page } }> = await execute(
      deps,
      asCustomer(program, customer),
      `query ($after: String) { me { timeline(first: 1, after: $after, kinds: [REDEMPTION]) {
        nodes { id ... on TimelineRedemption { state redemption { state } } } pageInfo { hasNextPage endCursor } } } }`,
      { after },
    );
    expect(errors).toBeUndefined();
    entries.push(...data!.me.timeline.nodes);
    if (!data!.me.timeline.pageInfo.hasNextPage) break;
    after = data!.me.timeline.pageInfo.endCursor;
  }
  expect(entries.map(({ state }) => state)).toEqual(['USED', 'ISSUED', 'RESERVED']);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(1);
  expect(entries[2]?.redemption.state).toBe('USED');
});
